//! Workshops over HTTP: their life, their people, their subscription.

mod common;

use common::{Api, Reply};
use kernel::{AdminRole, TenantRole};
use serde_json::{Value, json};
use test_support::{eventually, on_each_database};

const OWNER: &str = "jo@garage.test";

fn body(subdomain: &str) -> Value {
    json!({ "name": "Jo's Garage", "subdomain": subdomain, "plan": "PROFESSIONAL" })
}

/// A super admin at work.
struct Staff<'a> {
    api: &'a Api,
    token: String,
}

impl<'a> Staff<'a> {
    fn new(api: &'a Api) -> Self {
        Self { api, token: api.admin_token(AdminRole::SuperAdmin) }
    }

    async fn get(&self, path: &str) -> Reply {
        self.api.get(&format!("/api/admin/tenants{path}")).bearer(&self.token).send().await
    }

    async fn post(&self, path: &str, body: &Value) -> Reply {
        self.api.post(&format!("/api/admin/tenants{path}")).bearer(&self.token).json(body).send().await
    }

    async fn patch(&self, path: &str, version: &str, body: &Value) -> Reply {
        let call = self.api.patch(&format!("/api/admin/tenants{path}")).bearer(&self.token);
        call.header("if-match", version).json(body).send().await
    }

    async fn delete(&self, path: &str) -> Reply {
        self.api.delete(&format!("/api/admin/tenants{path}")).bearer(&self.token).send().await
    }

    /// A workshop with an invited owner: its path and the owner's id.
    async fn open(&self, subdomain: &str) -> (String, String) {
        let mut body = body(subdomain);
        body["owner"] = json!({ "firstName": "Jo", "lastName": "Wong", "email": OWNER });
        let tenant = self.post("", &body).await.expect(201)["tenant"].take();
        let text = |value: &Value| value.as_str().expect("an id").to_owned();
        (format!("/{}", text(&tenant["id"])), text(&tenant["primaryContact"]["id"]))
    }
}

#[actix_web::test]
async fn a_workshop_is_created_once() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let token = api.admin_token(AdminRole::Admin);
        let body = json!({ "name": "Jo's Garage", "subdomain": "jos-garage", "plan": "PROFESSIONAL" });
        let create = || api.post("/api/admin/tenants").bearer(&token).header("idempotency-key", "k").json(&body).send();
        let (first, second) = (create().await, create().await);
        first.expect(201);
        assert_eq!(first.body, second.body);
        assert_eq!(second.header("idempotent-replayed"), "true");
        api.post("/api/admin/tenants").bearer(&token).json(&json!({})).send().await.invalid(&["name REQUIRED"]);
    })
    .await;
}

