//! A trial that goes on after its end: every node learns of it within a second, also those that did not hear the request.

mod common;

use common::{Api, people::PASSWORD};
use kernel::{AdminRole, TenantRole};
use platform::jobs::Job as _;
use serde_json::json;
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;

const BO: &str = "bo@garage.test";

/// Waits until a token of before is refused.
async fn until_revoked(api: &Api, token: &str) {
    api.until_refused("/api/tenant/auth/verify", token).await.problem(401, "TOKEN_REVOKED");
}

#[actix_web::test]
async fn an_extended_or_reactivated_trial_reaches_every_node() {
    on_each_database(async |db| {
        let (here, there) = (Api::start(db).await, Api::start(db).await);
        let tenant = here.add_workshop("garage").await;
        here.add_person(tenant, BO, TenantRole::Owner).await;
        let staff = here.admin_token(AdminRole::SuperAdmin);
        let path = format!("/api/admin/tenants/{tenant}");
        let ends = async |at: &str| {
            let body = json!({ "trialEndsAt": at });
            here.patch(&path).bearer(&staff).json(&body).send().await.expect(200)
        };
        let invite = async |token: &str, email: &str| {
            let body = json!({ "firstName": "Sam", "lastName": "Reed", "email": email, "role": "USER" });
            there.post("/api/tenant/users").bearer(token).json(&body).send().await
        };
        let later = "2099-01-01T00:00:00Z";
        for (number, by_extension) in [(1, true), (2, false)] {
            ends("2026-01-01T00:00:00Z").await;
            here.services.tenancy.trial_expiry.run(&CancellationToken::new()).await.expect("runs");
            let login = there.tenant_login("garage", BO, PASSWORD).send().await;
            let token = login.access_token();
            let email = format!("sam{number}@garage.test");
            invite(&token, &email).await.problem(403, "TRIAL_EXPIRED");

            let shown = if by_extension {
                ends(later).await
            } else {
                here.post(&format!("{path}/reactivate")).bearer(&staff).send().await.expect(200)
            };
            assert_eq!(shown["tenant"]["status"], "ACTIVE");
            until_revoked(&there, &token).await;
            until_revoked(&here, &token).await;
            let refreshed = there.post("/api/tenant/auth/refresh").header("cookie", &login.cookie()).send().await;
            let token = refreshed.access_token();
            invite(&token, &email).await.expect(201);
        }
        assert_eq!(here.count("admin_audit_log WHERE action = 'TENANT_REACTIVATED'").await, 2);
        assert_eq!(here.count("outbox WHERE kind = 'tenant.reactivated.v1'").await, 2);
        // An end that is moved, but not into the future, or moved while the trial runs, brings nothing back.
        ends(later).await;
        ends("2098-01-01T00:00:00Z").await;
        assert_eq!(here.count("admin_audit_log WHERE action = 'TENANT_REACTIVATED'").await, 2);
    })
    .await;
}
