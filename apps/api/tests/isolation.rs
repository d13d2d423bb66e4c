//! What a workshop can reach of another one: nothing. Every operation of the OpenAPI document that names objects of a
//! workshop is called with another's ids, in the path, the query and the body. A new operation is covered by being documented.

#![allow(clippy::panic, reason = "a wrong answer ends the test")]

mod common;

use actix_web::http::Method;
use common::{Api, Reply, people::PASSWORD};
use kernel::{AdminRole, TenantRole};
use serde_json::{Value, json};
use test_support::on_each_database;

/// A workshop with one of everything, and its signed-in owner.
struct Workshop {
    id: String,
    person: String,
    session: String,
    ticket: String,
    token: String,
    /// What nobody else may ever read.
    marks: Vec<String>,
}

impl Workshop {
    async fn open(api: &Api, subdomain: &str, integration: &Value) -> Self {
        let id = api.add_workshop(subdomain).await;
        let email = format!("bo@{subdomain}.test");
        let person = api.add_person(id, &email, TenantRole::Owner).await.to_string();
        let token = api.tenant_login(subdomain, &email, PASSWORD).send().await.access_token();
        let sessions = api.get("/api/tenant/auth/sessions").bearer(&token).send().await.expect(200);
        let subject = format!("Trouble at {subdomain}");
        let ticket = json!({ "subject": subject, "description": "It is broken." });
        let ticket = api.post("/api/tenant/support/tickets").bearer(&token).json(&ticket).send().await.expect(201);
        api.post("/api/tenant/integrations").bearer(&token).json(integration).send().await.expect(201);
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let (session, ticket) = (text(&sessions["sessions"][0]["id"]), text(&ticket["ticket"]["id"]));
        let marks = vec![id.to_string(), person.clone(), session.clone(), ticket.clone(), email, subject];
        Self { id: id.to_string(), person, session, ticket, token, marks }
    }

    fn ids(&self) -> [&str; 4] {
        [&self.id, &self.person, &self.session, &self.ticket]
    }

    /// All that it can read about itself.
    async fn everything(&self, api: &Api) -> Vec<Value> {
        let ticket = format!("support/tickets/{}", self.ticket);
        let reads = ["", "users", "integrations", "support/tickets", &ticket, "audit-logs", "quota"];
        let mut all = Vec::new();
        for read in reads {
            let path = format!("/api/tenant/{read}");
            let shown = api.get(path.trim_end_matches('/')).bearer(&self.token).send().await.expect(200);
            // Its requests are counted and its entries are sealed as time goes by.
            all.push(match read {
                "quota" => shown["users"].clone(),
                "audit-logs" => shown["pagination"].clone(),
                _ => shown,
            });
        }
        all
    }
}

/// An operation as the document describes it.
struct Documented {
    method: Method,
    path: String,
    /// Query parameters that are ids.
    query_ids: Vec<String>,
    /// Fields of the body that are ids; `None` without a body.
    body_ids: Option<Vec<String>>,
    /// The schema of the body.
    body: Value,
}

