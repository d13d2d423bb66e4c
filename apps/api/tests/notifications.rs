//! The log of mail, previews, the suppression list and Resend's webhook, over HTTP.

mod common;

use std::time::{SystemTime, UNIX_EPOCH};

use common::{Api, Reply};
use kernel::AdminRole;
use serde_json::{Value, json};
use standardwebhooks::Webhook;
use test_support::on_each_database;

const JO: &str = "jo+crm@garage.test";
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

/// Has a mail sent to this address; answers the notification's id.
async fn send(api: &Api, staff: &str, email: &str) -> String {
    let body = json!({ "firstName": "Jo", "lastName": "Wong", "email": email, "role": "SUPPORT" });
    api.post("/api/admin/users").bearer(staff).json(&body).send().await.expect(201);
    api.mail_is_out().await;
    let query: String = url::form_urlencoded::byte_serialize(email.as_bytes()).collect();
    let list = api.get(&format!("/api/admin/notifications?recipient={query}")).bearer(staff).send().await.expect(200);
    list["notifications"][0]["id"].as_str().expect("an id").to_owned()
}

async fn status(api: &Api, staff: &str, id: &str) -> Value {
    api.get(&format!("/api/admin/notifications/{id}")).bearer(staff).send().await.expect(200)["notification"].clone()
}

#[actix_web::test]
async fn the_log_is_listed_filtered_and_read() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let id = send(&api, &staff, JO).await;
        send(&api, &staff, "al@nextcrm.test").await;
        let list = async |query: &str| {
            let reply = api.get(&format!("/api/admin/notifications?{query}")).bearer(&staff).send().await;
            reply.expect(200)["pagination"]["total"].as_u64().expect("a number")
        };
        assert_eq!(list("").await, 2);
        assert_eq!(list("status=SENT&template=ADMIN_WELCOME").await, 2);
        assert_eq!(list("status=FAILED").await, 0);
        assert_eq!(list("template=INVOICE").await, 0);
        assert_eq!(list("endDate=2020-01-01").await, 0);
        assert_eq!(list("startDate=2020-01-01").await, 2);
        let first = api.get("/api/admin/notifications?limit=1").bearer(&staff).send().await.expect(200);
        let cursor = first["pagination"]["nextCursor"].as_str().expect("more");
        let second = api.get(&format!("/api/admin/notifications?limit=1&cursor={cursor}")).bearer(&staff).send().await;
        assert_eq!(second.expect(200)["notifications"][0]["id"], id);
        let wrong = "/api/admin/notifications?status=LOST&recipient=jo&template=X&limit=0&sort=status&x=1";
        let reply = api.get(wrong).bearer(&staff).send().await.problem(422, "VALIDATION_FAILED");
        assert!(reply["errors"].as_array().expect("errors").len() >= 3, "{reply}");
        let one = api.get(&format!("/api/admin/notifications/{id}")).bearer(&staff).send().await;
        assert_eq!(one.header("etag"), format!("\"{}\"", one.json()["notification"]["version"]));
        let absent = "/api/admin/notifications/01890a5d-ac96-774b-bcce-b302099a8057";
        api.get(absent).bearer(&staff).send().await.problem(404, "NOT_FOUND");
        // What was sent is not sent again.
        let retry = api.post(&format!("/api/admin/notifications/{id}/retry")).bearer(&staff);
        retry.send().await.problem(409, "ILLEGAL_TRANSITION");
    })
    .await;
}

