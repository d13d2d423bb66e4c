//! Everything that sends mail, from the request to what the reader gets, and what is left behind.

mod common;

use common::{Api, mail::token_of, people::PASSWORD};
use kernel::{AdminRole, TenantRole};
use platform::jobs::Job as _;
use serde_json::{Value, json};
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;

const NEW_PASSWORD: &str = "Lantern-Wombat-88";
const BO: &str = "bo@garage.test";

#[actix_web::test]
async fn a_new_admin_gets_a_temporary_password_that_is_kept_nowhere() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let body = json!({ "firstName": "Kim", "lastName": "Reid", "email": "kim@nextcrm.test", "role": "SUPPORT" });
        let answer = api.post("/api/admin/users").bearer(&staff).json(&body).send().await;
        answer.expect(201);
        let message = api.mail("kim@nextcrm.test", 1).await;
        assert_eq!(message.subject, "Welcome to NextCRM");
        let password = message.text.split_whitespace().find(|word| is_temporary_password(word));
        let password = password.unwrap_or_else(|| panic!("a password in {}", message.text)).to_owned();
        assert!(message.html.contains(&password) && message.text.contains("https://app.test/login"));
        let login = api.admin_login("kim@nextcrm.test", &password).send().await.expect(200);
        assert_eq!(login["user"]["mustChangePassword"], true);

        api.mail_is_out().await;
        assert_eq!(api.count("notification_log WHERE status = 'SENT' AND secret IS NULL").await, 1);
        assert_eq!(api.count("outbox WHERE secret IS NOT NULL").await, 0);
        let list = api.get("/api/admin/notifications").bearer(&staff).send().await;
        let shown = &list.expect(200)["notifications"][0];
        assert_eq!(shown["variables"]["temporaryPassword"], "********");
        assert_eq!((&shown["template"], &shown["recipient"]), (&json!("ADMIN_WELCOME"), &json!("kim@nextcrm.test")));
        for text in [answer.body, list.body] {
            assert!(!String::from_utf8_lossy(&text).contains(&password), "the password is in no answer");
        }
    })
    .await;
}

/// Four groups of four letters and digits.
fn is_temporary_password(word: &str) -> bool {
    let groups: Vec<&str> = word.split('-').collect();
    groups.len() == 4 && groups.iter().all(|group| group.len() == 4 && group.chars().all(char::is_alphanumeric))
}

#[actix_web::test]
async fn forgotten_passwords_of_both_audiences() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin("ada@nextcrm.test", AdminRole::Admin).await;
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, BO, TenantRole::User).await;

        let forgot = api.post("/api/admin/auth/password/forgot").header("host", "evil.test");
        let forgot = forgot.header("x-forwarded-host", "evil.test").json(&json!({ "email": "ada@nextcrm.test" }));
        forgot.send().await.expect(202);
        let message = api.mail("ada@nextcrm.test", 1).await;
        assert_eq!(message.subject, "Reset your NextCRM password");
        assert!(message.text.contains("https://app.test/reset-password?token="), "{}", message.text);
        assert!(!message.text.contains("evil") && !message.html.contains("evil"));
        let body = json!({ "token": token_of(&message), "newPassword": NEW_PASSWORD });
        api.post("/api/admin/auth/password/reset").json(&body).send().await.expect(200);
        api.post("/api/admin/auth/password/reset").json(&body).send().await.invalid(&["token TOKEN_INVALID"]);
        api.admin_login("ada@nextcrm.test", NEW_PASSWORD).send().await.expect(200);

        let forgot = api.post("/api/tenant/auth/password/forgot");
        forgot.json(&json!({ "subdomain": "garage", "email": BO })).send().await.expect(202);
        let message = api.mail(BO, 1).await;
        assert!(message.text.contains("https://app.test/reset-password?subdomain=garage&token="), "{}", message.text);
        let body = json!({ "token": token_of(&message), "newPassword": NEW_PASSWORD });
        api.post("/api/tenant/auth/password/reset").json(&body).send().await.expect(200);
        api.tenant_login("garage", BO, NEW_PASSWORD).send().await.expect(200);

        // Nobody is written to at an address that is nobody's.
        let forgot = api.post("/api/admin/auth/password/forgot");
        forgot.json(&json!({ "email": "who@nextcrm.test" })).send().await.expect(202);
        api.mail_is_out().await;
        assert_eq!(api.count("notification_log").await, 2);
    })
    .await;
}

async fn invite(api: &Api, email: &str) -> (String, String) {
    let tenant = api.add_workshop("garage").await;
    let body = json!({ "firstName": "Bo", "lastName": "Park", "email": email, "role": "OWNER" });
    let staff = api.admin_token(AdminRole::SuperAdmin);
    let path = format!("/api/admin/tenants/{tenant}/users");
    let user = api.post(&path).bearer(&staff).json(&body).send().await.expect(201);
    assert_eq!(user["user"]["invitation"], "PENDING");
    (format!("{path}/{}", user["user"]["id"].as_str().expect("an id")), staff)
}