#[actix_web::test]
async fn a_workshop_comes_with_its_owner_trail_and_events() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let mut body = body("jos-garage");
        body["owner"] = json!({ "firstName": "Jo", "lastName": "Wong", "email": OWNER });
        body["trialDays"] = json!(14);
        let create = || {
            let call = api.post("/api/admin/tenants").bearer(&staff.token).header("idempotency-key", "k");
            call.json(&body).send()
        };
        let (first, second) = (create().await, create().await);
        let tenant = &first.expect(201)["tenant"];
        assert_eq!(first.body, second.body);
        assert_eq!((second.header("idempotent-replayed"), second.header("etag")), ("true", "\"1\""));
        let id = tenant["id"].as_str().expect("an id");
        assert_eq!(first.header("location"), format!("/api/admin/tenants/{id}"));
        assert_eq!((&tenant["slug"], &tenant["status"]), (&json!("jos-garage"), &json!("ACTIVE")));
        assert_eq!((&tenant["userCount"], &tenant["primaryContact"]["email"]), (&json!(1), &json!(OWNER)));
        assert!(tenant["trialEndsAt"].is_string());
        for (action, rows) in [("TENANT_CREATED", 1), ("TENANT_USER_ADDED", 1)] {
            let of =
                format!("admin_audit_log WHERE action = '{action}' AND actor_type = 'ADMIN' AND status_code = 201");
            assert_eq!(api.count(&of).await, rows, "{action}");
        }
        for kind in ["tenant.created.v1", "user.added.v1"] {
            assert_eq!(api.count(&format!("outbox WHERE kind = '{kind}'")).await, 1, "{kind}");
        }

        let view = staff.get(&format!("/{id}")).await;
        assert_eq!(view.header("etag"), "\"1\"");
        let view = &view.expect(200)["tenant"];
        assert_eq!((&view["users"][0]["role"], &view["users"][0]["invitation"]), (&json!("OWNER"), &json!("PENDING")));
        assert_eq!(view["subscription"], Value::Null);
        let by_name = staff.get("/by-subdomain/JOS-Garage").await.expect(200);
        assert_eq!(&by_name["tenant"], view);
        staff.get("/by-subdomain/nobody").await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn wrong_fields_are_named_and_nothing_is_made() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        for subdomain in ["-a", "a-", "A", "ab", "admin", "xn--caf-dma", "a.b", "a_b", "jo\u{e9}s", &"x".repeat(64)] {
            let mut wrong = body(subdomain);
            wrong["name"] = json!("Jo");
            let problem = staff.post("", &wrong).await.problem(422, "VALIDATION_FAILED");
            assert_eq!(problem["errors"][0]["field"], "subdomain", "{subdomain}: {problem}");
        }
        let with = |field: &str, value: Value| {
            let mut body = body("garage");
            body[field] = value;
            body
        };
        for (wrong, expected) in [
            (with("name", json!("x".repeat(300))), "name TOO_LONG"),
            (with("name", json!("Jo\u{202e}")), "name FORBIDDEN_CHARACTER"),
            (with("name", json!("Jo\u{0}")), "name FORBIDDEN_CHARACTER"),
            (with("plan", json!("GOLD")), "plan INVALID"),
            (with("trialDays", json!(0)), "trialDays OUT_OF_RANGE"),
            (with("trialDays", json!("14")), "trialDays INVALID_TYPE"),
            (with("website", json!("javascript:alert(1)")), "website INVALID"),
            (with("status", json!("ACTIVE")), "status UNKNOWN_FIELD"),
            (with("owner", json!({ "firstName": "J", "lastName": "W", "email": "j" })), "owner.email INVALID"),
        ] {
            staff.post("", &wrong).await.invalid(&[expected]);
        }
        let both = json!({ "name": "", "subdomain": "Garage", "plan": "" });
        let problem = staff.post("", &both).await.problem(422, "VALIDATION_FAILED");
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(3), "{problem}");
        assert_eq!(api.count("tenants").await, 0);
        assert_eq!(api.count("outbox").await, 0);
    })
    .await;
}

#[actix_web::test]
async fn a_subdomain_is_taken_once_whoever_is_quicker() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let body = body("garage");
        let replies = futures::future::join_all((0..50).map(async |_| {
            // A machine that is slow today may have no connection left for the last of them.
            eventually("an answer", async || Some(staff.post("", &body).await).filter(|reply| reply.status != 503))
                .await
        }));
        let replies = replies.await;
        let won = replies.iter().filter(|reply| reply.status == 201).count();
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            reply.problem(409, "SUBDOMAIN_TAKEN");
        }
        assert_eq!((won, replies.len()), (1, 50));
        assert_eq!(api.count("tenants").await, 1);
        assert_eq!(api.count("admin_audit_log WHERE action = 'TENANT_CREATED'").await, 1);
        let mut slug = body.clone();
        slug["subdomain"] = json!("other");
        slug["slug"] = json!("garage");
        staff.post("", &slug).await.problem(409, "SLUG_TAKEN");
    })
    .await;
}

