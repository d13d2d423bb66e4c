//! On PostgreSQL a query that forgets the tenant shows a workshop's person nothing of another workshop, whatever else fails.

mod common;

use actix_web::{HttpResponse, web};
use common::{Api, people::PASSWORD};
use futures::stream;
use kernel::{AdminRole, TenantId, TenantRole};
use nextcrm::{
    composition::Core,
    http::{
        Answer, Problem, Require, Routes,
        access::{admin, tenant},
    },
};
use platform::scope;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use test_support::TestDatabase;

/// The ids of all workshops: here the tenant was forgotten.
async fn forgetful(connection: &impl ConnectionTrait) -> Vec<String> {
    let sql = "SELECT id::text FROM tenants ORDER BY id";
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    rows.expect("reads").iter().map(|row| row.try_get_by_index(0).expect("an id")).collect()
}

async fn answer(core: &Core) -> Result<Answer, Problem> {
    let mut tx = core.transactor.begin().await?;
    let in_transaction = forgetful(tx.executor()).await;
    Answer::ok(&json!({ "read": forgetful(core.db.reader()).await, "inTransaction": in_transaction }))
}

mod of_a_workshop {
    use super::*;

    #[utoipa::path(get, path = "/tenant/forgotten", operation_id = "a", responses((status = 200)))]
    pub async fn handle(_: Require<tenant::SignedIn>, core: web::Data<Core>) -> Result<Answer, Problem> {
        answer(&core).await
    }
}

mod of_staff {
    use super::*;

    #[utoipa::path(get, path = "/admin/forgotten", operation_id = "b", responses((status = 200)))]
    pub async fn handle(_: Require<admin::SignedIn>, core: web::Data<Core>) -> Result<Answer, Problem> {
        answer(&core).await
    }
}

mod streamed {
    use super::*;

    #[utoipa::path(get, path = "/tenant/forgotten/streamed", operation_id = "c", responses((status = 200)))]
    pub async fn handle(_: Require<tenant::SignedIn>, core: web::Data<Core>) -> HttpResponse {
        let read = async move { Ok::<_, actix_web::Error>(forgetful(core.db.reader()).await.join(" ").into()) };
        HttpResponse::Ok().streaming(Box::pin(stream::once(read)))
    }
}

/// Two workshops, in the order of their ids, and a token of somebody in each.
async fn workshops(api: &Api) -> Vec<(TenantId, String)> {
    let mut workshops = Vec::new();
    for subdomain in ["garage", "depot"] {
        let id = api.add_workshop(subdomain).await;
        let email = format!("olga@{subdomain}.test");
        api.add_person(id, &email, TenantRole::Owner).await;
        let signed_in = api.tenant_login(subdomain, &email, PASSWORD).send().await;
        workshops.push((id, signed_in.access_token()));
    }
    workshops
}

#[actix_web::test]
async fn a_forgotten_tenant_shows_nothing_of_others() {
    let Some(db) = TestDatabase::postgres().await else { return };
    // The real routes first: they make the workshops.
    let real = Api::start(&db).await;
    let workshops = workshops(&real).await;
    let mut routes = Routes::new();
    routes.add(nextcrm::operation!(of_a_workshop)).add(nextcrm::operation!(of_staff));
    routes.add(nextcrm::operation!(streamed));
    let api = Api::start_routes(&db, &routes, &[]).await;

    for (id, token) in &workshops {
        let own = json!([id]);
        let seen = api.get("/api/tenant/forgotten").bearer(token).send().await.expect(200);
        assert_eq!(seen, json!({ "read": own, "inTransaction": own }));
        let streamed = api.get("/api/tenant/forgotten/streamed").bearer(token).send().await;
        assert_eq!(streamed.body, id.to_string().into_bytes());
    }
    let all = json!([workshops[0].0, workshops[1].0]);
    let staff = api.admin_token(AdminRole::Support);
    let seen = api.get("/api/admin/forgotten").bearer(&staff).send().await.expect(200);
    assert_eq!(seen, json!({ "read": all, "inTransaction": all }));
}

#[actix_web::test]
async fn a_service_asked_for_another_workshop_finds_nothing() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let api = Api::start(&db).await;
    let workshops = workshops(&api).await;
    let (own, other) = (workshops[0].0, workshops[1].0);
    let quotas = &api.services.view_quota;
    assert!(scope::within(own, quotas.get(own)).await.is_ok());
    // As if a route had handed over what a body names.
    assert!(scope::within(own, quotas.get(other)).await.is_err());
    assert!(quotas.get(other).await.is_ok(), "staff may");
}
