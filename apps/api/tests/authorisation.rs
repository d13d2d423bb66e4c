//! Every operation of the API, without a token, with a token of the other kind, and without the permission.
//! A new operation is covered by being registered; a new public one must be listed here.

mod common;

use std::collections::BTreeSet;

use actix_web::http::Method;
use auth::{AdminPrincipal, TenantPrincipal};
use common::{Api, Reply};
use kernel::{AdminRole, PrincipalKind, TenantRole};
use nextcrm::{
    config::Environment,
    http::{Access, Operation, access::Need},
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

/// Calls an operation with some id in every parameter and an empty object as the body.
async fn call(api: &Api, operation: &Operation, token: Option<&str>) -> Reply {
    let mut path = String::from(if operation.at_root { "" } else { "/api" });
    for part in operation.path.split('/').skip(1) {
        path.push('/');
        path.push_str(if part.starts_with('{') { "01890a5d-ac96-774b-bcce-b302099a8057" } else { part });
    }
    let mut call = api.call(operation.method.clone(), &path);
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
            let Some(kind) = operation.access.audience() else { continue };
            tried += 1;
            let what = name(operation);
            let reply = call(&api, operation, None).await;
            assert_eq!(reply.status, 401, "{what} without a token");
            assert!(reply.header("www-authenticate").starts_with("Bearer"), "{what}");
            reply.problem(401, "UNAUTHENTICATED");
            let wrong = if kind == PrincipalKind::Admin { &tenant } else { &admin };
            call(&api, operation, Some(wrong)).await.problem(401, "TOKEN_INVALID");
            call(&api, operation, Some("abc")).await.problem(401, "TOKEN_INVALID");
        }
        assert!(tried >= 90, "tried {tried} operations");
    })
    .await;
}

#[actix_web::test]
async fn nothing_opens_without_the_permission() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (mut of_staff, mut of_workshops) = (0, 0);
        for operation in routes::all(Environment::Production).operations() {
            let what = name(operation);
            match operation.access {
                Access::Admin(Need::Permission(permission)) => {
                    for role in AdminRole::ALL.iter().filter(|role| !permission.granted_to(**role)) {
                        let reply = call(&api, operation, Some(&api.admin_token(*role))).await;
                        assert_eq!(reply.status, 403, "{what} as {role}");
                        reply.problem(403, "FORBIDDEN");
                        of_staff += 1;
                    }
                }
                Access::Tenant(Need::Permission(permission)) => {
                    for role in TenantRole::ALL.iter().filter(|role| !permission.granted_to(**role)) {
                        let reply = call(&api, operation, Some(&api.tenant_token(*role))).await;
                        assert_eq!(reply.status, 403, "{what} as {role}");
                        reply.problem(403, "FORBIDDEN");
                        of_workshops += 1;
                    }
                }
                _ => {}
            }
        }
        assert!(of_staff >= 100 && of_workshops >= 20, "tried {of_staff} and {of_workshops} calls");
    })
    .await;
}

#[actix_web::test]
async fn a_password_that_must_be_changed_closes_all_but_three_routes() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fresh = |bytes: u128| uuid::Uuid::from_u128(bytes);
        let token = api.token_of_admin(&AdminPrincipal {
            admin_id: fresh(1).into(),
            session_id: fresh(2).into(),
            role: AdminRole::SuperAdmin,
            must_change_password: true,
            generation: 1,
        });
        let (mut open_to_all, mut closed) = (BTreeSet::new(), 0);
        for operation in routes::all(Environment::Production).operations() {
            match operation.access {
                Access::Admin(Need::Token) => {
                    let open = ["/admin/auth/verify", "/admin/auth/logout", "/admin/auth/password/change"];
                    assert!(open.contains(&operation.path.as_str()), "{}", name(operation));
                    open_to_all.insert(operation.path.clone());
                }
                Access::Admin(_) => {
                    call(&api, operation, Some(&token)).await.problem(403, "PASSWORD_CHANGE_REQUIRED");
                    closed += 1;
                }
                _ => {}
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
        let token = api.token_of_tenant_user(&TenantPrincipal {
            tenant_id: uuid::Uuid::from_u128(1).into(),
            user_id: uuid::Uuid::from_u128(2).into(),
            session_id: uuid::Uuid::from_u128(3).into(),
            role: TenantRole::Owner,
            trial_expired: true,
            generation: 1,
            tenant_generation: 1,
        });
        let mut refused = 0;
        for operation in routes::all(Environment::Production).operations() {
            let Access::Tenant(Need::Permission(permission)) = operation.access else { continue };
            if permission.as_str().ends_with(":write") && permission != auth::TenantPermission::TicketsWrite {
                call(&api, operation, Some(&token)).await.problem(403, "TRIAL_EXPIRED");
                refused += 1;
            }
        }
        assert!(refused >= 8, "{refused} operations write");
    })
    .await;
}

#[actix_web::test]
async fn a_refusal_by_permission_leaves_an_entry() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let routes = routes::all(Environment::Production);
        let guarded = |it: &&Operation| matches!(it.access, Access::Admin(Need::Permission(permission)) if !permission.granted_to(AdminRole::Marketing));
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
