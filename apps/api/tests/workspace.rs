//! A workshop's own side: its profile, its people and what they may do to each other, its quota and its trail.

mod common;

use common::{Api, Call, mail::token_of, people::PASSWORD};
use futures::future::join_all;
use kernel::{AdminRole, TenantId, TenantRole, TenantUserId};
use platform::jobs::Job as _;
use serde_json::{Value, json};
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;

const OWNER: &str = "olga@garage.test";

/// A workshop with an owner, signed in.
struct Garage<'a> {
    api: &'a Api,
    id: TenantId,
    owner: TenantUserId,
    token: String,
    staff: String,
}

impl<'a> Garage<'a> {
    async fn open(api: &'a Api, plan: &str) -> Self {
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let body = json!({ "name": "Garage", "subdomain": "garage", "plan": plan });
        let made = api.post("/api/admin/tenants").bearer(&staff).json(&body).send().await.expect(201);
        let id: TenantId = serde_json::from_value(made["tenant"]["id"].clone()).expect("an id");
        let owner = api.add_person(id, OWNER, TenantRole::Owner).await;
        let token = api.tenant_login("garage", OWNER, PASSWORD).send().await.access_token();
        Self { api, id, owner, token, staff }
    }

    async fn person(&self, name: &str, role: TenantRole) -> (TenantUserId, String) {
        let email = format!("{name}@garage.test");
        let id = self.api.add_person(self.id, &email, role).await;
        (id, self.api.tenant_login("garage", &email, PASSWORD).send().await.access_token())
    }

    fn add(&self, token: &str, email: &str, role: &str) -> Call {
        let body = json!({ "firstName": "Sam", "lastName": "Lee", "email": email, "role": role });
        self.api.post("/api/tenant/users").bearer(token).json(&body)
    }

    fn change(&self, token: &str, id: TenantUserId, change: Value) -> Call {
        self.api.patch(&format!("/api/tenant/users/{id}")).bearer(token).json(&change)
    }
}

#[actix_web::test]
async fn a_profile_is_read_by_all_and_changed_by_those_who_may() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "ENTERPRISE").await;
        let (viewer, viewer_token) = garage.person("vic", TenantRole::Viewer).await;
        let read = api.get("/api/tenant").bearer(&viewer_token).send().await;
        let shown = read.expect(200)["tenant"].clone();
        assert_eq!((&shown["id"], &shown["users"][0]["email"]), (&json!(garage.id), &json!(OWNER)));
        let patch = |token: &str, body: Value| api.patch("/api/tenant").bearer(token).json(&body);
        let named = json!({ "name": "Garage & Sons", "primaryContactId": viewer, "website": "https://garage.test" });
        patch(&viewer_token, named.clone()).send().await.problem(403, "FORBIDDEN");
        let changed = patch(&garage.token, named).header("if-match", read.header("etag")).send().await.expect(200);
        assert_eq!(changed["tenant"]["name"], "Garage & Sons");
        let stale = patch(&garage.token, json!({ "name": "x" })).header("if-match", read.header("etag"));
        stale.send().await.problem(412, "PRECONDITION_FAILED");
        for (field, value) in [("plan", json!("ENTERPRISE")), ("trialEndsAt", Value::Null), ("metadata", json!({}))] {
            let error = format!("{field} UNKNOWN_FIELD");
            patch(&garage.token, json!({ field: value })).send().await.invalid(&[&error]);
        }
    })
    .await;
}