#[actix_web::test]
async fn templates_can_be_seen_with_variables_of_ones_own() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = api.admin_token(AdminRole::Support);
        let list = api.get("/api/admin/notifications/templates").bearer(&staff).send().await.expect(200);
        let templates = list["templates"].as_array().expect("templates");
        assert_eq!(templates.len(), 10);
        let preview = |name: &str, body: &Value| {
            api.post(&format!("/api/admin/notifications/templates/{name}/preview")).bearer(&staff).json(body).send()
        };
        for template in templates {
            let name = template["name"].as_str().expect("a name");
            let mail = preview(name, &json!({})).await.expect(200);
            for part in ["subject", "html", "text"] {
                assert!(!mail[part].as_str().expect("text").trim().is_empty(), "{part} of {name}");
            }
        }
        let given = json!({ "variables": { "tenantName": "<Ada's>" } });
        let mail = preview("INVOICE", &given).await.expect(200);
        assert!(mail["text"].as_str().expect("text").contains("<Ada's>"));
        assert!(!mail["html"].as_str().expect("html").contains("<Ada's>"));
        let wrong = json!({ "variables": { "amountCents": "much" } });
        preview("INVOICE", &wrong).await.invalid(&["variables.amountCents INVALID"]);
        preview("INVOICE", &json!({ "values": {} })).await.invalid(&["values UNKNOWN_FIELD"]);
        preview("NEWSLETTER", &json!({})).await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn nothing_is_sent_to_a_suppressed_address_until_it_is_taken_off() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let list = "/api/admin/notifications/suppressions";
        let add = |email: &str| api.post(list).bearer(&staff).json(&json!({ "email": email })).send();
        let added = add("Jo+CRM@garage.test").await;
        assert_eq!(added.expect(201)["suppression"]["email"], JO);
        let location = added.header("location").to_owned();
        add(JO).await.expect(200);
        add("jo").await.invalid(&["email INVALID"]);
        let shown = api.get(&format!("{list}?reason=MANUAL")).bearer(&staff).send().await.expect(200);
        assert_eq!((&shown["pagination"]["total"], &shown["suppressions"][0]["reason"]), (&json!(1), &json!("MANUAL")));

        let id = send(&api, &staff, JO).await;
        assert_eq!(status(&api, &staff, &id).await["status"], "SUPPRESSED");
        assert!(api.mail_to(JO).await.is_empty());
        let retry = || api.post(&format!("/api/admin/notifications/{id}/retry")).bearer(&staff);
        retry().send().await.problem(409, "ADDRESS_SUPPRESSED");
        api.delete(&location).bearer(&staff).send().await.expect(200);
        api.delete(&location).bearer(&staff).send().await.problem(404, "NOT_FOUND");
        retry().header("if-match", "\"77\"").send().await.problem(412, "PRECONDITION_FAILED");
        assert_eq!(retry().send().await.expect(200)["notification"]["status"], "PENDING");
        assert_eq!(api.mail(JO, 1).await.subject, "Welcome to NextCRM");
        api.mail_is_out().await;
        assert_eq!(status(&api, &staff, &id).await["status"], "SENT");
        let trail =
            "admin_audit_log WHERE action IN ('SUPPRESSION_ADDED', 'SUPPRESSION_REMOVED', 'NOTIFICATION_RETRIED')";
        assert_eq!(api.count(trail).await, 3);
    })
    .await;
}

/// A delivery of Resend's, signed `age` seconds ago.
async fn deliver(api: &Api, id: &str, age: i64, event: &Value) -> Reply {
    #[expect(clippy::disallowed_methods, reason = "the signature is checked against the machine's clock")]
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let time = i64::try_from(now).expect("small") - age;
    let body = event.to_string();
    let signature = Webhook::new(SECRET).expect("a secret").sign(id, time, body.as_bytes()).expect("signed");
    let call = api.post("/api/webhooks/resend").header("svix-id", id).header("svix-timestamp", &time.to_string());
    call.header("svix-signature", &signature).body("application/json", body).send().await
}

#[actix_web::test]
async fn news_move_a_message_forward_and_feed_the_suppression_list() {
    on_each_database(async |db| {
        let api = Api::start_with(db, &[("RESEND_WEBHOOK_SECRET", SECRET)]).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let id = send(&api, &staff, JO).await;
        let event = |kind: &str| {
            let data = json!({ "tags": { "notification_id": id }, "bounce": { "type": "Permanent" } });
            json!({ "type": kind, "created_at": "2026-03-01T10:00:00.000Z", "data": data })
        };
        let (bounced, delivered) = (event("email.bounced"), event("email.delivered"));
        deliver(&api, "msg_1", 0, &bounced).await.expect(200);
        let after = status(&api, &staff, &id).await;
        assert_eq!(after["status"], "BOUNCED");
        // Late, repeated and foreign news change nothing.
        deliver(&api, "msg_2", 0, &delivered).await.expect(200);
        deliver(&api, "msg_1", 0, &bounced).await.expect(200);
        let foreign = json!({ "type": "email.bounced", "data": { "email_id": "re_other" } });
        deliver(&api, "msg_3", 0, &foreign).await.expect(200);
        assert_eq!(status(&api, &staff, &id).await, after);
        assert_eq!(api.count("suppressions WHERE reason = 'BOUNCE'").await, 1);
        assert_eq!(api.count("suppressions").await, 1);

        deliver(&api, "msg_4", 301, &bounced).await.problem(401, "SIGNATURE_INVALID");
        let unsigned = api.post("/api/webhooks/resend").json(&bounced).send().await;
        unsigned.problem(401, "SIGNATURE_INVALID");
        let reply = deliver(&api, "msg_5", 0, &json!([])).await;
        reply.problem(422, "VALIDATION_FAILED");
    })
    .await;
}