impl Documented {
    fn name(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    fn is_of_workshops(&self) -> bool {
        self.path.starts_with("/api/tenant") && !self.path.starts_with("/api/tenant/auth/")
            || self.path.starts_with("/api/tenant/auth/sessions")
    }

    /// The path with ids in its parameters: below a workshop those of `of`, all others those of `other`. A parameter that is
    /// not known here stops the test: say which foreign object it names.
    fn path_with(&self, of: &Workshop, other: &Workshop) -> String {
        let staff = self.path.starts_with("/api/admin/tenants/");
        let part = |part: &str| match part {
            "{id}" if staff => of.id.clone(),
            "{userId}" => other.person.clone(),
            // The two workshops have different ones.
            "{type}" => if other.id == of.id { "SLACK_NOTIFICATION" } else { "CUSTOM_WEBHOOK" }.to_owned(),
            "{id}" if self.path.starts_with("/api/tenant/auth/sessions/") => other.session.clone(),
            "{id}" if self.path.starts_with("/api/tenant/users/") => other.person.clone(),
            "{id}" if self.path.contains("/support/tickets/") => other.ticket.clone(),
            _ => part.to_owned(),
        };
        let path = self.path.split('/').map(part).collect::<Vec<_>>().join("/");
        assert!(!path.contains('{'), "{}: which object of another workshop can be named here?", self.name());
        path
    }
}

async fn documented(api: &Api) -> Vec<Documented> {
    let document = api.get("/api/openapi.json").send().await.expect(200);
    let mut operations = Vec::new();
    for (path, methods) in document["paths"].as_object().expect("paths") {
        for (method, operation) in methods.as_object().expect("methods") {
            let parameters = operation["parameters"].as_array().map(Vec::as_slice).unwrap_or_default();
            let in_query = parameters.iter().filter(|it| it["in"] == "query" && is_id(&it["schema"]));
            let body = &operation["requestBody"]["content"]["application/json"]["schema"];
            operations.push(Documented {
                method: method.to_uppercase().parse().expect("a method"),
                path: path.clone(),
                query_ids: in_query.map(|it| it["name"].as_str().expect("a name").to_owned()).collect(),
                body_ids: body.is_object().then(|| ids_of(&document, body)),
                body: body.clone(),
            });
        }
    }
    operations
}

/// The fields of a schema that are ids.
fn ids_of(document: &Value, schema: &Value) -> Vec<String> {
    let reference = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let schema = reference.map_or(schema, |pointer| document.pointer(pointer).expect("a schema"));
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields.filter(|(_, field)| is_id(field)).map(|(name, _)| name.clone()).collect()
}

/// Whether a schema, or one of its alternatives, is an id.
fn is_id(schema: &Value) -> bool {
    let alternatives = ["oneOf", "anyOf"].iter().filter_map(|name| schema[name].as_array()).flatten();
    schema["format"] == "uuid" || is_list_of_ids(schema) || alternatives.into_iter().any(is_id)
}

fn is_list_of_ids(schema: &Value) -> bool {
    schema["items"]["format"] == "uuid"
}

/// Asserts that the answer has nothing of the workshop.
#[track_caller]
fn tells_nothing_of(other: &Workshop, what: &str, reply: &Reply) {
    let text = String::from_utf8_lossy(&reply.body);
    for mark in &other.marks {
        assert!(!text.contains(mark), "{what} tells {mark}: {text}");
    }
}

async fn two_workshops(api: &Api) -> (Workshop, Workshop) {
    let slack = json!({
        "type": "SLACK_NOTIFICATION", "name": "Ours",
        "credentials": { "webhookUrl": "https://hooks.slack.com/services/T0/B0/abcdefgh" },
    });
    let webhook = json!({ "type": "CUSTOM_WEBHOOK", "name": "Ours", "webhookUrl": "https://hooks.other.example/" });
    (Workshop::open(api, "garage", &slack).await, Workshop::open(api, "other", &webhook).await)
}

#[actix_web::test]
async fn ids_in_paths() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (of, other) = two_workshops(&api).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let before = other.everything(&api).await;
        let mut tried = 0;
        for operation in documented(&api).await {
            let parameters = operation.path.matches('{').count();
            let token = match &operation {
                it if it.is_of_workshops() && parameters > 0 => &of.token,
                it if it.path.starts_with("/api/admin/tenants/{id}/") && parameters > 1 => &staff,
                _ => continue,
            };
            let path = operation.path_with(&of, &other);
            let ask = async |path: &str| {
                let call = api.call(operation.method.clone(), path).bearer(token).header("x-tenant-id", &other.id);
                // A body must be right before anything is looked for.
                let message = operation.path.ends_with("/messages");
                let body = if message { json!({ "body": "Hello" }) } else { json!({}) };
                let call = if operation.method == Method::GET { call } else { call.json(&body) };
                call.send().await
            };
            let reply = ask(&path).await;
            assert_eq!(reply.status, 404, "{}", operation.name());
            reply.problem(404, "NOT_FOUND");
            let named = ask(&format!("{path}?tenantId={}", other.id)).await;
            assert_eq!(named.status, 422, "{} with a tenant in the query", operation.name());
            tried += 1;
        }
        assert!(tried >= 20, "{tried} operations name objects of a workshop");
        assert_eq!(other.everything(&api).await, before);
    })
    .await;
}

