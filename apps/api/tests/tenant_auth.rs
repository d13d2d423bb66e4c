//! Sign-in of workshops' people, over HTTP.

mod common;

use common::{Api, people::PASSWORD};
use kernel::{AdminRole, TenantRole};
use serde_json::json;
use test_support::on_each_database;

const BO: &str = "bo@garage.test";

#[actix_web::test]
async fn people_sign_in_by_subdomain_or_id() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        let id = api.add_person(tenant, BO, TenantRole::Owner).await;
        let reply = api.tenant_login("Garage", BO, PASSWORD).send().await;
        let user = &reply.expect(200)["user"];
        assert_eq!((&user["id"], &user["tenantId"], &user["role"]), (&json!(id), &json!(tenant), &json!("OWNER")));
        assert!(reply.cookie().starts_with("tenantRefreshToken="));
        let verified = api.get("/api/tenant/auth/verify").bearer(&reply.access_token()).send().await.expect(200);
        assert_eq!(&verified["user"], user);
        let refresh = api.post("/api/tenant/auth/refresh").header("cookie", &reply.cookie()).send().await;
        refresh.expect(200);
        let body = json!({ "tenantId": tenant, "email": BO, "password": PASSWORD });
        api.post("/api/tenant/auth/login").json(&body).send().await.expect(200);
        let list = api.get("/api/tenant/auth/sessions").bearer(&reply.access_token()).send().await.expect(200);
        assert_eq!(list["pagination"]["total"], 2);
        api.post("/api/tenant/auth/logout").header("cookie", &reply.cookie()).send().await.expect(200);
        let refresh = api.post("/api/tenant/auth/refresh").header("cookie", &refresh.cookie()).send().await;
        refresh.problem(401, "TOKEN_REVOKED");
    })
    .await;
}

#[actix_web::test]
async fn the_workshop_must_be_named_once() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let login = |body| api.post("/api/tenant/auth/login").json(&body).send();
        login(json!({ "email": BO, "password": "x" })).await.invalid(&["subdomain REQUIRED"]);
        let both = json!({
            "subdomain": "a", "tenantId": "01890a5d-ac96-774b-bcce-b302099a8057", "email": BO, "password": "x"
        });
        login(both).await.invalid(&["tenantId INVALID"]);
    })
    .await;
}

#[actix_web::test]
async fn unknown_workshops_and_foreign_people_look_like_a_wrong_password() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = api.add_workshop("garage").await;
        api.add_workshop("other").await;
        api.add_person(garage, BO, TenantRole::User).await;
        let mut bodies = Vec::new();
        for (subdomain, password) in [("garage", "wrong"), ("other", PASSWORD), ("nowhere", PASSWORD), ("a\u{7f}", "x")]
        {
            let mut problem =
                api.tenant_login(subdomain, BO, password).send().await.problem(401, "INVALID_CREDENTIALS");
            problem["requestId"].take();
            bodies.push(problem);
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    })
    .await;
}

#[actix_web::test]
async fn one_audience_does_not_open_the_other() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, BO, TenantRole::Owner).await;
        api.add_admin("ada@nextcrm.test", AdminRole::SuperAdmin).await;
        let person = api.tenant_login("garage", BO, PASSWORD).send().await;
        let admin = api.admin_login("ada@nextcrm.test", PASSWORD).send().await;
        let verify = api.get("/api/admin/auth/verify").bearer(&person.access_token()).send().await;
        verify.problem(401, "TOKEN_INVALID");
        let verify = api.get("/api/tenant/auth/verify").bearer(&admin.access_token()).send().await;
        verify.problem(401, "TOKEN_INVALID");
        // A cookie under the other audience's name is refused, too.
        let moved = person.cookie().replace("tenantRefreshToken", "refreshToken");
        let refresh = api.post("/api/admin/auth/refresh").header("cookie", &moved).send().await;
        refresh.problem(401, "TOKEN_INVALID");
    })
    .await;
}

#[actix_web::test]
async fn suspension_shuts_people_out_within_a_second() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, BO, TenantRole::Owner).await;
        let person = api.tenant_login("garage", BO, PASSWORD).send().await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let suspend = api.post(&format!("/api/admin/tenants/{tenant}/suspend")).bearer(&staff);
        suspend.json(&json!({ "reason": "unpaid" })).send().await.expect(200);
        let verify = api.until_refused("/api/tenant/auth/verify", &person.access_token()).await;
        verify.problem(401, "TOKEN_REVOKED");
        let refresh = api.post("/api/tenant/auth/refresh").header("cookie", &person.cookie()).send().await;
        refresh.problem(403, "TENANT_SUSPENDED");
        api.tenant_login("garage", BO, PASSWORD).send().await.problem(403, "TENANT_SUSPENDED");
        api.tenant_login("garage", BO, "wrong").send().await.problem(401, "INVALID_CREDENTIALS");
        api.post(&format!("/api/admin/tenants/{tenant}/reactivate")).bearer(&staff).send().await.expect(200);
        let again = api.tenant_login("garage", BO, PASSWORD).send().await;
        api.get("/api/tenant/auth/verify").bearer(&again.access_token()).send().await.expect(200);
        let refresh = api.post("/api/tenant/auth/refresh").header("cookie", &person.cookie()).send().await;
        refresh.problem(401, "TOKEN_REVOKED");
    })
    .await;
}
