//! Every operation of the API, without a token, with a token of the other kind, and without the permission.
//! A new operation is covered by being registered; a new public one must be listed here.

mod common;

use std::collections::BTreeSet;

use actix_web::http::Method;
use auth::Holders;
use common::{Api, Reply, in_session};
use kernel::{AccessLevel, AdminRole, Audience, Proof, ReadOnlyReason, Role, SessionProof, Subject, TenantRole};
use nextcrm::{
    config::Environment,
    http::{Access, Operation},
    routes,
};
use serde_json::json;
use test_support::on_each_database;

/// What anybody may call. Think twice before adding to it.
const PUBLIC: &[&str] = &[
    "GET /docs",
    "GET /docs/errors",
    "GET /docs/{file}",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /openapi.json",
    "POST /admin/auth/login",
    "POST /admin/auth/logout",
    "POST /admin/auth/password/forgot",
    "POST /admin/auth/password/reset",
    "POST /admin/auth/refresh",
    "POST /tenant/auth/invitations/accept",
    "POST /tenant/auth/login",
    "POST /tenant/auth/logout",
    "POST /tenant/auth/password/forgot",
    "POST /tenant/auth/password/reset",
    "POST /tenant/auth/refresh",
    "POST /webhooks/resend",
];

fn name(operation: &Operation) -> String {
    format!("{} {}", operation.method, operation.path)
}

/// An operation's path with some id in every parameter.
fn path(operation: &Operation) -> String {
    let mut path = String::from(if operation.at_root { "" } else { "/api" });
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        path.push_str(match part {
            "{type}" => "STRIPE_PAYMENT",
            "{email}" => "kim@example.com",
            _ if part.starts_with('{') => "01890a5d-ac96-774b-bcce-b302099a8057",
            _ => part,
        });
    }
    path
}

/// Calls an operation with an empty object as the body.
async fn call(api: &Api, operation: &Operation, token: Option<&str>) -> Reply {
    let mut call = api.call(operation.method.clone(), &path(operation));
    if let Some(token) = token {
        call = call.bearer(token);
    }
    if operation.method != Method::GET {
        call = call.json(&json!({}));
    }
    call.send().await
}

#[test]
fn public_operations_are_these_and_no_others() {
    let routes = routes::all(Environment::Production);
    let public: BTreeSet<String> =
        routes.operations().iter().filter(|it| it.access == Access::Public).map(name).collect();
    let listed: BTreeSet<String> = PUBLIC.iter().map(|it| (*it).to_owned()).collect();
    assert_eq!(public, listed, "public operations, and the list of them");
}

#[actix_web::test]
async fn nothing_opens_without_the_right_token() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (admin, tenant) = (api.admin_token(AdminRole::SuperAdmin), api.tenant_token(TenantRole::Owner));
        let mut tried = 0;
        for operation in routes::all(Environment::Production).operations() {
            let Some(audience) = operation.access.audience() else { continue };
            tried += 1;
            let what = name(operation);
            let reply = call(&api, operation, None).await;
            assert_eq!(reply.status, 401, "{what} without a token");
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{what}");
            reply.problem(401, "UNAUTHENTICATED");
            let wrong = if audience == Audience::Admin { &tenant } else { &admin };
            call(&api, operation, Some(wrong)).await.problem(401, "TOKEN_INVALID");
            call(&api, operation, Some("abc")).await.problem(401, "TOKEN_INVALID");
        }
        assert!(tried >= 90, "tried {tried} operations");
    })
    .await;
}

fn roles_of(audience: Audience) -> Vec<Role> {
    match audience {
        Audience::Admin => AdminRole::ALL.iter().copied().map(Role::from).collect(),
        Audience::Tenant => TenantRole::ALL.iter().copied().map(Role::from).collect(),
    }
}

#[actix_web::test]
async fn nothing_opens_without_the_permission() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (mut of_staff, mut of_workshops) = (0, 0);
        for operation in routes::all(Environment::Production).operations() {
            let Access::Needs(permission) = operation.access else { continue };
            let Holders::Roles(holders) = permission.holders else { continue };
            for role in roles_of(permission.audience).into_iter().filter(|role| !holders.contains(role)) {
                let token = match role {
                    Role::Admin(role) => {
                        of_staff += 1;
                        api.admin_token(role)
                    }
                    Role::Tenant(role) => {
                        of_workshops += 1;
                        api.tenant_token(role)
                    }
                };
                let what = format!("{} as {}", name(operation), role.as_str());
                let reply = call(&api, operation, Some(&token)).await;
                assert_eq!(reply.status, 403, "{what}");
                reply.problem(403, "FORBIDDEN");
            }
        }
        assert!(of_staff >= 100 && of_workshops >= 20, "tried {of_staff} and {of_workshops} calls");
    })
    .await;
}