#[actix_web::test]
async fn ids_in_queries() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (of, other) = two_workshops(&api).await;
        let before = other.everything(&api).await;
        let mut tried = 0;
        for mut operation in documented(&api).await {
            if !operation.is_of_workshops() || operation.method != Method::GET {
                continue;
            }
            let filters = operation.query_ids.len();
            operation.query_ids.extend(["tenantId", "id", "userId"].map(str::to_owned));
            let path = operation.path_with(&of, &of);
            let parameters = operation.query_ids.iter().enumerate();
            for ((index, parameter), id) in parameters.flat_map(|it| other.ids().map(|id| (it, id))) {
                let what = format!("{}?{parameter}=", operation.name());
                let call = api.get(&format!("{path}?{parameter}={id}")).bearer(&of.token);
                let reply = call.header("x-tenant-id", &other.id).send().await;
                match reply.status.as_u16() {
                    // A filter that nothing of one's own fits.
                    200 if index < filters => assert_eq!(reply.json()["pagination"]["total"], 0, "{what}"),
                    // A parameter that this route does not have.
                    200 | 404 | 422 => {}
                    status => assert_eq!(status, 404, "{what}"),
                }
                tells_nothing_of(&other, &what, &reply);
                tried += 1;
            }
        }
        assert!(tried >= 100, "{tried} calls");
        assert_eq!(other.everything(&api).await, before);
    })
    .await;
}

/// A body that is right in everything: the required fields by their examples, or anything of their type.
fn sample(document: &Value, schema: &Value) -> Value {
    let reference = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let schema = reference.map_or(schema, |pointer| document.pointer(pointer).expect("a schema"));
    for example in [&schema["example"], &schema["examples"][0], &schema["default"], &schema["enum"][0]] {
        if !example.is_null() {
            return example.clone();
        }
    }
    // `["string", "null"]` as well as `"string"`.
    let kind = schema["type"].as_array().and_then(|kinds| kinds.first()).unwrap_or(&schema["type"]);
    match kind.as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.map(|name| (name.to_owned(), sample(document, &schema["properties"][name]))).collect()
        }
        Some("integer" | "number") => json!(1),
        Some("boolean") => json!(true),
        Some("array") => json!([]),
        Some("string") => json!("Hello"),
        _ => panic!("what may stand here? {schema}"),
    }
}

/// What an id in a body may name.
struct Named {
    /// The rest of the body that must be there for the id to be looked at.
    beside: Value,
    own: String,
    foreign: String,
}

/// For a field of a body that is an id: an object of the workshop, and one of the other's. A field that is not known here
/// stops the test: say which foreign object it names.
async fn named(api: &Api, operation: &Documented, field: &str, of: &Workshop, other: &Workshop) -> Named {
    let named = |beside, own: &str, foreign: &str| Named { beside, own: own.to_owned(), foreign: foreign.to_owned() };
    match (operation.name().as_str(), field) {
        (_, "primaryContactId") => named(json!({}), &of.person, &other.person),
        ("POST /api/admin/support/tickets", "tenantUserId") => {
            named(json!({ "tenantId": of.id }), &of.person, &other.person)
        }
        ("POST /api/admin/support/tickets", "tenantId") => {
            named(json!({ "tenantUserId": of.person }), &of.id, &other.id)
        }
        ("POST /api/admin/support/tickets/{id}/merge", "intoTicketId") => {
            let ticket = json!({ "subject": "Once more", "description": "It is still broken." });
            let call = api.post("/api/tenant/support/tickets").bearer(&of.token).json(&ticket);
            let into = call.send().await.expect(201)["ticket"]["id"].as_str().expect("an id").to_owned();
            named(json!({}), &into, &other.ticket)
        }
        // Staff is asked for; people of workshops are none.
        (what, "adminUserId") => {
            let email = format!("support-{}@nextcrm.test", what.len());
            let staff = api.add_admin(&email, AdminRole::Support).await.to_string();
            named(json!({}), &staff, &other.person)
        }
        (what, _) => panic!("{what}: which object of another workshop can {field} name?"),
    }
}

