//! Access tokens that are none of ours, or not any more.

mod common;

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use common::{Api, people::PASSWORD, test_config};
use kernel::{AdminRole, Clock, OsEntropy, SystemClock};
use nextcrm::composition::{CoreParts, Services};
use secrecy::ExposeSecret as _;
use serde_json::json;
use test_support::{FixedClock, TestDatabase, on_each_database};

const ADA: &str = "ada@nextcrm.test";

fn part(value: &serde_json::Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}

#[actix_web::test]
async fn forged_tokens_open_nothing() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::SuperAdmin).await;
        let signed_in = api.admin_login(ADA, PASSWORD).send().await;
        let token = signed_in.access_token();
        let [header, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else { unreachable!("three parts") };
        let refresh = signed_in.cookie();
        let refresh = refresh.split_once('=').expect("a value").1;
        let none = part(&json!({ "alg": "none", "typ": "JWT" }));
        let keyed = part(&json!({ "alg": "HS256", "jwk": { "kty": "oct", "k": "AAAA" }, "kid": "x" }));
        let decoded = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64");
        let raised = String::from_utf8(decoded).expect("text").replace("SUPER_ADMIN", "SUPPORT");
        let raised = BASE64_URL_SAFE_NO_PAD.encode(raised);
        for forged in [
            format!("{none}.{claims}."),
            format!("{none}.{claims}.{signature}"),
            format!("{keyed}.{claims}.{signature}"),
            format!("{header}.{raised}.{signature}"),
            format!("{header}.{claims}"),
            format!("{header}.{claims}.{}", &signature[1..]),
            refresh.to_owned(),
            api.tenant_token(kernel::TenantRole::Owner),
        ] {
            api.get("/api/admin/tenants").bearer(&forged).send().await.problem(401, "TOKEN_INVALID");
        }
        api.get("/api/admin/tenants").bearer(&token).send().await.expect(200);
        // Only the header carries tokens.
        let in_query = format!("/api/admin/auth/verify?access_token={token}");
        api.get(&in_query).send().await.problem(401, "UNAUTHENTICATED");
        let basic = api.get("/api/admin/auth/verify").header("authorization", "Basic YTpi").send().await;
        basic.problem(401, "TOKEN_INVALID");
    })
    .await;
}

#[actix_web::test]
async fn tokens_end_and_do_not_begin_early() {
    let db = TestDatabase::sqlite().await;
    let api = Api::start(&db).await;
    let admin = common::in_session(kernel::Subject::Admin { id: fresh_id().into(), role: AdminRole::SuperAdmin });
    for (shift, code) in [(TimeDelta::minutes(-20), "TOKEN_EXPIRED"), (TimeDelta::minutes(20), "TOKEN_INVALID")] {
        let clock = Arc::new(FixedClock::new(SystemClock.now() + shift));
        let parts = CoreParts { db: db.database().clone(), clock, entropy: Arc::new(OsEntropy) };
        let elsewhere = Services::build(test_config(db.url(), &[]), parts).expect("services");
        let token = elsewhere.auth.tokens.sign(&admin).expect("signs");
        let reply = api.get("/api/admin/tenants").bearer(token.expose_secret()).send().await;
        reply.problem(401, code);
    }
}

fn fresh_id() -> uuid::Uuid {
    kernel::Entropy::uuid_v7(&OsEntropy, SystemClock.now())
}