#[actix_web::test]
async fn an_admin_neither_touches_nor_makes_an_owner() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "ENTERPRISE").await;
        let (admin, token) = garage.person("al", TenantRole::Admin).await;
        let (user, _) = garage.person("ula", TenantRole::User).await;
        garage.add(&token, "new@garage.test", "OWNER").send().await.problem(403, "FORBIDDEN");
        garage.change(&token, user, json!({ "role": "OWNER" })).send().await.problem(403, "FORBIDDEN");
        for change in [json!({ "role": "USER" }), json!({ "isActive": false }), json!({ "firstName": "X" })] {
            garage.change(&token, garage.owner, change).send().await.problem(403, "FORBIDDEN");
        }
        let owner = format!("/api/tenant/users/{}", garage.owner);
        api.delete(&owner).bearer(&token).send().await.problem(403, "FORBIDDEN");
        let transfer = |token: &str, to: TenantUserId| {
            api.post(&format!("/api/tenant/users/{to}/transfer-ownership")).bearer(token).send()
        };
        transfer(&token, admin).await.problem(403, "FORBIDDEN");
        garage.change(&token, admin, json!({ "role": "USER" })).send().await.problem(409, "CANNOT_CHANGE_SELF");
        garage.change(&token, user, json!({ "role": "VIEWER" })).send().await.expect(200);
        let owns = garage.change(&garage.token, garage.owner, json!({ "role": "ADMIN" })).send().await;
        owns.problem(409, "CANNOT_CHANGE_SELF");
        api.delete(&owner).bearer(&garage.token).send().await.problem(409, "LAST_OWNER");

        // Handed over, the former owner is an admin, and their old token is dead.
        transfer(&garage.token, garage.owner).await.problem(409, "CANNOT_CHANGE_SELF");
        let handed = transfer(&garage.token, admin).await.expect(200);
        assert_eq!(handed["user"]["role"], "OWNER");
        let login = api.tenant_login("garage", OWNER, PASSWORD).send().await;
        assert_eq!(login.expect(200)["user"]["role"], "ADMIN");
        assert_eq!(api.count("tenant_users WHERE role = 'OWNER'").await, 1);
        transfer(&login.access_token(), user).await.problem(403, "FORBIDDEN");
    })
    .await;
}

#[actix_web::test]
async fn two_owners_who_demote_each_other_leave_one() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "ENTERPRISE").await;
        for round in 0..5 {
            let name = format!("second{round}");
            let (second, token) = garage.person(&name, TenantRole::Owner).await;
            let first = api.tenant_login("garage", OWNER, PASSWORD).send().await.access_token();
            let demote = |token: String, id| {
                let call = garage.change(&token, id, json!({ "role": "ADMIN" }));
                async move { call.send().await.status.as_u16() }
            };
            let outcomes = join_all([demote(first, second), demote(token, garage.owner)]).await;
            assert!(outcomes.contains(&200), "{outcomes:?}");
            let owners = api.count("tenant_users WHERE role = 'OWNER' AND is_active").await;
            assert!(owners >= 1, "round {round}: {outcomes:?}");
            // The first is the owner again for the next round.
            let path = format!("/api/admin/tenants/{}/users/{}/transfer-ownership", garage.id, garage.owner);
            api.post(&path).bearer(&garage.staff).send().await.expect(200);
            assert_eq!(api.count("tenant_users WHERE role = 'OWNER'").await, 1);
        }
    })
    .await;
}