#[actix_web::test]
async fn no_operation_passes_over_a_parameter() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (admin, tenant) = (api.admin_token(AdminRole::SuperAdmin), api.tenant_token(TenantRole::Owner));
        let mut tried = 0;
        for operation in routes::all(Environment::Production).operations() {
            // Those with a body say first what is wrong with it.
            if operation.at_root || ![Method::GET, Method::DELETE].contains(&operation.method) {
                continue;
            }
            tried += 1;
            let token = if operation.access.audience() == Some(Audience::Tenant) { &tenant } else { &admin };
            let path = format!("{}?serach=x", path(operation));
            let reply = api.call(operation.method.clone(), &path).bearer(token).send().await;
            assert_eq!(reply.status, 422, "{}", name(operation));
            let first = &reply.problem(422, "VALIDATION_FAILED")["errors"][0];
            let (field, code) = (&first["field"], &first["code"]);
            assert!(field == "serach" && code == "UNKNOWN_PARAMETER", "{}: {first}", name(operation));
        }
        assert!(tried >= 45, "tried {tried} operations");
        let body = json!({ "email": "kim@example.com", "password": "wrong" });
        let reply = api.post("/api/admin/auth/login?serach=x").json(&body).send().await;
        reply.invalid(&["serach UNKNOWN_PARAMETER"]);
    })
    .await;
}

#[actix_web::test]
async fn a_password_that_must_be_changed_closes_all_but_three_routes() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let admin = in_session(Subject::Admin { id: uuid::Uuid::from_u128(1).into(), role: AdminRole::SuperAdmin });
        let Proof::Session(proof) = admin.proof else { panic!("{admin:?}") };
        let token = api.token_for(&admin.in_session(SessionProof { must_change_password: true, ..proof }));
        let (mut open_to_all, mut closed) = (BTreeSet::new(), 0);
        for operation in routes::all(Environment::Production).operations() {
            let Access::Needs(permission) = operation.access else { continue };
            if permission.audience != Audience::Admin {
                continue;
            }
            if permission.holders == Holders::Token {
                let open = ["/admin/auth/verify", "/admin/auth/logout", "/admin/auth/password/change"];
                assert!(open.contains(&operation.path.as_str()), "{}", name(operation));
                open_to_all.insert(operation.path.clone());
            } else {
                call(&api, operation, Some(&token)).await.problem(403, "PASSWORD_CHANGE_REQUIRED");
                closed += 1;
            }
        }
        assert!(!open_to_all.is_empty() && closed >= 50, "{open_to_all:?} are open, {closed} are not");
    })
    .await;
}

#[actix_web::test]
async fn an_expired_trial_only_reads() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (tenant_id, id) = (uuid::Uuid::from_u128(1).into(), uuid::Uuid::from_u128(2).into());
        let owner = in_session(Subject::TenantUser { tenant_id, id, role: TenantRole::Owner });
        let token = api.token_for(&owner.with_access(AccessLevel::ReadOnly(ReadOnlyReason::TrialExpired)));
        let (mut refused, mut open) = (0, 0);
        for operation in routes::all(Environment::Production).operations() {
            let Access::Needs(permission) = operation.access else { continue };
            if permission.audience != Audience::Tenant {
                continue;
            }
            let reply = call(&api, operation, Some(&token)).await;
            if permission.open_when_read_only {
                assert!(reply.status != 403, "{}", name(operation));
                open += 1;
            } else {
                reply.problem(403, "TRIAL_EXPIRED");
                refused += 1;
            }
        }
        assert!(open >= 10, "{open} operations are open");
        assert!(refused >= 8, "{refused} operations write");
    })
    .await;
}

#[actix_web::test]
async fn a_refusal_by_permission_leaves_an_entry() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let routes = routes::all(Environment::Production);
        let guarded = |it: &&Operation| matches!(it.access, Access::Needs(permission) if matches!(permission.holders, Holders::Roles(roles) if permission.audience == Audience::Admin && !roles.contains(&AdminRole::Marketing.into())));
        let operation = routes.operations().iter().find(guarded).expect("something that marketing may not do");
        call(&api, operation, Some(&api.admin_token(AdminRole::Marketing))).await.problem(403, "FORBIDDEN");
        let page = kernel::page::PageRequest {
            limit: 10,
            start: kernel::page::Start::Offset(0),
            sort: kernel::page::Sort { field: audit::AuditSort::CreatedAt, direction: kernel::page::Direction::Descending },
        };
        let found = api.services.audit.log.search(&audit::AuditFilter::default(), &page).await.expect("entries");
        assert_eq!(found.items.len(), 1);
        assert_eq!(found.items[0].entry.action, "ACCESS_DENIED");
    })
    .await;
}
