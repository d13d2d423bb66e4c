//! Workshops' connections to other services for both audiences: their life, their rules, and (in `secrets`) secrets that show once or
//! never.

mod common;
#[path = "integrations/secrets.rs"]
mod secrets;

use common::{Api, Call, Reply, people::PASSWORD};
use futures::future::join_all;
use integrations::domain::IntegrationType::CapricornEdi;
use kernel::{AdminRole, TenantId, TenantRole};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use test_support::{on_each_database, run_sql};

const OWN: &str = "/api/tenant/integrations";
const API_KEY: &str = "cap-l1ve-K3y-1234";
const CUSTOMER: &str = "cust0mer-5678";
const HOOK: &str = "https://hooks.garage.example/crm?key=h00k-secret";

/// A workshop with an owner, signed in.
struct Garage<'a> {
    api: &'a Api,
    id: TenantId,
    owner: String,
    staff: String,
}

impl<'a> Garage<'a> {
    async fn open(api: &'a Api) -> Self {
        let id = api.add_workshop("garage").await;
        let mut garage = Self { api, id, owner: String::new(), staff: api.admin_token(AdminRole::SuperAdmin) };
        garage.owner = garage.person("olga", TenantRole::Owner).await;
        garage
    }

    async fn person(&self, name: &str, role: TenantRole) -> String {
        let email = format!("{name}@garage.test");
        self.api.add_person(self.id, &email, role).await;
        self.api.tenant_login("garage", &email, PASSWORD).send().await.access_token()
    }

    /// Staff's address of the same.
    fn staffs(&self) -> String {
        format!("/api/admin/tenants/{}/integrations", self.id)
    }

    fn create(&self, body: &Value) -> Call {
        self.api.post(OWN).bearer(&self.owner).json(body)
    }

    fn change(&self, kind: &str, body: &Value) -> Call {
        self.api.patch(&format!("{OWN}/{kind}")).bearer(&self.owner).json(body)
    }

    async fn get(&self, kind: &str) -> Reply {
        self.api.get(&format!("{OWN}/{kind}")).bearer(&self.owner).send().await
    }

    async fn sql(&self, sql: &str) {
        run_sql(&self.api.services.core.db, sql).await.expect("writes");
    }
}

fn capricorn() -> Value {
    let credentials = json!({ "apiKey": API_KEY, "customerId": CUSTOMER });
    json!({ "type": "CAPRICORN_EDI", "name": "Our parts", "credentials": credentials })
}

fn webhook() -> Value {
    json!({ "type": "CUSTOM_WEBHOOK", "name": "Ours", "webhookUrl": HOOK })
}

fn dots(secret: &str) -> String {
    format!("••••{}", &secret[secret.len() - 4..])
}