#[actix_web::test]
async fn people_are_invited_resent_and_revoked_by_their_own() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "ENTERPRISE").await;
        let made = garage.add(&garage.token, "sam@garage.test", "USER").header("idempotency-key", "k1").send().await;
        let path = made.header("location").to_owned();
        assert_eq!(made.expect(201)["user"]["invitation"], "PENDING");
        let again = garage.add(&garage.token, "sam@garage.test", "USER").header("idempotency-key", "k1").send().await;
        assert_eq!((again.expect(201), again.header("idempotent-replayed")), (made.json(), "true"));
        garage.add(&garage.token, "sam@garage.test", "USER").send().await.problem(409, "EMAIL_TAKEN");
        let call = |what: &str| api.post(&format!("{path}/invitation/{what}")).bearer(&garage.token).send();
        call("resend").await.expect(202);
        let message = api.mail("sam@garage.test", 2).await;
        let body = json!({ "token": token_of(&message), "password": PASSWORD });
        api.post("/api/tenant/auth/invitations/accept").json(&body).send().await.expect(200);
        call("revoke").await.problem(409, "ILLEGAL_TRANSITION");
        let sam = api.tenant_login("garage", "sam@garage.test", PASSWORD).send().await.access_token();
        garage.add(&sam, "x@garage.test", "VIEWER").send().await.problem(403, "FORBIDDEN");
        let list = api.get("/api/tenant/users?search=sam&role=USER").bearer(&sam).send().await.expect(200);
        assert_eq!(list["pagination"]["total"], 1);
        // Whoever may manage people may leave by themselves.
        let (admin, token) = garage.person("al", TenantRole::Admin).await;
        api.delete(&format!("/api/tenant/users/{admin}")).bearer(&token).send().await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn fifty_at_once_get_the_seats_that_are_left() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "PROFESSIONAL").await;
        let adds = (0..50).map(|number| garage.add(&garage.token, &format!("p{number}@garage.test"), "USER").send());
        let outcomes: Vec<u16> = join_all(adds).await.into_iter().map(|reply| reply.status.as_u16()).collect();
        let added = outcomes.iter().filter(|status| **status == 201).count();
        assert!(outcomes.iter().all(|status| [201, 409, 503].contains(status)), "{outcomes:?}");
        assert_eq!((added, api.count("tenant_users WHERE is_active").await), (4, 5));
        garage.add(&garage.token, "late@garage.test", "USER").send().await.problem(409, "QUOTA_EXCEEDED");
        let quota = api.get("/api/tenant/quota").bearer(&garage.token).send().await.expect(200);
        let expected = json!({ "used": 5, "limit": 5, "percent": 100.0, "exceeded": true });
        assert_eq!((&quota["plan"], &quota["users"]), (&json!("PROFESSIONAL"), &expected));
        // 80 and 100 percent were announced, each once, and the latter is in the trail.
        assert_eq!(api.count("outbox WHERE kind = 'quota.reached.v1'").await, 2);
        assert_eq!(api.count("admin_audit_log WHERE action = 'QUOTA_EXCEEDED'").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn a_plan_that_is_too_small_is_refused_with_what_is_over() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "ENTERPRISE").await;
        for number in 0..6 {
            garage.add(&garage.token, &format!("p{number}@garage.test"), "USER").send().await.expect(201);
        }
        let tenant = format!("/api/admin/tenants/{}", garage.id);
        let to = |plan: &str| api.patch(&tenant).bearer(&garage.staff).json(&json!({ "plan": plan })).send();
        let problem = to("PROFESSIONAL").await.problem(409, "QUOTA_EXCEEDED");
        let detail = problem["detail"].as_str().expect("text");
        assert!(detail.contains("5 seats") && detail.contains("7 users") && detail.contains("2 first"), "{detail}");
        to("PERFORMANCE").await.expect(200);
        let plans = api.get("/api/admin/plans").bearer(&garage.staff).send().await.expect(200);
        let first = json!({ "plan": "PROFESSIONAL", "seats": 5, "apiCallsPerDay": 10_000 });
        assert_eq!((&plans["plans"][0], &plans["plans"][2]["seats"]), (&first, &Value::Null));
    })
    .await;
}