#[actix_web::test]
async fn an_invitation_is_sent_again_and_only_the_newest_link_opens() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (person, staff) = invite(&api, BO).await;
        let first = api.mail(BO, 1).await;
        assert!(first.text.contains("https://app.test/accept-invitation?subdomain=garage&token="), "{}", first.text);
        assert!(first.text.contains("garage") && first.text.contains("A workshop"), "{}", first.text);
        let again = || api.post(&format!("{person}/invitation/resend")).bearer(&staff).send();
        again().await.expect(202);
        let second = api.mail(BO, 2).await;
        let accept = |message| {
            let body = json!({ "token": token_of(message), "password": PASSWORD });
            api.post("/api/tenant/auth/invitations/accept").json(&body).send()
        };
        accept(&first).await.invalid(&["token TOKEN_INVALID"]);
        accept(&second).await.expect(200);
        accept(&second).await.invalid(&["token TOKEN_INVALID"]);
        let shown = api.get(&person).bearer(&staff).send().await.expect(200);
        assert_eq!(shown["user"]["invitation"], "ACCEPTED");
        api.tenant_login("garage", BO, PASSWORD).send().await.expect(200);
        again().await.problem(409, "ILLEGAL_TRANSITION");
        let revoke = api.post(&format!("{person}/invitation/revoke")).bearer(&staff).send().await;
        revoke.problem(409, "ILLEGAL_TRANSITION");
    })
    .await;
}

#[actix_web::test]
async fn an_invitation_that_was_taken_back_opens_nothing() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (owner, staff) = invite(&api, BO).await;
        let revoke = |person: String| api.post(&format!("{person}/invitation/revoke")).bearer(&staff).send();
        revoke(owner.clone()).await.problem(409, "LAST_OWNER");
        let (path, _) = owner.rsplit_once('/').expect("a path");
        let body = json!({ "firstName": "Sam", "lastName": "Lee", "email": "sam@garage.test", "role": "OWNER" });
        let user = api.post(path).bearer(&staff).json(&body).send().await.expect(201);
        let person = format!("{path}/{}", user["user"]["id"].as_str().expect("an id"));
        let message = api.mail("sam@garage.test", 1).await;
        revoke(person.clone()).await.expect(200);
        let body = json!({ "token": token_of(&message), "password": PASSWORD });
        api.post("/api/tenant/auth/invitations/accept").json(&body).send().await.invalid(&["token TOKEN_INVALID"]);
        api.get(&person).bearer(&staff).send().await.problem(404, "NOT_FOUND");
        // Seat and address are free again.
        let body = json!({ "firstName": "Sam", "lastName": "Lee", "email": "sam@garage.test" });
        api.post(path).bearer(&staff).json(&body).send().await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn owners_are_told_of_a_suspension_and_nobody_else() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, BO, TenantRole::Owner).await;
        api.add_person(tenant, "al@garage.test", TenantRole::Admin).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let suspend = api.post(&format!("/api/admin/tenants/{tenant}/suspend")).bearer(&staff);
        suspend.json(&json!({ "reason": "Two invoices <b>are</b> unpaid" })).send().await.expect(200);
        let message = api.mail(BO, 1).await;
        assert_eq!(message.subject, "A workshop is suspended");
        assert!(message.text.contains("Two invoices <b>are</b> unpaid"), "{}", message.text);
        assert!(!message.html.contains("<b>are</b>") && message.html.contains("support@nextcrm.localhost"));
        api.mail_is_out().await;
        assert_eq!(api.count("notification_log").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn a_trial_that_ends_is_told_once() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let tenant = api.add_workshop("try").await;
        api.add_person(tenant, BO, TenantRole::Owner).await;
        let ends_at = api.services.core.clock.now() + chrono::TimeDelta::hours(60);
        let trial = api.patch(&format!("/api/admin/tenants/{tenant}")).bearer(&staff);
        trial.json(&json!({ "trialEndsAt": ends_at })).send().await.expect(200);
        for _ in 0..2 {
            api.services.tenancy.trial_warnings.run(&CancellationToken::new()).await.expect("runs");
        }
        let message = api.mail(BO, 1).await;
        assert_eq!(message.subject, "Your trial of NextCRM ends in 3 days");
        assert!(message.text.contains("https://app.test/billing/plans?subdomain=try"), "{}", message.text);
        api.mail_is_out().await;
        assert_eq!(api.count("notification_log").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn a_paid_period_is_invoiced_once_and_a_failed_payment_is_told() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, BO, TenantRole::Owner).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let put = async |more: Value| {
            let mut body = json!({
                "plan": "PERFORMANCE", "status": "ACTIVE", "priceCents": 19_900,
                "currentPeriodStart": "2026-03-01T00:00:00Z", "currentPeriodEnd": "2026-04-01T00:00:00Z",
            });
            for (name, value) in more.as_object().expect("an object") {
                body[name] = value.clone();
            }
            let path = format!("/api/admin/tenants/{tenant}/subscription");
            api.put(&path).bearer(&staff).json(&body).send().await
        };
        put(json!({ "status": "TRIALING", "priceCents": 0 })).await.expect(201);
        put(json!({})).await.expect(200);
        let invoice = api.mail(BO, 1).await;
        assert!(invoice.subject.starts_with("Invoice INV-20260301-"), "{}", invoice.subject);
        assert!(invoice.text.contains("A$199.00"), "{}", invoice.text);
        // Neither another term nor a payment that failed and came makes a second invoice of one period.
        put(json!({ "cancelAtPeriodEnd": true })).await.expect(200);
        put(json!({ "status": "PAST_DUE" })).await.expect(200);
        let failed = api.mail(BO, 2).await;
        assert!(failed.text.contains("A$199.00") && failed.text.contains("https://app.test/billing?subdomain=garage"));
        put(json!({})).await.expect(200);
        let next = json!({ "currentPeriodStart": "2026-04-01T00:00:00Z", "currentPeriodEnd": "2026-05-01T00:00:00Z" });
        put(next).await.expect(200);
        let second = api.mail(BO, 3).await;
        assert!(second.subject.starts_with("Invoice INV-20260401-"), "{}", second.subject);
        api.mail_is_out().await;
        assert_eq!(api.count("notification_log").await, 3);
    })
    .await;
}
