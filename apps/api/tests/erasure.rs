//! Erasing people: afterwards no table has anything of theirs, and the trail still verifies.

mod common;

use std::collections::BTreeSet;

use common::{Api, people::PASSWORD};
use kernel::{AdminRole, TenantId, TenantRole};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::{Value, json};
use test_support::{eventually, on_each_database};

const FIRST: &str = "Wilhelmina";
const LAST: &str = "Zyxenheimer";
const EMAIL: &str = "wilhelmina.z@zyxmail.example";
const PHONE: &str = "+61 2 5550 7777";
const PEER: &str = "203.0.113.77:4711";
const AGENT: &str = "Zyxbrowser/9";
/// What is looked for, in lower case; not from the beginning of words, because search indexes store only how they differ.
const NEEDLES: [&str; 6] = ["lhelmina", "enheimer", "xmail.example", "5550 7777", "203.0.113.77", "xbrowser/9"];

/// The tables with something of hers, whatever tables and columns there are.
async fn remains(api: &Api) -> BTreeSet<String> {
    let reader = api.services.core.db.reader();
    let backend = reader.get_database_backend();
    let rows = async |sql: String| -> Vec<String> {
        let rows = reader.query_all_raw(Statement::from_string(backend, sql)).await.expect("reads");
        rows.iter().map(|row| row.try_get_by_index::<Option<String>>(0).expect("text").unwrap_or_default()).collect()
    };
    let postgres = backend == DbBackend::Postgres;
    let tables = if postgres {
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema() \
         AND table_type = 'BASE TABLE'"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'table'"
    };
    let mut found = BTreeSet::new();
    for table in rows(tables.to_owned()).await {
        let texts = if postgres {
            rows(format!("SELECT t::text FROM \"{table}\" t")).await
        } else {
            let columns = rows(format!("SELECT name FROM pragma_table_info('{table}')")).await;
            let mut texts = Vec::new();
            for column in columns {
                let hexadecimal = rows(format!("SELECT hex(\"{column}\") FROM \"{table}\"")).await;
                let bytes = hexadecimal.iter().map(|text| hex::decode(text).expect("hexadecimal"));
                texts.extend(bytes.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
            }
            texts
        };
        for text in texts {
            let text = text.to_lowercase();
            found.extend(NEEDLES.iter().filter(|it| text.contains(**it)).map(|it| format!("{table}: {it}")));
        }
    }
    found
}

fn tables(found: &BTreeSet<String>) -> BTreeSet<&str> {
    found.iter().filter_map(|text| text.split(':').next()).collect()
}

/// The entries by somebody, once all are sealed.
async fn trail_of(api: &Api, token: &str, id: &str) -> Vec<Value> {
    eventually("all entries are sealed", async || {
        let page = api.get("/api/admin/audit-logs?limit=500").bearer(token).send().await.expect(200);
        let entries = page["auditLogs"].as_array().expect("entries");
        let sealed = !entries.is_empty() && entries.iter().all(|entry| entry["hash"].is_string());
        sealed.then(|| entries.iter().filter(|entry| entry["actor"]["id"] == id).cloned().collect())
    })
    .await
}

/// A token of a super admin with an account.
async fn super_admin(api: &Api) -> String {
    api.add_admin("boss@nextcrm.test", AdminRole::SuperAdmin).await;
    api.admin_login("boss@nextcrm.test", PASSWORD).send().await.access_token()
}

async fn check_erased(api: &Api, boss: &str, id: &str) {
    assert_eq!(remains(api).await, BTreeSet::new(), "nothing of hers");
    let entries = trail_of(api, boss, id).await;
    assert!(!entries.is_empty(), "what she did is still told");
    for entry in &entries {
        assert_eq!((&entry["actor"]["name"], &entry["actor"]["email"]), (&Value::Null, &Value::Null));
        assert_eq!((&entry["ipAddress"], &entry["userAgent"]), (&Value::Null, &Value::Null));
    }
    let erased = api.get("/api/admin/audit-logs?action=PERSON_ERASED").bearer(boss).send().await.expect(200);
    assert_eq!(erased["auditLogs"][0]["resourceId"], id);
    assert_eq!(erased["auditLogs"][0]["actor"]["email"], "boss@nextcrm.test");
    let found = api.get("/api/admin/audit-logs/verify").bearer(boss).send().await.expect(200);
    assert_eq!(found["verified"], true, "{found}");
    let export = api.get("/api/admin/audit-logs/export?format=jsonl").bearer(boss).send().await;
    assert_eq!(export.status.as_u16(), 200);
    let export = String::from_utf8_lossy(&export.body).to_lowercase();
    assert!(export.contains(id) && NEEDLES.iter().all(|needle| !export.contains(needle)));
    assert_eq!(remains(api).await, BTreeSet::new(), "nothing comes back");
}

/// She signs in, asks for a new password, opens a ticket and is answered, and mail to her bounces.
async fn leave_traces(api: &Api, boss: &str, tenant: TenantId) -> (String, Value) {
    let users = format!("/api/admin/tenants/{tenant}/users");
    let body = json!({
        "firstName": FIRST, "lastName": LAST, "email": EMAIL, "role": "USER", "password": PASSWORD,
    });
    let created = api.post(&users).bearer(boss).header("idempotency-key", "k").json(&body).send().await.expect(201);
    let id = created["user"]["id"].as_str().expect("an id").to_owned();
    api.patch(&format!("{users}/{id}")).bearer(boss).json(&json!({ "phone": PHONE })).send().await.expect(200);
    let contact = json!({ "primaryContactId": id });
    api.patch(&format!("/api/admin/tenants/{tenant}")).bearer(boss).json(&contact).send().await.expect(200);
    let login = api.tenant_login("erasing-garage", EMAIL, PASSWORD).from(PEER).header("user-agent", AGENT);
    let token = login.send().await.access_token();
    api.tenant_login("erasing-garage", EMAIL, "Wr0ng-horse!").from(PEER).header("user-agent", AGENT).send().await;
    let forgot = json!({ "subdomain": "erasing-garage", "email": EMAIL });
    api.post("/api/tenant/auth/password/forgot").from(PEER).json(&forgot).send().await.expect(202);
    let ticket = json!({
        "subject": format!("{FIRST} cannot print"),
        "description": format!("Call {FIRST} {LAST} at {PHONE}, or write to {EMAIL}."),
    });
    let opened = api.post("/api/tenant/support/tickets").bearer(&token).from(PEER).header("user-agent", AGENT);
    let ticket = opened.header("idempotency-key", "t").json(&ticket).send().await.expect(201)["ticket"].clone();
    let ticket_id = ticket["id"].as_str().expect("an id");
    let said = json!({ "body": format!("It is {FIRST} again.") });
    let path = format!("/api/tenant/support/tickets/{ticket_id}/messages");
    api.post(&path).bearer(&token).from(PEER).json(&said).send().await.expect(201);
    let answer = json!({ "body": format!("Dear {FIRST}, turn the printer on. Willing to help.") });
    let path = format!("/api/admin/support/tickets/{ticket_id}/messages");
    api.post(&path).bearer(boss).json(&answer).send().await.expect(201);
    let forgot = json!({ "subdomain": "erasing-garage", "email": EMAIL });
    api.post("/api/tenant/auth/password/forgot").json(&forgot).send().await.expect(202);
    let suppressed = json!({ "email": EMAIL });
    api.post("/api/admin/notifications/suppressions").bearer(boss).json(&suppressed).send().await.expect(201);
    (id, ticket)
}

#[actix_web::test]
async fn a_workshop_s_person_is_erased_from_every_table() {
    for removed in [true, false] {
        on_each_database(async |db| {
            let api = Api::start(db).await;
            let boss = super_admin(&api).await;
            let tenant = api.add_workshop("erasing-garage").await;
            api.add_person(tenant, "owner@garage.example", TenantRole::Owner).await;
            let (id, ticket) = leave_traces(&api, &boss, tenant).await;
            let before = remains(&api).await;
            let expected = [
                "admin_audit_log",
                "notification_log",
                "support_messages",
                "support_tickets",
                "suppressions",
                "tenant_sessions",
                "tenant_users",
                "work_items",
            ];
            for table in expected {
                assert!(tables(&before).contains(table), "{table} in {before:?}");
            }
            assert!(!tables(&before).contains("outbox"), "events tell nothing of people");
            let user = format!("/api/admin/tenants/{tenant}/users/{id}");
            let erase = || api.post(&format!("{user}/erase")).bearer(&boss).json(&json!({})).send();
            erase().await.problem(409, "ILLEGAL_TRANSITION");
            if removed {
                api.delete(&user).bearer(&boss).send().await.expect(200);
            } else {
                api.patch(&user).bearer(&boss).json(&json!({ "isActive": false })).send().await.expect(200);
            }
            for entry in trail_of(&api, &boss, &id).await {
                assert_eq!(entry["actor"]["name"], format!("{FIRST} {LAST}"), "named until she is erased");
                assert_eq!(entry["actor"]["email"], EMAIL);
            }
            assert!(erase().await.expect(200)["message"].is_string());
            check_erased(&api, &boss, &id).await;
            erase().await.expect(200);

            let ticket_path = format!("/api/admin/support/tickets/{}", ticket["id"].as_str().expect("an id"));
            let seen = api.get(&ticket_path).bearer(&boss).send().await.expect(200);
            let by = &seen["ticket"]["createdBy"];
            assert_eq!((&by["id"], &by["name"], &by["email"]), (&json!(id), &Value::Null, &Value::Null));
            assert_eq!(seen["ticket"]["subject"], "[erased] cannot print");
            let find = async |text: &str| {
                let path = format!("/api/admin/support/tickets?search={text}");
                api.get(&path).bearer(&boss).send().await.expect(200)["pagination"]["total"].clone()
            };
            assert_eq!((find("printer").await, find(LAST).await, find(FIRST).await), (json!(1), json!(0), json!(0)));
            api.post(&format!("/api/admin/support/tickets/{}/messages", ticket["id"].as_str().expect("an id")))
                .bearer(&boss)
                .json(&json!({ "body": "Closed, then." }))
                .send()
                .await
                .expect(201);
            assert_eq!(remains(&api).await, BTreeSet::new());
            let unknown = format!("/api/admin/tenants/{tenant}/users/01890a5d-ac96-774b-bcce-b302099a8057/erase");
            api.post(&unknown).bearer(&boss).json(&json!({})).send().await.problem(404, "NOT_FOUND");
        })
        .await;
    }
}

#[actix_web::test]
async fn a_member_of_staff_is_erased_from_every_table() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let boss = super_admin(&api).await;
        let tenant = api.add_workshop("erasing-garage").await;
        let owner = api.add_person(tenant, "owner@garage.example", TenantRole::Owner).await;
        let admin = api.add_admin_with(EMAIL, AdminRole::Support, |admin| {
            (admin.first_name, admin.last_name) = (FIRST.to_owned(), LAST.to_owned());
            admin.phone = Some(PHONE.to_owned());
        });
        let id = admin.await.to_string();
        let token = api.admin_login(EMAIL, PASSWORD).from(PEER).header("user-agent", AGENT).send().await.access_token();
        let ticket = json!({
            "tenantId": tenant, "subject": format!("For {FIRST}"), "description": format!("As {LAST} said"),
            "tenantUserId": owner,
        });
        let ticket = api.post("/api/admin/support/tickets").bearer(&token).from(PEER).json(&ticket).send().await;
        let ticket = ticket.expect(201)["ticket"]["id"].as_str().expect("an id").to_owned();
        let ticket_path = format!("/api/admin/support/tickets/{ticket}");
        let assign = json!({ "adminUserId": id });
        api.post(&format!("{ticket_path}/assign")).bearer(&boss).json(&assign).send().await.expect(200);
        let said = json!({ "body": format!("I look into it. {FIRST} {LAST}, {PHONE}") });
        api.post(&format!("{ticket_path}/messages")).bearer(&token).from(PEER).json(&said).send().await.expect(201);
        let user = format!("/api/admin/users/{id}");
        api.post(&format!("{user}/reset-password")).bearer(&boss).json(&json!({})).send().await;
        let before = remains(&api).await;
        for table in ["admin_audit_log", "admin_sessions", "admin_users", "notification_log", "support_messages"] {
            assert!(tables(&before).contains(table), "{table} in {before:?}");
        }
        assert!(!tables(&before).contains("outbox"), "events tell nothing of people");
        let erase = || api.post(&format!("{user}/erase")).bearer(&boss).json(&json!({})).send();
        erase().await.problem(409, "ILLEGAL_TRANSITION");
        api.post(&format!("{user}/deactivate")).bearer(&boss).json(&json!({})).send().await.expect(200);
        for entry in trail_of(&api, &boss, &id).await {
            assert_eq!(entry["actor"]["email"], EMAIL);
        }
        erase().await.expect(200);
        check_erased(&api, &boss, &id).await;
        erase().await.expect(200);
        api.get(&user).bearer(&boss).send().await.problem(404, "NOT_FOUND");
        api.get(&ticket_path).bearer(&boss).send().await.expect(200);
        api.get("/api/admin/audit-logs/summary").bearer(&boss).send().await.expect(200);
        let nobody = "/api/admin/users/01890a5d-ac96-774b-bcce-b302099a8057/erase";
        api.post(nobody).bearer(&boss).json(&json!({})).send().await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn another_with_the_same_address_keeps_theirs() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let boss = super_admin(&api).await;
        let (here, there) = (api.add_workshop("erasing-garage").await, api.add_workshop("other-garage").await);
        let mut ids = Vec::new();
        for tenant in [here, there] {
            api.add_person(tenant, "owner@garage.example", TenantRole::Owner).await;
            let body = json!({ "firstName": "Jo", "lastName": "Wong", "email": EMAIL, "role": "USER" });
            let path = format!("/api/admin/tenants/{tenant}/users");
            let made = api.post(&path).bearer(&boss).json(&body).send().await.expect(201);
            ids.push(made["user"]["id"].as_str().expect("an id").to_owned());
        }
        let user = format!("/api/admin/tenants/{here}/users/{}", ids[0]);
        api.delete(&user).bearer(&boss).send().await.expect(200);
        // From a workshop that is gone, too.
        api.delete(&format!("/api/admin/tenants/{here}")).bearer(&boss).send().await.expect(200);
        api.post(&format!("{user}/erase")).bearer(&boss).json(&json!({})).send().await.expect(200);
        let path = format!("/api/admin/notifications?recipient={EMAIL}");
        let mail = api.get(&path).bearer(&boss).send().await.expect(200);
        assert_eq!(mail["pagination"]["total"], 1, "{mail}");
        let other = format!("/api/admin/tenants/{there}/users/{}", ids[1]);
        assert_eq!(api.get(&other).bearer(&boss).send().await.expect(200)["user"]["email"], EMAIL);
        // Where the person is not, nothing is erased.
        let crossed = format!("/api/admin/tenants/{here}/users/{}/erase", ids[1]);
        api.post(&crossed).bearer(&boss).json(&json!({})).send().await.problem(404, "NOT_FOUND");
    })
    .await;
}
