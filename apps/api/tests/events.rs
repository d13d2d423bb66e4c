//! What is audited is announced: every change that leaves an entry in the trail leaves an event, too, but for those below.

mod common;

use std::{collections::BTreeSet, fs, path::Path};

use actix_web::http::Method;
use common::{Api, mail::token_of, people::PASSWORD};
use kernel::{AdminRole, TenantRole, outbox::read};
use platform::jobs::Job as _;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;

/// Each action, the event that goes with it, and how many entries one event stands for.
const ANNOUNCED: &[(&str, &str, i64)] = &[
    ("ADMIN_CREATED", "admin.created.v1", 1),
    ("ADMIN_DEACTIVATED", "admin.deactivated.v1", 1),
    ("ADMIN_REACTIVATED", "admin.reactivated.v1", 1),
    ("ADMIN_UPDATED", "admin.updated.v1", 1),
    ("INTEGRATION_DISABLED", "integration.disabled.v1", 1),
    ("INTEGRATION_ENABLED", "integration.enabled.v1", 1),
    ("INTEGRATION_UPDATED", "integration.updated.v1", 1),
    ("QUOTA_EXCEEDED", "quota.reached.v1", 1),
    ("SUBSCRIPTION_UPDATED", "subscription.updated.v1", 1),
    ("TENANT_CREATED", "tenant.created.v1", 1),
    ("TENANT_DELETED", "tenant.deleted.v1", 1),
    ("TENANT_REACTIVATED", "tenant.reactivated.v1", 1),
    ("TENANT_RESTORED", "tenant.restored.v1", 1),
    ("TENANT_SUSPENDED", "tenant.suspended.v1", 1),
    ("TENANT_TRIAL_EXPIRED", "tenant.trial_expired.v1", 1),
    ("TENANT_UPDATED", "tenant.updated.v1", 1),
    ("TENANT_USER_ADDED", "user.added.v1", 1),
    ("TENANT_USER_REMOVED", "user.removed.v1", 1),
    ("TENANT_USER_ROLE_CHANGED", "user.role_changed.v1", 1),
    ("TENANT_USER_UPDATED", "user.updated.v1", 1),
    ("TICKET_ASSIGNED", "ticket.assigned.v1", 1),
    ("TICKET_CREATED", "ticket.created.v1", 1),
    // Both tickets have an entry.
    ("TICKET_MERGED", "ticket.merged.v1", 2),
    // A message or a note.
    ("TICKET_MESSAGE_ADDED", "ticket.%_added.v1", 1),
    ("TICKET_STATUS_CHANGED", "ticket.status_changed.v1", 1),
    ("TICKET_UPDATED", "ticket.updated.v1", 1),
];

/// What is audited without an event, and why; docs/architecture.md sums it up.
const SILENT: &[(&str, &str)] = &[
    ("ACCESS_DENIED", "nothing changed"),
    ("AUDIT_ARCHIVED", "of the trail itself"),
    ("AUDIT_EXPORTED", "nothing changed"),
    ("INTEGRATION_QUARANTINED", "a damaged row, found while reading: an error in the log"),
    ("LOGIN_FAILED", "signing in and out; sessions are no business facts"),
    ("LOGIN_SUCCESS", "signing in and out; sessions are no business facts"),
    ("LOGOUT", "signing in and out; sessions are no business facts"),
    ("NOTIFICATION_RETRIED", "mail's own queue"),
    ("PASSWORD_CHANGED", "a secret; whoever must act on it has the revocation feed"),
    ("PASSWORD_RESET_REQUESTED", "a secret; the mail with the link tells it"),
    ("PERSONAL_DATA_ERASED", "nobody is told of who is to be forgotten"),
    ("PERSON_ERASED", "nobody is told of who is to be forgotten"),
    ("QUEUE_PAUSED", "of our own machinery"),
    ("QUEUE_REQUEUED", "of our own machinery"),
    ("QUEUE_RESUMED", "of our own machinery"),
    ("REFRESH_REUSE_DETECTED", "announced as session.reuse_detected.v1; refused, not a change"),
    ("SESSION_REVOKED", "signing in and out; the revocation feed tells every node"),
    ("SUPPRESSION_ADDED", "mail's own list"),
    ("SUPPRESSION_REMOVED", "mail's own list"),
    ("TOKEN_REFRESHED", "signing in and out; sessions are no business facts"),
    ("USAGE_RECORDED", "too many; quota.reached.v1 tells what matters"),
];

/// What no route causes yet: the crate's own tests show what it announces.
const IN_CRATES: &[(&str, &str)] = &[
    ("ORDER_CANCELLED", "order.cancelled.v1"),
    ("ORDER_PLACED", "order.placed.v1"),
    ("ORDER_RESOLVED", "order.submitted.v1 or order.failed.v1"),
];