#[actix_web::test]
async fn lists_are_filtered_sorted_and_paged() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        for (name, subdomain, plan) in [
            ("Alpha 100%", "alpha", "ENTERPRISE"),
            ("beta", "beta", "PROFESSIONAL"),
            ("Gamma", "gamma_".trim_end_matches('_'), "PROFESSIONAL"),
        ] {
            staff.post("", &json!({ "name": name, "subdomain": subdomain, "plan": plan })).await.expect(201);
        }
        let names = |list: &Value| -> Vec<String> {
            let tenants = list["tenants"].as_array().expect("tenants");
            tenants.iter().map(|tenant| tenant["subdomain"].as_str().expect("text").to_owned()).collect()
        };
        for (query, expected) in [
            ("", vec!["gamma", "beta", "alpha"]),
            ("?sort=name", vec!["alpha", "beta", "gamma"]),
            ("?sortBy=subdomain&sortOrder=desc", vec!["gamma", "beta", "alpha"]),
            ("?search=ALPH", vec!["alpha"]),
            ("?search=%25", vec!["alpha"]),
            ("?search=_", vec![]),
            ("?plan=PROFESSIONAL&sort=-name", vec!["gamma", "beta"]),
            ("?status=SUSPENDED", vec![]),
            ("?limit=1&offset=1", vec!["beta"]),
        ] {
            let list = staff.get(query).await.expect(200);
            assert_eq!(names(&list), expected, "{query}");
        }
        let mut seen = Vec::new();
        let mut path = "?limit=2&sort=name".to_owned();
        loop {
            let list = staff.get(&path).await.expect(200);
            assert_eq!(list["pagination"]["total"], 3);
            seen.extend(names(&list));
            let Some(cursor) = list["pagination"]["nextCursor"].as_str() else { break };
            path = format!("?limit=2&sort=name&cursor={cursor}");
        }
        assert_eq!(seen, ["alpha", "beta", "gamma"]);
        assert_eq!(staff.get("?limit=501").await.expect(200)["pagination"]["limit"], 500);
        for (query, expected) in [
            ("?limit=0", "limit INVALID"),
            ("?limit=-1", "limit INVALID"),
            ("?limit=abc", "limit INVALID"),
            ("?offset=-1", "offset INVALID"),
            ("?sort=secret", "sort INVALID"),
            ("?cursor=xyz", "cursor INVALID"),
            ("?plan=GOLD", "plan INVALID"),
            ("?planned=GOLD", "planned UNKNOWN_PARAMETER"),
        ] {
            staff.get(query).await.invalid(&[expected]);
        }
        let cursor = staff.get("?limit=1&sort=name").await.expect(200)["pagination"]["nextCursor"].take();
        let cursor = cursor.as_str().expect("a cursor");
        staff.get(&format!("?sort=plan&cursor={cursor}")).await.invalid(&["cursor INVALID"]);
    })
    .await;
}

#[actix_web::test]
async fn changes_are_made_once_and_told() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let (path, owner) = staff.open("garage").await;
        let patch = json!({ "name": "Jo & Co", "website": "https://garage.test", "metadata": { "hoists": 4 } });
        let reply = staff.patch(&path, "\"1\"", &patch).await;
        assert_eq!(reply.header("etag"), "\"2\"");
        assert_eq!(reply.expect(200)["tenant"]["metadata"]["hoists"], 4);
        staff.patch(&path, "\"1\"", &patch).await.problem(412, "PRECONDITION_FAILED");
        staff.patch(&path, "W/\"2\"", &patch).await.problem(412, "PRECONDITION_FAILED");
        // What changes nothing leaves no trace.
        assert_eq!(staff.patch(&path, "*", &patch).await.header("etag"), "\"2\"");
        assert_eq!(api.count("admin_audit_log WHERE action = 'TENANT_UPDATED'").await, 1);
        let cleared = staff.patch(&path, "\"1\", \"2\"", &json!({ "website": null })).await.expect(200);
        assert_eq!(cleared["tenant"]["website"], Value::Null);
        staff.patch(&path, "*", &json!({ "name": null })).await.invalid(&["name REQUIRED"]);
        staff.patch(&path, "*", &json!({ "subdomain": "other" })).await.invalid(&["subdomain UNKNOWN_FIELD"]);

        // Two at once, from the same version: one is told to read again.
        let (one, two) = (json!({ "plan": "ENTERPRISE" }), json!({ "plan": "PERFORMANCE" }));
        let (one, two) = futures::join!(staff.patch(&path, "\"3\"", &one), staff.patch(&path, "\"3\"", &two));
        let mut statuses = [one.status.as_u16(), two.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412]);

        // A person of another workshop is nobody here.
        let (other, other_tenants_owner) = staff.open("other").await;
        let contact = json!({ "primaryContactId": other_tenants_owner });
        staff.patch(&path, "*", &contact).await.invalid(&["primaryContactId NOT_FOUND"]);
        staff.patch(&path, "*", &json!({ "primaryContactId": owner })).await.expect(200);
        for route in [format!("{path}/users/{other_tenants_owner}"), format!("{other}/users/{owner}")] {
            staff.get(&route).await.problem(404, "NOT_FOUND");
            staff.patch(&route, "*", &json!({ "role": "USER" })).await.problem(404, "NOT_FOUND");
            staff.delete(&route).await.problem(404, "NOT_FOUND");
        }
        assert_eq!(api.count("tenant_users").await, 2);
    })
    .await;
}