#[actix_web::test]
async fn a_connection_lives_for_both_audiences() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let made = api.post(&garage.staffs()).bearer(&garage.staff).json(&capricorn()).send().await;
        let first = made.expect(201)["integration"].clone();
        assert_eq!(made.header("location"), format!("{}/CAPRICORN_EDI", garage.staffs()));
        assert_eq!(first["credentials"], json!({ "apiKey": "••••1234", "customerId": "••••5678" }));
        let mut shape: Vec<_> = first.as_object().expect("an object").keys().map(String::as_str).collect();
        shape.sort_unstable();
        let expected = "createdAt credentials id isActive lastError lastSyncedAt name quarantinedAt signingSecret \
                        tenantId type updatedAt version webhookUrl";
        assert_eq!(shape, expected.split_whitespace().collect::<Vec<_>>());
        let seen = garage.get("CAPRICORN_EDI").await;
        assert_eq!((seen.header("etag"), made.header("etag")), ("\"1\"", "\"1\""));
        assert_eq!(seen.expect(200)["integration"], first);

        // One half of the credentials is changed, by whoever knows the version.
        let renewed = json!({ "name": "Parts", "credentials": { "apiKey": "cap-l1ve-K3y-9999" } });
        let changed = garage.change("CAPRICORN_EDI", &renewed).header("if-match", "\"1\"").send().await;
        let shown = changed.expect(200)["integration"].clone();
        assert_eq!((&shown["name"], changed.header("etag")), (&json!("Parts"), "\"2\""));
        assert_eq!(shown["credentials"], json!({ "apiKey": "••••9999", "customerId": "••••5678" }));
        let stale = |call: Call| call.header("if-match", "\"1\"").send();
        stale(garage.change("CAPRICORN_EDI", &json!({ "name": "x" }))).await.problem(412, "PRECONDITION_FAILED");
        let path = format!("{OWN}/CAPRICORN_EDI");
        stale(api.delete(&path).bearer(&garage.owner)).await.problem(412, "PRECONDITION_FAILED");

        // Disabled it is still there, in the way of a second one, until it is enabled again.
        let off = api.delete(&path).bearer(&garage.owner).send().await;
        let disabled = off.expect(200);
        assert!(disabled["message"].is_string() && off.header("etag") == "\"3\"", "{disabled}");
        assert_eq!(garage.get("CAPRICORN_EDI").await.json()["integration"], disabled["integration"]);
        assert_eq!(disabled["integration"]["isActive"], false);
        let service = &api.services.integrations;
        assert!(service.open(garage.id, CapricornEdi).await.expect("no error").is_none());
        garage.create(&capricorn()).send().await.problem(409, "CONFLICT");
        let on = api.patch(&format!("{}/CAPRICORN_EDI", garage.staffs())).bearer(&garage.staff);
        let on = on.json(&json!({ "isActive": true })).send().await.expect(200);
        assert_eq!((&on["integration"]["isActive"], &on["integration"]["version"]), (&json!(true), &json!(4)));
        let open = service.open(garage.id, CapricornEdi).await.expect("opens").expect("in use");
        assert_eq!(open.credentials["apiKey"].expose_secret(), "cap-l1ve-K3y-9999");
        assert_eq!(open.credentials["customerId"].expose_secret(), CUSTOMER);
        for (action, times) in [("ENABLED", 2), ("UPDATED", 1), ("DISABLED", 1)] {
            let entries = format!("admin_audit_log WHERE action = 'INTEGRATION_{action}'");
            assert_eq!(api.count(&entries).await, times, "{action}");
        }

        let tenant = format!("/api/admin/tenants/{}", garage.id);
        api.delete(&tenant).bearer(&garage.staff).send().await.expect(200);
        let late = api.post(&garage.staffs()).bearer(&garage.staff).json(&webhook()).send().await;
        late.problem(409, "ILLEGAL_TRANSITION");
        let list = api.get(&garage.staffs()).bearer(&garage.staff).send().await.expect(200);
        assert_eq!(list["pagination"]["total"], 1);
    })
    .await;
}

