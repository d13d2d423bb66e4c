//! A larger answer shows of other things only what the caller may read on their own routes, and a workshop's people never see
//! what staff keep about it.

mod common;

use std::collections::BTreeSet;

use actix_web::http::Method;
use auth::{PermissionMarker, admin_permissions::TenantsRead};
use common::{Api, people::PASSWORD};
use kernel::{AdminId, AdminRole, Audience, Subject, TenantId, TenantRole, TenantUserId};
use nextcrm::{config::Environment, routes};
use serde_json::{Value, json};
use tenancy::{repository::TenantRepository as _, store::TenantStore};
use test_support::on_each_database;
use uuid::Uuid;

/// What staff keep, as it would look in an answer.
const KEPT: [&str; 6] =
    ["kept-metadata", "cus_kept", "kept-note", "kept@nextcrm.example", "kept-agent", "\"203.0.113.77\""];

/// A workshop that has something of everything.
struct Garage {
    id: TenantId,
    owner: TenantUserId,
    ticket: Uuid,
    staff: String,
}

impl Garage {
    async fn open(api: &Api) -> Self {
        let id = api.add_workshop("garage").await;
        let owner = api.add_person(id, "olga@garage.test", TenantRole::Owner).await;
        let admin = api.add_admin("kept@nextcrm.example", AdminRole::SuperAdmin).await;
        let staff = token_of_staff(api, admin);
        let garage = Self { id, owner, ticket: Uuid::nil(), staff };
        let ticket = garage.fill(api).await;
        Self { ticket, ..garage }
    }

    async fn fill(&self, api: &Api) -> Uuid {
        let path = format!("/api/admin/tenants/{}", self.id);
        let (token, from) = (self.staff.as_str(), "203.0.113.77:4000");
        let send = async |method: Method, path: &str, body: Value| {
            let call = api.call(method, path).bearer(token).from(from).header("user-agent", "kept-agent");
            let reply = call.json(&body).send().await;
            assert!(reply.status.is_success(), "{path}: {reply:?}");
            reply.json()
        };
        let metadata = json!({ "metadata": { "note": "kept-metadata" } });
        send(Method::PATCH, &path, metadata).await;
        let terms = json!({
            "plan": "ENTERPRISE", "status": "ACTIVE", "priceCents": 1, "currentPeriodStart": "2026-01-01T00:00:00Z",
            "currentPeriodEnd": "2027-01-01T00:00:00Z",
        });
        send(Method::PUT, &format!("{path}/subscription"), terms).await;
        let hook =
            json!({ "type": "CUSTOM_WEBHOOK", "name": "Ours", "webhookUrl": "https://hooks.garage.example/crm" });
        send(Method::POST, &format!("{path}/integrations"), hook).await;
        send(Method::POST, &format!("{path}/usage"), json!({ "metricType": "USERS", "value": 3 })).await;
        let ticket = json!({ "tenantId": self.id, "subject": "Help", "description": "It is broken." });
        let ticket = send(Method::POST, "/api/admin/support/tickets", ticket).await["ticket"]["id"].take();
        let ticket: Uuid = serde_json::from_value(ticket).expect("an id");
        let note = json!({ "body": "kept-note", "internal": true });
        send(Method::POST, &format!("/api/admin/support/tickets/{ticket}/messages"), note).await;

        let core = &api.services.core;
        let store = TenantStore::new(core.db.clone());
        let mut tx = core.transactor.begin().await.expect("begins");
        let mut tenant = store.find_for_update(&mut tx, self.id).await.expect("reads").expect("is there");
        tenant.stripe_customer_id = Some("cus_kept".to_owned());
        assert!(store.update_in(&mut tx, &tenant, tenant.version).await.expect("writes"));
        tx.commit().await.expect("commits");
        ticket
    }

    fn token(&self, api: &Api, role: TenantRole) -> String {
        api.token_of(Subject::TenantUser { tenant_id: self.id, id: self.owner, role })
    }
}

fn token_of_staff(api: &Api, admin_id: AdminId) -> String {
    api.token_of(Subject::Admin { id: admin_id, role: AdminRole::SuperAdmin })
}

async fn get(api: &Api, path: &str, token: &str) -> Value {
    api.get(path).bearer(token).send().await.expect(200)
}

/// Checks that each part is there just when its own route answers.
async fn check_parts(api: &Api, view: &Value, parts: &[(&str, String)], token: &str, who: &str) {
    for (part, route) in parts {
        let status = api.get(route).bearer(token).send().await.status.as_u16();
        assert!([200, 403].contains(&status), "{route} as {who}: {status}");
        let shown = view["tenant"].get(*part);
        let hidden = shown.map(Value::is_null);
        assert_eq!(hidden, Some(status == 403), "{part} for {who}, whom {route} answers {status}");
    }
}