#[actix_web::test]
async fn without_its_secret_there_is_no_webhook_and_outside_development_no_mailbox() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        deliver(&api, "msg_1", 0, &json!({ "type": "email.sent", "data": {} })).await.problem(404, "NOT_FOUND");
        api.get("/dev/mailbox").send().await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn every_address_that_can_be_suppressed_can_be_taken_off_again() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = api.admin_token(AdminRole::Admin);
        let list = "/api/admin/notifications/suppressions";
        for local in ["jo", "a/b", "/", "a//b", "a+b", "50%2foff", "a?b", "#1", "it's", "!$&*=^_`{|}~-", "a.b"] {
            let address = format!("{local}@example.com");
            let encoded: String = url::form_urlencoded::byte_serialize(address.as_bytes()).collect();
            for by_query in [true, false] {
                let added = api.post(list).bearer(&staff).json(&json!({ "email": address })).send().await;
                added.expect(201);
                let location = added.header("location").to_owned();
                let found = api.get(&location).bearer(&staff).send().await.expect(200);
                assert_eq!(found["suppressions"][0]["email"], json!(address), "{location}");
                let path = if by_query { location } else { format!("{list}/{encoded}") };
                let removed = api.delete(&path).bearer(&staff).send().await;
                if by_query || !local.contains('/') {
                    assert_eq!(removed.expect(200)["suppression"]["email"], json!(address), "{path}");
                } else {
                    removed.problem(400, "BAD_REQUEST");
                    api.delete(&format!("{list}?email={encoded}")).bearer(&staff).send().await.expect(200);
                }
            }
            api.delete(&format!("{list}?email={encoded}")).bearer(&staff).send().await.problem(404, "NOT_FOUND");
        }
        api.delete(list).bearer(&staff).send().await.invalid(&["email REQUIRED"]);
        api.delete(&format!("{list}?email=jo")).bearer(&staff).send().await.invalid(&["email INVALID"]);
        let reader = api.admin_token(AdminRole::Support);
        api.delete(&format!("{list}?email=jo@example.com")).bearer(&reader).send().await.problem(403, "FORBIDDEN");
    })
    .await;
}

/// A path has no room for a slash. What can have one must be reachable by a query, too; whoever adds a parameter here
/// makes sure of it.
#[test]
fn text_in_paths_can_have_no_slash_or_can_be_sent_otherwise() {
    let document: Value =
        serde_json::from_str(&nextcrm::openapi::pretty(nextcrm::config::Environment::Production).expect("a document"))
            .expect("JSON");
    let mut texts = std::collections::BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for operation in item.as_object().expect("operations").values() {
            for parameter in operation["parameters"].as_array().into_iter().flatten() {
                if parameter["in"] == "path" && parameter["schema"]["format"] != "uuid" {
                    texts.insert((path.strip_prefix("/api").unwrap_or(path).to_owned(), parameter["name"].to_string()));
                }
            }
        }
    }
    let known = [
        ("/admin/notifications/suppressions/{email}", "\"email\""), // and ?email= of the list
        ("/admin/notifications/templates/{name}/preview", "\"name\""), // one of a few words
        ("/admin/tenants/by-subdomain/{subdomain}", "\"subdomain\""), // a DNS label
        ("/admin/tenants/{id}/integrations/{type}", "\"type\""),    // one of a few words
        ("/docs/{file}", "\"file\""),                               // one of a few files
        ("/tenant/integrations/{type}", "\"type\""),                // one of a few words
    ];
    assert_eq!(texts, known.map(|(path, name)| (path.to_owned(), name.to_owned())).into());
}