#[actix_web::test]
async fn what_is_wrong_is_named() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let body = |kind: &str, credentials: Value| json!({ "type": kind, "name": "x", "credentials": credentials });
        let cases: Vec<(Value, &[&str])> = vec![
            (json!({}), &["type REQUIRED"]),
            (json!({ "type": "FAX", "name": "x" }), &["type INVALID"]),
            (json!({ "type": "CAPRICORN_EDI", "name": "x", "isActive": true }), &["isActive UNKNOWN_FIELD"]),
            (
                json!({ "type": "CAPRICORN_EDI", "name": " " }),
                &["name REQUIRED", "credentials.apiKey REQUIRED", "credentials.customerId REQUIRED"],
            ),
            (body("CAPRICORN_EDI", json!("x")), &["credentials INVALID_TYPE"]),
            (
                body("CAPRICORN_EDI", json!({ "apiKey": 1, "customerId": "b", "pin": "1" })),
                &["credentials.apiKey INVALID_TYPE", "credentials.pin UNKNOWN_FIELD"],
            ),
            (body("STRIPE_PAYMENT", json!({ "secretKey": "pk_live_1" })), &["credentials.secretKey INVALID"]),
            (
                body("SLACK_NOTIFICATION", json!({ "webhookUrl": "https://evil.example/" })),
                &["credentials.webhookUrl INVALID"],
            ),
            (body("CUSTOM_WEBHOOK", json!({})), &["webhookUrl REQUIRED"]),
            (
                json!({ "type": "CUSTOM_WEBHOOK", "name": "x", "webhookUrl": "https://169.254.169.254/" }),
                &["webhookUrl INVALID"],
            ),
        ];
        for (body, expected) in cases {
            garage.create(&body).send().await.invalid(expected);
        }
        assert_eq!(api.count("tenant_integrations").await, 0);
        garage.create(&capricorn()).send().await.expect(201);
        let nulls = json!({ "name": null, "credentials": { "apiKey": null }, "isActive": null });
        let errors = ["name REQUIRED", "credentials.apiKey REQUIRED", "isActive REQUIRED"];
        garage.change("CAPRICORN_EDI", &nulls).send().await.invalid(&errors);
        garage.change("CAPRICORN_EDI", &json!({ "type": "FAX" })).send().await.invalid(&["type UNKNOWN_FIELD"]);
        for absent in ["STRIPE_PAYMENT", "FAX", "capricorn_edi"] {
            garage.get(absent).await.problem(404, "NOT_FOUND");
            garage.change(absent, &json!({ "name": "x" })).send().await.problem(404, "NOT_FOUND");
        }
        let nobody = "/api/admin/tenants/01890a5d-ac96-774b-bcce-b302099a8057/integrations";
        api.get(nobody).bearer(&garage.staff).send().await.problem(404, "NOT_FOUND");
        api.post(nobody).bearer(&garage.staff).json(&capricorn()).send().await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn production_calls_no_address_without_tls() {
    let plain = json!({ "type": "CUSTOM_WEBHOOK", "name": "x", "webhookUrl": "http://hooks.garage.example/" });
    let production = [
        ("APP_ENV", "production"),
        ("MAILER", "smtp"),
        ("SMTP_URL", "smtps://crm:hunter2@127.0.0.1:1"),
        ("MAIL_FROM_EMAIL", "no-reply@crm.test"),
    ];
    on_each_database(async |db| {
        let api = Api::start_with(db, &production).await;
        let (id, staff) = (api.add_workshop("garage").await, api.admin_token(AdminRole::Developer));
        let path = format!("/api/admin/tenants/{id}/integrations");
        api.post(&path).bearer(&staff).json(&plain).send().await.invalid(&["webhookUrl INVALID"]);
        drop(api);
        let api = Api::start(db).await;
        api.post(&path).bearer(&staff).json(&plain).send().await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn only_those_who_may_see_connections_and_only_their_own() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        garage.create(&capricorn()).send().await.expect(201);
        let list = api.get(OWN).bearer(&garage.owner).send().await.expect(200)["integrations"].clone();
        let one = format!("{OWN}/CAPRICORN_EDI");
        for role in [TenantRole::User, TenantRole::Viewer] {
            let token = garage.person(&role.as_str().to_lowercase(), role).await;
            let off = json!({ "isActive": false });
            let calls = [
                api.get(OWN),
                api.post(OWN).json(&capricorn()),
                api.get(&one),
                api.patch(&one).json(&off),
                api.delete(&one),
            ];
            for call in calls {
                call.bearer(&token).send().await.problem(403, "FORBIDDEN");
            }
            let shown = api.get("/api/tenant").bearer(&token).send().await.expect(200);
            assert_eq!(shown["tenant"]["integrations"], Value::Null, "{role}");
        }
        // The single views show what the list shows, to those who may read that.
        let admin = garage.person("al", TenantRole::Admin).await;
        let by_id = format!("/api/admin/tenants/{}", garage.id);
        let by_name = "/api/admin/tenants/by-subdomain/garage";
        let support = api.admin_token(AdminRole::Support);
        let views = [
            ("/api/tenant", &admin, &list),
            (&by_id, &garage.staff, &list),
            (by_name, &garage.staff, &list),
            (&by_id, &support, &Value::Null),
            (by_name, &support, &Value::Null),
        ];
        for (path, token, expected) in views {
            let shown = api.get(path).bearer(token).send().await.expect(200);
            assert_eq!(&shown["tenant"]["integrations"], expected, "{path}");
        }

        // The same type of another workshop is another one.
        let other = api.add_workshop("other").await;
        api.add_person(other, "bo@other.test", TenantRole::Owner).await;
        let bo = api.tenant_login("other", "bo@other.test", PASSWORD).send().await.access_token();
        api.get(&one).bearer(&bo).send().await.problem(404, "NOT_FOUND");
        api.delete(&one).bearer(&bo).send().await.problem(404, "NOT_FOUND");
        api.post(OWN).bearer(&bo).json(&capricorn()).send().await.expect(201);
        api.delete(&one).bearer(&bo).send().await.expect(200);
        assert_eq!(api.get(OWN).bearer(&garage.owner).send().await.expect(200)["integrations"], list);
        // Nor does a secret of theirs open here.
        let theirs =
            format!("SELECT credentials FROM tenant_integrations WHERE tenant_id <> {}", literal(db, garage.id));
        let sql = format!(
            "UPDATE tenant_integrations SET credentials = ({theirs}) WHERE tenant_id = {}",
            literal(db, garage.id)
        );
        garage.sql(&sql).await;
        let moved = garage.get("CAPRICORN_EDI").await.expect(200)["integration"].clone();
        assert_eq!(moved["credentials"], json!({ "apiKey": "••••", "customerId": "••••" }));
        assert!(moved["quarantinedAt"].is_string(), "{moved}");
    })
    .await;
}