#[actix_web::test]
async fn a_workshop_s_life_has_its_order() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let (path, owner) = staff.open("garage").await;
        let go = async |step: &str| staff.post(&format!("{path}/{step}"), &json!({})).await;
        let suspend = format!("{path}/suspend");
        go("reactivate").await.problem(409, "ILLEGAL_TRANSITION");
        go("restore").await.problem(409, "ILLEGAL_TRANSITION");
        go("suspend").await.invalid(&["reason REQUIRED"]);
        let suspended = staff.post(&suspend, &json!({ "reason": "unpaid" })).await.expect(200);
        assert_eq!(
            (&suspended["tenant"]["status"], &suspended["tenant"]["suspendedReason"]),
            (&json!("SUSPENDED"), &json!("unpaid"))
        );
        staff.post(&suspend, &json!({ "reason": "unpaid" })).await.problem(409, "ILLEGAL_TRANSITION");
        let deleted = staff.delete(&path).await.expect(200);
        assert_eq!(deleted["tenant"]["status"], "CANCELLED");
        assert!(deleted["message"].is_string() && deleted["tenant"]["deletedAt"].is_string());

        // Still shown, and not changed by anything but being restored.
        assert_eq!(staff.get(&path).await.expect(200)["tenant"]["status"], "CANCELLED");
        assert_eq!(staff.get("").await.expect(200)["pagination"]["total"], 0);
        assert_eq!(staff.get("?includeDeleted=true").await.expect(200)["pagination"]["total"], 1);
        staff.patch(&path, "*", &json!({ "name": "New" })).await.problem(409, "ILLEGAL_TRANSITION");
        staff.delete(&path).await.problem(409, "ILLEGAL_TRANSITION");
        let person = json!({ "firstName": "S", "lastName": "L", "email": "s@l.test" });
        staff.post(&format!("{path}/users"), &person).await.problem(409, "ILLEGAL_TRANSITION");
        staff.delete(&format!("{path}/users/{owner}")).await.problem(409, "ILLEGAL_TRANSITION");
        staff.post("", &body("garage")).await.problem(409, "SUBDOMAIN_TAKEN");

        assert_eq!(go("restore").await.expect(200)["tenant"]["status"], "SUSPENDED");
        assert_eq!(go("reactivate").await.expect(200)["tenant"]["status"], "ACTIVE");
        for action in ["SUSPENDED", "DELETED", "RESTORED", "REACTIVATED"] {
            let of = format!("admin_audit_log WHERE action = 'TENANT_{action}'");
            assert_eq!(api.count(&of).await, 1, "{action}");
        }
    })
    .await;
}

