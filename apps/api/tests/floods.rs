//! What clients without a credential, and people who are refused, can make us write: little, however often they come.

mod common;

use common::{Api, people::PASSWORD};
use futures::future::join_all;
use kernel::AdminRole;
use platform::jobs::Job as _;
use serde_json::json;
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;

const ADA: &str = "ada@nextcrm.test";
const THERE: &str = "198.51.100.7:1000";

#[actix_web::test]
async fn a_lock_leaves_one_entry_however_often_it_is_tried() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        let failures = (0..10).map(|_| api.admin_login(ADA, "wrong").from(THERE).send());
        for reply in join_all(failures).await {
            reply.problem(401, "INVALID_CREDENTIALS");
        }
        assert_eq!(api.count("admin_audit_log WHERE action = 'LOGIN_FAILED'").await, 10);
        for password in ["wrong", PASSWORD].into_iter().cycle().take(20) {
            api.admin_login(ADA, password).from(THERE).send().await.problem(429, "ACCOUNT_LOCKED");
        }
        assert_eq!(api.count("admin_audit_log WHERE action = 'LOGIN_FAILED' AND status_code = 429").await, 1);
        assert_eq!(api.count("rate_windows WHERE count = 20").await, 1, "the others are counted");
        api.services.core.refusals.run(&CancellationToken::new()).await.expect("runs");
        assert_eq!(api.count("admin_audit_log WHERE status_code = 429").await, 1, "the lock still stands");
    })
    .await;
}

#[actix_web::test]
async fn a_refusal_is_audited_once_a_person_and_route() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (one, other) = (api.admin_token(AdminRole::Marketing), api.admin_token(AdminRole::Marketing));
        for token in [&one, &other] {
            for path in ["/api/admin/users", "/api/v1/admin/users", "/api/admin/audit-logs"] {
                for _ in 0..5 {
                    api.get(path).bearer(token).send().await.problem(403, "FORBIDDEN");
                }
            }
        }
        assert_eq!(api.count("admin_audit_log WHERE action = 'ACCESS_DENIED'").await, 4);
        assert_eq!(api.count("rate_windows").await, 4);
    })
    .await;
}

#[actix_web::test]
async fn reset_links_are_asked_for_five_times_an_hour() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let forgot = async |path: &str, body: serde_json::Value, from: &str| {
            api.post(path).json(&body).from(from).send().await.expect(202);
        };
        let asked = "work_items WHERE queue = 'auth.password_reset_links'";
        for _ in 0..12 {
            forgot("/api/admin/auth/password/forgot", json!({ "email": ADA }), THERE).await;
        }
        assert_eq!(api.count(asked).await, 5, "for one address");
        for number in 0..60 {
            let body = json!({ "subdomain": "garage", "email": format!("bo{number}@garage.test") });
            forgot("/api/tenant/auth/password/forgot", body, "203.0.113.9:1000").await;
        }
        assert_eq!(api.count(asked).await, 55, "from one network");
        forgot("/api/tenant/auth/password/forgot", json!({ "subdomain": "garage", "email": ADA }), THERE).await;
        assert_eq!(api.count(asked).await, 56, "others still may");
    })
    .await;
}

#[actix_web::test]
async fn what_is_kept_of_the_unauthenticated_has_an_end() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (long, agent) = ("a".repeat(20_000), "b".repeat(5_000));
        for path in ["/api/tenant/auth/password/forgot", "/api/tenant/auth/login"] {
            let mut body = json!({ "subdomain": long, "email": ADA });
            if path.ends_with("login") {
                body["password"] = json!("x");
            }
            api.post(path).json(&body).send().await.invalid(&["subdomain TOO_LONG"]);
            body["subdomain"] = json!("garage");
            body["email"] = json!(format!("{long}@garage.test"));
            assert_eq!(api.post(path).json(&body).send().await.status, 422);
        }
        let call = api.post("/api/admin/auth/password/forgot").json(&json!({ "email": ADA }));
        call.header("user-agent", &agent).header("x-request-id", &long[..4_000]).send().await.expect(202);
        assert_eq!(api.count("work_items WHERE length(cast(payload AS text)) > 2000").await, 0);
        assert_eq!(api.count("work_items").await, 1);
    })
    .await;
}