/// A workshop's id as this database writes it.
fn literal(db: &test_support::TestDatabase, id: TenantId) -> String {
    if db.url().starts_with("sqlite") { format!("X'{}'", id.uuid().simple()) } else { format!("'{id}'") }
}

#[actix_web::test]
async fn the_list_is_paged_as_all_are() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let list = async |query: &str| api.get(&format!("{OWN}{query}")).bearer(&garage.owner).send().await;
        let empty = json!({ "total": 0, "limit": 50, "offset": 0, "nextCursor": null });
        assert_eq!(list("").await.expect(200), json!({ "integrations": [], "pagination": empty }));
        let stripe =
            json!({ "type": "STRIPE_PAYMENT", "name": "Pay", "credentials": { "secretKey": "sk_test_12345678" } });
        for body in [stripe, capricorn(), webhook()] {
            garage.create(&body).send().await.expect(201);
        }
        let types = |answer: &Value| {
            let rows = answer["integrations"].as_array().expect("rows").iter();
            rows.map(|row| row["type"].as_str().expect("a type").to_owned()).collect::<Vec<_>>()
        };
        let all = ["CAPRICORN_EDI", "CUSTOM_WEBHOOK", "STRIPE_PAYMENT"];
        assert_eq!(types(&list("").await.expect(200)), all);
        assert_eq!(types(&list("?sort=-type&limit=2").await.expect(200)), [all[2], all[1]]);
        assert_eq!(types(&list("?offset=2").await.expect(200)), [all[2]]);
        assert_eq!(types(&list("?offset=9").await.expect(200)), [""; 0]);
        let first = list("?limit=2").await.expect(200);
        assert_eq!((types(&first), &first["pagination"]["total"]), (vec![all[0].into(), all[1].into()], &json!(3)));
        let cursor = first["pagination"]["nextCursor"].as_str().expect("more");
        let second = list(&format!("?limit=2&cursor={cursor}")).await.expect(200);
        assert_eq!((types(&second), &second["pagination"]["nextCursor"]), (vec![all[2].into()], &Value::Null));
        list("?isActive=true").await.invalid(&["isActive UNKNOWN_PARAMETER"]);
        list("?sort=name").await.invalid(&["sort INVALID"]);
        let foreign = api.get(&format!("{}?cursor={cursor}", garage.staffs())).bearer(&garage.staff).send().await;
        foreign.invalid(&["cursor INVALID"]);
    })
    .await;
}

#[actix_web::test]
async fn of_many_at_once_one_makes_it_and_one_changes_it() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let statuses = async |calls: Vec<Call>| {
            let replies = join_all(calls.into_iter().map(Call::send)).await;
            replies.into_iter().map(|reply| reply.status.as_u16()).collect::<Vec<_>>()
        };
        let made = statuses((0..20).map(|_| garage.create(&webhook())).collect()).await;
        assert_eq!(made.iter().filter(|status| **status == 201).count(), 1, "{made:?}");
        assert!(made.iter().all(|status| [201, 409, 503].contains(status)), "{made:?}");
        assert_eq!(api.count("tenant_integrations").await, 1);
        let renamed = |number: i32| {
            garage.change("CUSTOM_WEBHOOK", &json!({ "name": format!("name {number}") })).header("if-match", "\"1\"")
        };
        let changed = statuses((0..20).map(renamed).collect()).await;
        assert_eq!(changed.iter().filter(|status| **status == 200).count(), 1, "{changed:?}");
        assert!(changed.iter().all(|status| [200, 412, 503].contains(status)), "{changed:?}");
        assert_eq!(api.count("admin_audit_log WHERE action = 'INTEGRATION_UPDATED'").await, 1);
    })
    .await;
}
