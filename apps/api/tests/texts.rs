//! What people type must show something, in whatever field they type it.

mod common;

use actix_web::http::Method;
use common::{Api, people::PASSWORD};
use kernel::{AdminRole, TenantRole};
use serde_json::{Value, json};
use test_support::on_each_database;

const INVISIBLE: [&str; 7] =
    ["\u{3164}", "\u{2800}", "\u{ad}", "\u{115f}", "\u{34f}", "\u{200d}", " \u{2800}\u{200d}\u{3164} "];

/// A call whose body has a text in each of these fields.
struct Form {
    method: Method,
    path: String,
    body: Value,
    fields: &'static [&'static str],
}

fn form(method: Method, path: &str, body: Value, fields: &'static [&'static str]) -> Form {
    Form { method, path: path.to_owned(), body, fields }
}

fn forms(tenant: &str, user: &str, ticket: &str, admin: &str) -> Vec<Form> {
    let of = |rest: &str| format!("/api/admin/tenants/{tenant}{rest}");
    let ticket = format!("/api/admin/support/tickets/{ticket}");
    let person = json!({ "firstName": "Jo", "lastName": "Wong", "email": "jo@garage.test" });
    let admin_body = json!({
        "firstName": "Kim", "lastName": "Reid", "email": "kim@nextcrm.test", "role": "SUPPORT", "department": "Desk",
    });
    let tenant_body = json!({
        "name": "Garage", "subdomain": "other", "plan": "ENTERPRISE", "description": "Good", "owner": person,
        "businessDetails": { "legalName": "Garage Pty Ltd", "tradingName": "Garage" },
    });
    let of_tenant: &[&str] = &[
        "name",
        "description",
        "owner.firstName",
        "owner.lastName",
        "businessDetails.legalName",
        "businessDetails.tradingName",
    ];
    let hook = json!({ "type": "CUSTOM_WEBHOOK", "name": "Ours", "webhookUrl": "https://hooks.garage.example/crm" });
    let new_ticket =
        json!({ "tenantId": tenant, "subject": "Help", "description": "It is broken.", "category": "billing" });
    let names = || json!({ "firstName": "Jo", "lastName": "Wong" });
    vec![
        form(Method::POST, "/api/admin/tenants", tenant_body, of_tenant),
        form(Method::PATCH, &of(""), json!({ "name": "G", "description": "Good" }), &["name", "description"]),
        form(Method::POST, &of("/suspend"), json!({ "reason": "Unpaid" }), &["reason"]),
        form(Method::POST, &of("/users"), person.clone(), &["firstName", "lastName"]),
        form(Method::PATCH, &of(&format!("/users/{user}")), names(), &["firstName", "lastName"]),
        form(Method::POST, &of("/integrations"), hook, &["name"]),
        form(Method::POST, "/api/admin/users", admin_body, &["firstName", "lastName", "department"]),
        form(
            Method::PATCH,
            &format!("/api/admin/users/{admin}"),
            json!({ "firstName": "K", "lastName": "R", "department": "D" }),
            &["firstName", "lastName", "department"],
        ),
        form(Method::POST, "/api/admin/support/tickets", new_ticket, &["subject", "description", "category"]),
        form(Method::PATCH, &ticket, json!({ "subject": "Help!", "category": "x" }), &["subject", "category"]),
        form(Method::POST, &format!("{ticket}/messages"), json!({ "body": "Hi" }), &["body"]),
    ]
}

#[actix_web::test]
async fn a_text_that_shows_nothing_is_refused_everywhere() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin("root@nextcrm.test", AdminRole::SuperAdmin).await;
        let token = api.admin_login("root@nextcrm.test", PASSWORD).send().await.access_token();
        let tenant = api.add_workshop("garage").await;
        let user = api.add_person(tenant, "olga@garage.test", TenantRole::Owner).await.to_string();
        let admin = api.add_admin("ada@nextcrm.test", AdminRole::Support).await.to_string();
        let tenant = tenant.to_string();
        let new = json!({ "tenantId": tenant, "subject": "Help", "description": "It is broken." });
        let made = api.post("/api/admin/support/tickets").bearer(&token).json(&new).send().await.expect(201);
        let ticket = made["ticket"]["id"].as_str().expect("an id");
        for form in forms(&tenant, &user, ticket, &admin) {
            for (field, text) in form.fields.iter().flat_map(|field| INVISIBLE.map(|text| (field, text))) {
                let mut body = form.body.clone();
                let value = body.pointer_mut(&format!("/{}", field.replace('.', "/"))).expect("a field");
                *value = json!(text);
                let reply = api.call(form.method.clone(), &form.path).bearer(&token).json(&body).send().await;
                assert_eq!(reply.status, 422, "{} {field} {}", form.path, text.escape_unicode());
                reply.invalid(&[&format!("{field} REQUIRED")]);
            }
        }
        let family = "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}";
        let named = json!({ "name": family });
        let path = format!("/api/admin/tenants/{tenant}");
        let shown = api.patch(&path).bearer(&token).json(&named).send().await.expect(200);
        assert_eq!(shown["tenant"]["name"], family, "joiners stay");
    })
    .await;
}