/// Whether the crate that announced it can read it.
fn reads(kind: &str, payload: &Value) -> bool {
    read::<auth::events::AuthEvent>(kind, payload).is_ok()
        || read::<integrations::events::IntegrationEvent>(kind, payload).is_ok()
        || read::<metering::events::MeteringEvent>(kind, payload).is_ok()
        || read::<support::events::SupportEvent>(kind, payload).is_ok()
        || read::<tenancy::events::TenancyEvent>(kind, payload).is_ok()
}

fn known() -> BTreeSet<&'static str> {
    let listed = SILENT.iter().chain(IN_CRATES).map(|it| it.0);
    ANNOUNCED.iter().map(|it| it.0).chain(listed).collect()
}

/// Staff at work.
struct Staff<'a> {
    api: &'a Api,
    token: String,
}

impl Staff<'_> {
    async fn send(&self, method: Method, path: &str, body: Value) -> Value {
        let reply = self.api.call(method, &format!("/api/admin{path}")).bearer(&self.token).json(&body).send().await;
        assert!(reply.status.is_success(), "{path}: {}", String::from_utf8_lossy(&reply.body));
        reply.json()
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        self.send(Method::POST, path, body).await
    }

    async fn patch(&self, path: &str, body: Value) -> Value {
        self.send(Method::PATCH, path, body).await
    }
}

fn id(object: &Value) -> &str {
    object["id"].as_str().expect("an id")
}

async fn change_tenants(staff: &Staff<'_>) {
    let api = staff.api;
    let owner = json!({ "firstName": "Jo", "lastName": "Wong", "email": "jo@garage.test" });
    let new =
        json!({ "name": "Garage", "subdomain": "garage", "plan": "PROFESSIONAL", "trialDays": 3, "owner": owner });
    let tenant = staff.post("/tenants", new).await["tenant"].take();
    let path = format!("/tenants/{}", id(&tenant));
    let accept = json!({ "token": token_of(&api.mail("jo@garage.test", 1).await), "password": PASSWORD });
    api.post("/api/tenant/auth/invitations/accept").json(&accept).send().await.expect(200);

    staff.patch(&path, json!({ "name": "Garage & Sons", "trialEndsAt": "2026-01-01T00:00:00Z" })).await;
    api.services.tenancy.trial_expiry.run(&CancellationToken::new()).await.expect("runs");
    staff.post(&format!("{path}/reactivate"), json!({})).await;
    staff.post(&format!("{path}/suspend"), json!({ "reason": "Unpaid" })).await;
    staff.post(&format!("{path}/reactivate"), json!({})).await;
    let terms = json!({
        "plan": "PROFESSIONAL", "status": "ACTIVE", "priceCents": 1, "currentPeriodStart": "2026-01-01T00:00:00Z",
        "currentPeriodEnd": "2027-01-01T00:00:00Z",
    });
    staff.send(Method::PUT, &format!("{path}/subscription"), terms).await;
    for number in 0..4 {
        let person = json!({ "firstName": "P", "lastName": "Q", "email": format!("p{number}@garage.test") });
        let user = staff.post(&format!("{path}/users"), person).await["user"].take();
        let user = format!("{path}/users/{}", id(&user));
        staff.post(&format!("{user}/invitation/resend"), json!({})).await;
        staff.patch(&user, json!({ "firstName": "R", "role": "ADMIN" })).await;
        if number == 3 {
            staff.send(Method::DELETE, &user, json!({})).await;
        }
    }
    let hook = json!({ "type": "CUSTOM_WEBHOOK", "name": "Ours", "webhookUrl": "https://hooks.garage.example/crm" });
    staff.post(&format!("{path}/integrations"), hook).await;
    let hook = format!("{path}/integrations/CUSTOM_WEBHOOK");
    staff.patch(&hook, json!({ "name": "Theirs" })).await;
    staff.send(Method::DELETE, &hook, json!({})).await;
    staff.patch(&hook, json!({ "isActive": true })).await;
    staff.send(Method::DELETE, &path, json!({})).await;
    staff.post(&format!("{path}/restore"), json!({})).await;
}

async fn change_tickets(staff: &Staff<'_>) {
    let tenant = staff.api.add_workshop("desk").await;
    let mele = staff.api.add_admin("mele@nextcrm.test", AdminRole::Support).await;
    let new = || json!({ "tenantId": tenant, "subject": "Help", "description": "It is broken." });
    let tickets = [staff.post("/support/tickets", new()).await, staff.post("/support/tickets", new()).await];
    let path = format!("/support/tickets/{}", id(&tickets[0]["ticket"]));
    staff.patch(&path, json!({ "subject": "Help!", "status": "IN_PROGRESS" })).await;
    staff.post(&format!("{path}/assign"), json!({ "adminUserId": mele })).await;
    staff.post(&format!("{path}/messages"), json!({ "body": "We look at it." })).await;
    staff.post(&format!("{path}/messages"), json!({ "body": "Who has the keys?", "internal": true })).await;
    staff.post(&format!("{path}/merge"), json!({ "intoTicketId": id(&tickets[1]["ticket"]) })).await;
}