#[actix_web::test]
async fn requests_are_counted_and_those_beyond_the_plan_refused() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "PROFESSIONAL").await;
        let used = async || {
            let path = format!("/api/admin/tenants/{}/quota", garage.id);
            let quota = api.get(&path).bearer(&garage.staff).send().await.expect(200);
            quota["apiCallsPerDay"]["used"].as_u64().expect("a number")
        };
        for _ in 0..3 {
            api.get("/api/tenant").bearer(&garage.token).send().await.expect(200);
        }
        let before = used().await;
        assert!(before >= 3, "{before}");
        let calls = &api.services.metering.calls;
        calls.flush().await.expect("flushed");
        assert_eq!(used().await, before, "written down, and not twice");

        // As if other nodes had counted almost all of the day's calls.
        let sql = format!("UPDATE api_call_days SET calls = {}", 9_997);
        test_support::run_sql(&api.services.core.db, &sql).await.expect("writes");
        api.get("/api/tenant").bearer(&garage.token).send().await.expect(200);
        calls.flush().await.expect("flushed");
        assert_eq!(api.count("outbox WHERE kind = 'quota.reached.v1'").await, 1, "80 percent");
        for _ in 0..2 {
            api.get("/api/tenant").bearer(&garage.token).send().await.expect(200);
        }
        let refused = api.get("/api/tenant").bearer(&garage.token).send().await;
        let problem = refused.problem(429, "QUOTA_EXCEEDED");
        let detail = problem["detail"].as_str().expect("text");
        assert!(detail.contains("10000") && detail.contains("T00:00:00Z"), "{detail}");
        let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
        assert!((1..=86_400).contains(&seconds), "{seconds}");
        // The quota can be read all the same, and nobody is kept from signing in or out.
        let quota = api.get("/api/tenant/quota").bearer(&garage.token).send().await.expect(200);
        assert_eq!(quota["apiCallsPerDay"]["exceeded"], true);
        api.get("/api/tenant/auth/verify").bearer(&garage.token).send().await.expect(200);
        calls.flush().await.expect("flushed");
        assert_eq!(api.count("outbox WHERE kind = 'quota.reached.v1'").await, 2, "and 100");

        // A larger plan has room.
        let path = format!("/api/admin/tenants/{}", garage.id);
        api.patch(&path).bearer(&garage.staff).json(&json!({ "plan": "PERFORMANCE" })).send().await.expect(200);
        calls.flush().await.expect("flushed");
        api.get("/api/tenant").bearer(&garage.token).send().await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn a_trial_that_is_over_leaves_reading_until_there_is_a_subscription() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "PROFESSIONAL").await;
        let path = format!("/api/admin/tenants/{}", garage.id);
        let over = json!({ "trialEndsAt": "2026-01-01T00:00:00Z" });
        api.patch(&path).bearer(&garage.staff).json(&over).send().await.expect(200);
        let end = || async {
            api.services.tenancy.trial_expiry.run(&CancellationToken::new()).await.expect("runs");
        };
        end().await;
        let shown = api.get(&path).bearer(&garage.staff).send().await.expect(200);
        assert_eq!(shown["tenant"]["status"], "TRIAL_EXPIRED");
        assert_eq!(api.count("admin_audit_log WHERE action = 'TENANT_TRIAL_EXPIRED'").await, 1);
        // Tokens of before are dead within a second; sessions go on and tell of it.
        api.until_refused("/api/tenant", &garage.token).await.problem(401, "TOKEN_REVOKED");
        let token = api.tenant_login("garage", OWNER, PASSWORD).send().await.access_token();
        api.get("/api/tenant").bearer(&token).send().await.expect(200);
        garage.add(&token, "sam@garage.test", "USER").send().await.problem(403, "TRIAL_EXPIRED");
        end().await;
        assert_eq!(api.count("outbox WHERE kind = 'tenant.trial_expired.v1'").await, 1, "once");

        let paid = json!({
            "plan": "PROFESSIONAL", "status": "ACTIVE", "priceCents": 9_900,
            "currentPeriodStart": "2026-03-01T00:00:00Z", "currentPeriodEnd": "2026-04-01T00:00:00Z",
        });
        api.put(&format!("{path}/subscription")).bearer(&garage.staff).json(&paid).send().await.expect(201);
        let shown = api.get(&path).bearer(&garage.staff).send().await.expect(200);
        let standing = (&shown["tenant"]["status"], &shown["tenant"]["trialEndsAt"]);
        assert_eq!(standing, (&json!("ACTIVE"), &Value::Null));
        let token = api.tenant_login("garage", OWNER, PASSWORD).send().await.access_token();
        garage.add(&token, "sam@garage.test", "USER").send().await.expect(201);
    })
    .await;
}

#[actix_web::test]
async fn a_workshop_reads_its_own_trail_and_learns_of_staff_only_who() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api, "ENTERPRISE").await;
        api.add_workshop("other").await;
        garage.add(&garage.token, "sam@garage.test", "USER").from("203.0.113.9:1000").send().await.expect(201);
        let list = async |token: &str, query: &str| {
            api.get(&format!("/api/tenant/audit-logs?{query}")).bearer(token).send().await
        };
        let all = list(&garage.token, "limit=500").await.expect(200);
        let logs = all["auditLogs"].as_array().expect("entries");
        assert!(logs.len() >= 4 && logs.iter().all(|log| log["tenantId"] == json!(garage.id)), "{all}");
        for log in logs {
            let staff = log["actorType"] == "ADMIN";
            assert!(!staff || (log["ipAddress"].is_null() && log["actor"]["email"].is_null()), "{log}");
        }
        let added = list(&garage.token, "action=TENANT_USER_ADDED&limit=1").await.expect(200);
        let mine = &added["auditLogs"][0];
        assert_eq!((&mine["actor"]["email"], &mine["ipAddress"]), (&json!(OWNER), &json!("203.0.113.9")));
        list(&garage.token, "tenantId=01890a5d-ac96-774b-bcce-b302099a8057").await.invalid(&["tenantId INVALID"]);
        let (_, viewer) = garage.person("vic", TenantRole::Viewer).await;
        list(&viewer, "").await.problem(403, "FORBIDDEN");
    })
    .await;
}