#[actix_web::test]
async fn people_come_change_and_go() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let (path, owner) = staff.open("garage").await;
        let users = format!("{path}/users");
        let person = |email: &str| json!({ "firstName": "Sam", "lastName": "Lee", "email": email });
        let reply = staff.post(&users, &person("Sam@Garage.test")).await;
        let sam = reply.expect(201)["user"].take();
        assert_eq!(
            (&sam["role"], &sam["invitation"], &sam["email"]),
            (&json!("USER"), &json!("PENDING"), &json!("sam@garage.test"))
        );
        let one = reply.header("location").strip_prefix("/api/admin/tenants").expect("below").to_owned();
        assert_eq!(staff.get(&one).await.expect(200)["user"], sam);
        staff.post(&users, &person("SAM@garage.test")).await.problem(409, "EMAIL_TAKEN");

        let mut weak = person("kim@garage.test");
        weak["password"] = json!("short");
        staff.post(&users, &weak).await.invalid(&["password TOO_SHORT", "password TOO_WEAK"]);
        weak["password"] = json!("Torque-wrench-19");
        assert_eq!(staff.post(&users, &weak).await.expect(201)["user"]["invitation"], Value::Null);
        api.tenant_login("garage", "kim@garage.test", "Torque-wrench-19").send().await.expect(200);

        let list = staff.get(&format!("{users}?sort=email&role=USER")).await.expect(200);
        assert_eq!((&list["pagination"]["total"], &list["users"][0]["email"]), (&json!(2), &json!("kim@garage.test")));
        let changed = staff.patch(&one, "\"1\"", &json!({ "role": "ADMIN", "phone": "+61 2 5550 1234" })).await;
        assert_eq!((changed.header("etag"), &changed.expect(200)["user"]["role"]), ("\"2\"", &json!("ADMIN")));
        staff.patch(&one, "\"1\"", &json!({ "role": "USER" })).await.problem(412, "PRECONDITION_FAILED");

        // Whoever goes leaves no password behind.
        let kim = list["users"][0]["id"].as_str().expect("an id");
        assert_eq!(api.count("tenant_credentials").await, 1);
        staff.delete(&format!("{users}/{kim}")).await.expect(200);
        assert_eq!(api.count("tenant_credentials").await, 0);
        staff.post(&users, &weak).await.expect(201);

        let the_owner = format!("{users}/{owner}");
        for change in [json!({ "role": "USER" }), json!({ "isActive": false })] {
            staff.patch(&the_owner, "*", &change).await.problem(409, "LAST_OWNER");
        }
        staff.delete(&the_owner).await.problem(409, "LAST_OWNER");
        let gone = staff.delete(&one).await.expect(200);
        assert_eq!(gone["user"]["id"], sam["id"]);
        staff.delete(&one).await.problem(404, "NOT_FOUND");

        // The smallest plan has five seats.
        let adds = (0..8).map(|n| {
            let (staff, users, person) = (&staff, &users, person(&format!("p{n}@garage.test")));
            async move { staff.post(users, &person).await }
        });
        let replies = futures::future::join_all(adds).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 201).count(), 3);
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            reply.problem(409, "QUOTA_EXCEEDED");
        }
        let missing = "/01890a5d-ac96-774b-bcce-b302099a8057/users";
        staff.get(missing).await.problem(404, "NOT_FOUND");
        staff.post(missing, &person("x@y.test")).await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn a_new_role_reaches_tokens_already_handed_out() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, OWNER, TenantRole::Owner).await;
        let sam = api.add_person(tenant, "sam@garage.test", TenantRole::Admin).await;
        let signed_in = api.tenant_login("garage", "sam@garage.test", common::people::PASSWORD).send().await;
        let (token, verify) = (signed_in.access_token(), "/api/tenant/auth/verify");
        api.get(verify).bearer(&token).send().await.expect(200);
        staff.patch(&format!("/{tenant}/users/{sam}"), "*", &json!({ "role": "VIEWER" })).await.expect(200);
        api.until_refused(verify, &token).await;
        let refreshed = api.post("/api/tenant/auth/refresh").header("cookie", &signed_in.cookie()).send().await;
        let user = api.get(verify).bearer(&refreshed.access_token()).send().await.expect(200);
        assert_eq!(user["user"]["role"], "VIEWER");
    })
    .await;
}

#[actix_web::test]
async fn a_subscription_is_recorded_and_replaced() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let staff = Staff::new(&api);
        let (path, _) = staff.open("garage").await;
        let path = format!("/api/admin/tenants{path}/subscription");
        let terms = json!({
            "plan": "PERFORMANCE", "status": "ACTIVE", "priceCents": 19_900, "currency": "AUD",
            "currentPeriodStart": "2026-11-01T00:00:00Z", "currentPeriodEnd": "2026-12-01T00:00:00Z",
            "cancelAtPeriodEnd": false,
        });
        let finance = api.admin_token(AdminRole::Finance);
        let get = async || api.get(&path).bearer(&finance).send().await;
        let put = async |version: &str, terms: &Value| {
            let call = api.put(&path).bearer(&finance).json(terms);
            let call = if version.is_empty() { call } else { call.header("if-match", version) };
            call.send().await
        };
        get().await.problem(404, "NOT_FOUND");
        put("\"1\"", &terms).await.problem(412, "PRECONDITION_FAILED");
        let first = put("", &terms).await;
        assert_eq!(
            (first.header("etag"), first.expect(201)["subscription"]["priceCents"].take()),
            ("\"1\"", json!(19_900))
        );
        let mut dearer = terms.clone();
        dearer["priceCents"] = json!(24_900);
        assert_eq!(put("\"1\"", &dearer).await.expect(200)["subscription"]["version"], 2);
        put("\"1\"", &terms).await.problem(412, "PRECONDITION_FAILED");
        assert_eq!(get().await.expect(200)["subscription"]["priceCents"], 24_900);
        let mut wrong = terms.clone();
        wrong["currentPeriodEnd"] = json!("2026-10-01T00:00:00Z");
        wrong["priceCents"] = json!(-1);
        put("", &wrong).await.invalid(&["priceCents OUT_OF_RANGE", "currentPeriodEnd OUT_OF_RANGE"]);
        assert_eq!(api.count("admin_audit_log WHERE action = 'SUBSCRIPTION_UPDATED'").await, 2);
        let view = Staff::new(&api).get("/by-subdomain/garage").await.expect(200);
        assert_eq!(view["tenant"]["subscription"]["plan"], "PERFORMANCE");
    })
    .await;
}