/// Each id that a body may hold is another workshop's, and all else in the body is right: with one's own id the same call
/// succeeds, so it is the id that is refused.
#[actix_web::test]
async fn ids_in_bodies() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (of, other) = two_workshops(&api).await;
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let document = api.get("/api/openapi.json").send().await.expect(200);
        let mut checked = Vec::new();
        for operation in documented(&api).await {
            // Who signs in names the workshop themselves.
            let Some(ids) = operation.body_ids.as_ref().filter(|_| !operation.path.contains("/auth/")) else {
                continue;
            };
            if ids.is_empty() {
                continue;
            }
            let of_staff = operation.path.starts_with("/api/admin/");
            assert!(of_staff || operation.is_of_workshops(), "{}: who calls it?", operation.name());
            let token = if of_staff { &staff } else { &of.token };
            let path = operation.path_with(&of, &of);
            for field in ids {
                let what = format!("{} {field}", operation.name());
                let named = named(&api, &operation, field, &of, &other).await;
                let call = async |id: &str| {
                    let mut body = sample(&document, &operation.body);
                    for (name, value) in named.beside.as_object().expect("an object") {
                        body[name] = value.clone();
                    }
                    body[field] = json!(id);
                    api.call(operation.method.clone(), &path).bearer(token).json(&body).send().await
                };
                let before = (of.everything(&api).await, other.everything(&api).await);
                let refused = call(&named.foreign).await;
                if refused.status != 404 {
                    let problem = refused.problem(422, "VALIDATION_FAILED");
                    let errors = problem["errors"].as_array().expect("errors");
                    let is_the_id = |error: &Value| is_id_field(error, ids) && error["code"] == "NOT_FOUND";
                    assert!(!errors.is_empty() && errors.iter().all(is_the_id), "{what}: {problem}");
                }
                if !of_staff {
                    tells_nothing_of(&other, &what, &refused);
                }
                assert_eq!((of.everything(&api).await, other.everything(&api).await), before, "{what}");
                let taken = call(&named.own).await;
                assert!(taken.status.is_success(), "{what} with an id of its own: {taken:?}");
                checked.push(what);
            }
        }
        assert!(checked.len() >= 7, "checked only {checked:?}");
    })
    .await;
}

fn is_id_field(error: &Value, ids: &[String]) -> bool {
    ids.iter().any(|id| error["field"] == **id)
}

/// No body of a workshop's people has a field that says whose it is.
#[actix_web::test]
async fn ids_that_a_body_does_not_have() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (of, other) = two_workshops(&api).await;
        let document = api.get("/api/openapi.json").send().await.expect(200);
        let before = (of.everything(&api).await, other.everything(&api).await);
        let mut operations = 0;
        for operation in documented(&api).await {
            if operation.body_ids.is_none() || !operation.is_of_workshops() {
                continue;
            }
            let path = operation.path_with(&of, &of);
            let fields = ["tenantId", "id", "userId"];
            for (field, id) in fields.iter().flat_map(|it| other.ids().map(|id| (it, id))) {
                let mut body = sample(&document, &operation.body);
                body[field] = json!(id);
                let call = api.call(operation.method.clone(), &path).bearer(&of.token);
                let reply = call.header("x-tenant-id", &other.id).json(&body).send().await;
                reply.invalid(&[&format!("{field} UNKNOWN_FIELD")]);
                tells_nothing_of(&other, &operation.name(), &reply);
            }
            operations += 1;
        }
        assert!(operations >= 7, "{operations} operations have a body");
        assert_eq!((of.everything(&api).await, other.everything(&api).await), before);
    })
    .await;
}