async fn change_staff(staff: &Staff<'_>) {
    let new = json!({ "firstName": "Kim", "lastName": "Reid", "email": "kim@nextcrm.test", "role": "SUPPORT" });
    let kim = staff.post("/users", new).await["user"].take();
    let path = format!("/users/{}", id(&kim));
    staff.patch(&path, json!({ "role": "SALES", "lastName": "Lane" })).await;
    staff.post(&format!("{path}/deactivate"), json!({})).await;
    staff.post(&format!("{path}/reactivate"), json!({})).await;
}

#[actix_web::test]
async fn every_audited_change_announces_an_event() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin("root@nextcrm.test", AdminRole::SuperAdmin).await;
        let token = api.admin_login("root@nextcrm.test", PASSWORD).send().await.access_token();
        let staff = Staff { api: &api, token };
        change_tenants(&staff).await;
        change_tickets(&staff).await;
        change_staff(&staff).await;
        for (action, kind, entries_each) in ANNOUNCED {
            let entries = api.count(&format!("admin_audit_log WHERE action = '{action}'")).await;
            let events = api.count(&format!("outbox WHERE kind LIKE '{kind}'")).await;
            assert!(entries > 0, "{action} was not tried");
            assert!(events * entries_each >= entries, "{entries} times {action}, {events} times {kind}");
        }
        // Facts and ids: no addresses, nothing that people wrote.
        for recorded in ["@", "Wong", "Help", "broken", "look at it", "keys", "Unpaid", "https://"] {
            assert_eq!(
                api.count(&format!("outbox WHERE CAST(payload AS TEXT) LIKE '%{recorded}%'")).await,
                0,
                "{recorded}"
            );
        }
        let reader = api.services.core.db.reader();
        let kinds = "SELECT kind, payload FROM outbox";
        let rows = reader.query_all_raw(Statement::from_string(reader.get_database_backend(), kinds)).await;
        for row in rows.expect("reads") {
            let kind: String = row.try_get_by_index(0).expect("text");
            let payload: Value = row.try_get_by_index(1).expect("JSON");
            assert!(reads(&kind, &payload), "{kind} is no crate's: {payload}");
        }
        let actions = "SELECT DISTINCT action FROM admin_audit_log";
        let rows = reader.query_all_raw(Statement::from_string(reader.get_database_backend(), actions)).await;
        for row in rows.expect("reads") {
            let action: String = row.try_get_by_index(0).expect("text");
            assert!(known().contains(action.as_str()), "{action}: announce it, or say why not");
        }
    })
    .await;
}

#[actix_web::test]
async fn accepting_an_invitation_is_told() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        let token = api.admin_token(AdminRole::SuperAdmin);
        let person =
            json!({ "firstName": "Jo", "lastName": "Wong", "email": "jo@garage.test", "role": TenantRole::Owner });
        let path = format!("/api/admin/tenants/{tenant}/users");
        api.post(&path).bearer(&token).json(&person).send().await.expect(201);
        let recorded = "outbox WHERE kind = 'user.updated.v1'";
        assert_eq!(api.count(recorded).await, 0);
        let accept = json!({ "token": token_of(&api.mail("jo@garage.test", 1).await), "password": PASSWORD });
        api.post("/api/tenant/auth/invitations/accept").json(&accept).send().await.expect(200);
        assert_eq!(api.count(recorded).await, 1);
        assert_eq!(api.count("admin_audit_log WHERE action = 'TENANT_USER_UPDATED'").await, 1);
    })
    .await;
}

/// Every action that the sources name, whether a test tries it or not.
#[test]
fn every_action_in_the_sources_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut found = BTreeSet::new();
    for directory in ["crates", "apps/api/src"] {
        actions_below(&root.join(directory), &mut found);
    }
    assert!(found.len() > 30, "only {found:?}");
    let unknown: Vec<_> = found.iter().filter(|action| !known().contains(action.as_str())).collect();
    assert!(unknown.is_empty(), "announce them, or say why not: {unknown:?}");
}

fn actions_below(directory: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(directory).expect("a directory").map(|entry| entry.expect("an entry").path()) {
        let name = entry.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if entry.is_dir() && !["tests", "target", "seed"].contains(&name) {
            actions_below(&entry, found);
        } else if name.ends_with(".rs") && !name.ends_with("_tests.rs") {
            let text = fs::read_to_string(&entry).expect("a source");
            for before in ["AuditEntry::done(", "AuditEntry::refused(", "entry(", "context, ("] {
                found.extend(text.split(before).skip(1).filter_map(first_word));
            }
        }
    }
}

/// `TENANT_CREATED` of `"TENANT_CREATED", ...`.
fn first_word(arguments: &str) -> Option<String> {
    let (word, _) = arguments.trim_start().strip_prefix('"')?.split_once('"')?;
    let is_action = word.contains('_') || word == "LOGOUT";
    (is_action && word.chars().all(|c| c.is_ascii_uppercase() || c == '_')).then(|| word.to_owned())
}
