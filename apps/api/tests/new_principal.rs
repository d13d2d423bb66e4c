//! A kind of principal that the application does not have: docs/adding-a-principal.md, followed. Its verifier is all that is
//! added here; what it may do is in the permission table already.

mod common;

use std::sync::Arc;

use async_trait::async_trait;
use auth::{AuthError, Permission, Verifier, permissions_for};
use common::Api;
use kernel::{Audience, Caller, Grants, Proof, Subject, TenantId, TenantRole};
use nextcrm::{
    config::Environment,
    http::{Access, Operation},
    routes,
};
use test_support::TestDatabase;

/// Believes `key:<permissions, separated by commas>`.
struct Keys {
    tenant: TenantId,
}

#[async_trait]
impl Verifier for Keys {
    async fn verify(&self, audience: Audience, credential: &str) -> Result<Option<Caller>, AuthError> {
        let Some(names) = credential.strip_prefix("key:") else { return Ok(None) };
        let granted = permissions_for(audience).iter().filter(|row| names.split(',').any(|name| name == row.name));
        let grants = granted.fold(Grants::NONE, |all, row| all | row.grant);
        let id = uuid::Uuid::from_u128(7).into();
        let key = Caller::new(Subject::ApiKey { tenant_id: self.tenant, id, role: TenantRole::Owner });
        Ok(Some(Caller { grants, proof: Proof::Secret, ..key }))
    }
}

/// What the application answers to this credential at every operation: the operation's permission, and whether it let the
/// caller in.
async fn try_all(api: &Api, credential: &str) -> Vec<(&'static Permission, String, u16)> {
    let mut answers = Vec::new();
    for operation in routes::all(Environment::Production).operations() {
        let Access::Needs(permission) = operation.access else { continue };
        let reply = api.call(operation.method.clone(), &path_of(operation)).bearer(credential).send().await;
        answers.push((permission, format!("{} {}", operation.method, operation.path), reply.status.as_u16()));
    }
    assert!(answers.len() >= 90, "tried {}", answers.len());
    answers
}

fn path_of(operation: &Operation) -> String {
    let part = |part: &str| match part.starts_with('{') {
        true => "01890a5d-ac96-774b-bcce-b302099a8057".to_owned(),
        false => part.to_owned(),
    };
    let parts: Vec<String> = operation.path.split('/').map(part).collect();
    format!("/api{}", parts.join("/"))
}

#[actix_web::test]
async fn a_new_kind_is_refused_until_its_column_lets_it_in() {
    let db = TestDatabase::sqlite().await;
    let api = Api::start(&db).await;
    let tenant = api.add_workshop("garage").await;
    // As the application is, nobody knows the credential.
    api.get("/api/tenant/usage").bearer("key:usage:read").send().await.problem(401, "TOKEN_INVALID");
    let api = Api::start_believing(&db, Arc::new(Keys { tenant })).await;

    // With its verifier alone everything is closed to it: no grant, no permission; and the other side stays what it was.
    for (permission, what, status) in try_all(&api, "key:").await {
        let expected = if permission.audience == Audience::Admin { 401 } else { 403 };
        assert_eq!(status, expected, "{what} with nothing granted");
    }
    // With every grant the column decides.
    let all: Vec<&str> = permissions_for(Audience::Tenant).iter().map(|row| row.name).collect();
    let (mut open, mut closed) = (0, 0);
    for (permission, what, status) in try_all(&api, &format!("key:{}", all.join(","))).await {
        if permission.audience == Audience::Admin {
            assert_eq!(status, 401, "{what}");
        } else if permission.open_to_keys {
            // Some things ask for a person all the same; that is the handler's answer then, not the authorizer's.
            assert!(status != 401, "{what}: {status}");
            open += 1;
        } else {
            assert_eq!(status, 403, "{what}");
            closed += 1;
        }
    }
    assert!(open >= 15 && closed >= 2, "{open} open, {closed} closed");
    // One grant opens what it is for, of its own workshop, and nothing else.
    for (permission, what, status) in try_all(&api, "key:usage:read").await {
        if permission.audience == Audience::Tenant {
            assert_eq!(status == 403, permission.name != "usage:read", "{what}: {status}");
        }
    }
    // The trail names it.
    let refused = "admin_audit_log WHERE action = 'ACCESS_DENIED' AND actor_type = 'API_KEY'";
    assert!(api.count(refused).await > 0);
}