#[actix_web::test]
async fn staff_see_the_parts_that_they_may_read_by_themselves() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let path = format!("/api/admin/tenants/{}", garage.id);
        let parts = [
            ("users", format!("{path}/users")),
            ("subscription", format!("{path}/subscription")),
            ("integrations", format!("{path}/integrations")),
            ("usage", format!("{path}/usage")),
            ("openTickets", format!("/api/admin/support/tickets?tenantId={}", garage.id)),
        ];
        let mut seen = 0;
        for role in AdminRole::ALL.iter().filter(|role| TenantsRead::granted_to(**role)) {
            let token = api.admin_token(*role);
            for path in [&path, "/api/admin/tenants/by-subdomain/garage"] {
                check_parts(&api, &get(&api, path, &token).await, &parts, &token, role.as_str()).await;
                seen += 1;
            }
        }
        assert_eq!(seen, 12, "six roles, two routes");
    })
    .await;
}

#[actix_web::test]
async fn people_see_the_parts_that_they_may_read_by_themselves() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let parts = ["users", "integrations", "usage"].map(|part| (part, format!("/api/tenant/{part}")));
        let tickets = ("openTickets", "/api/tenant/support/tickets".to_owned());
        let parts: Vec<_> = parts.into_iter().chain([tickets]).collect();
        for role in TenantRole::ALL {
            let token = garage.token(&api, *role);
            let view = get(&api, "/api/tenant", &token).await;
            check_parts(&api, &view, &parts, &token, role.as_str()).await;
            assert_eq!(view["tenant"]["subscription"]["plan"], "ENTERPRISE", "part of the profile, for {role}");
        }
    })
    .await;
}

fn keys(object: &Value) -> BTreeSet<String> {
    object.as_object().expect("an object").keys().cloned().collect()
}

#[actix_web::test]
async fn ones_own_workshop_is_shown_without_what_staff_keep() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let owner = garage.token(&api, TenantRole::Owner);
        let stored: BTreeSet<String> = ["metadata", "stripeCustomerId"].map(str::to_owned).into();
        let of_staff = get(&api, &format!("/api/admin/tenants/{}", garage.id), &garage.staff).await;
        assert_eq!(of_staff["tenant"]["metadata"]["note"], "kept-metadata");
        assert_eq!(of_staff["tenant"]["stripeCustomerId"], "cus_kept");
        let own = get(&api, "/api/tenant", &owner).await;
        assert_eq!(&keys(&of_staff["tenant"]) - &keys(&own["tenant"]), stored);

        let name = json!({ "name": "Garage & Sons" });
        let own = api.patch("/api/tenant").bearer(&owner).json(&name).send().await.expect(200);
        let path = format!("/api/admin/tenants/{}", garage.id);
        let of_staff = api.patch(&path).bearer(&garage.staff).json(&json!({ "plan": "ENTERPRISE" })).send().await;
        assert_eq!(&keys(&of_staff.expect(200)["tenant"]) - &keys(&own["tenant"]), stored);
    })
    .await;
}

/// Every route that a workshop's people may read is called. A new one with a parameter needs a value here.
#[actix_web::test]
async fn nothing_that_people_read_has_what_staff_keep() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let login = api.tenant_login("garage", "olga@garage.test", PASSWORD).send().await;
        let token = login.access_token();
        let (mut read, mut seen) = (0, String::new());
        for operation in routes::all(Environment::Production).operations() {
            let theirs = operation.access.audience() == Some(Audience::Tenant);
            if !theirs || operation.method != Method::GET {
                continue;
            }
            let id = if operation.path.contains("/tickets/") { garage.ticket } else { garage.owner.uuid() };
            let path = operation.path.replace("{id}", &id.to_string()).replace("{type}", "CUSTOM_WEBHOOK");
            let reply = api.get(&format!("/api{path}")).bearer(&token).send().await;
            assert_eq!(reply.status, 200, "{path}: {}", String::from_utf8_lossy(&reply.body));
            seen = String::from_utf8_lossy(&reply.body).into_owned();
            for stored in KEPT {
                assert!(!seen.contains(stored), "{stored} in {path}: {seen}");
            }
            read += 1;
        }
        assert!(read >= 10, "only {read} routes, the last answered {seen}");
        let trail = get(&api, "/api/tenant/audit-logs?resource=tenant&action=TENANT_UPDATED", &token).await;
        assert_eq!(trail["auditLogs"][0]["actorType"], "ADMIN", "what staff did is there: {trail}");
    })
    .await;
}
