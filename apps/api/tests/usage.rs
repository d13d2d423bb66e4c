//! Usage through the API: recorded by staff, read by both sides, and in the single view of a workshop.

mod common;

use auth::{PermissionMarker, admin_permissions as permissions};
use common::{Api, Reply, people::PASSWORD};
use kernel::{AdminRole, TenantId, TenantRole};
use serde_json::{Value, json};
use test_support::on_each_database;

const OWN: &str = "/api/tenant/usage";

/// A workshop, a member of staff and the workshop's owner.
struct Garage<'a> {
    api: &'a Api,
    id: TenantId,
    staff: String,
    owner: String,
}

impl<'a> Garage<'a> {
    async fn open(api: &'a Api) -> Self {
        let id = api.add_workshop("garage").await;
        api.add_person(id, "bo@garage.test", TenantRole::Owner).await;
        let owner = api.tenant_login("garage", "bo@garage.test", PASSWORD).send().await.access_token();
        Self { api, id, staff: api.admin_token(AdminRole::Developer), owner }
    }

    fn path(&self) -> String {
        format!("/api/admin/tenants/{}/usage", self.id)
    }

    async fn record(&self, body: &Value) -> Reply {
        self.api.post(&self.path()).bearer(&self.staff).json(body).send().await
    }

    async fn read(&self, query: &str) -> Reply {
        self.api.get(&format!("{OWN}{query}")).bearer(&self.owner).send().await
    }
}

/// The start of today, as the server has it.
fn today(api: &Api) -> String {
    api.services.core.clock.now().format("%Y-%m-%d").to_string()
}

#[actix_web::test]
async fn what_staff_record_is_read_on_both_sides() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let one = json!({ "metricType": "STORAGE", "value": 12.5, "details": { "disk": "a" }, "idempotencyKey": "k" });
        let made = garage.record(&one).await;
        assert_eq!(made.expect(201), json!({ "recorded": 1, "duplicates": 0 }));
        assert_eq!(made.header("location"), garage.path());
        assert_eq!(garage.record(&one).await.expect(201), json!({ "recorded": 0, "duplicates": 1 }));
        let more = json!({ "metrics": [
            { "metricType": "API_CALLS", "value": 4 }, { "metricType": "API_CALLS", "value": 0.125 },
        ] });
        assert_eq!(garage.record(&more).await.expect(201), json!({ "recorded": 2, "duplicates": 0 }));
        assert_eq!(api.count("admin_audit_log WHERE action = 'USAGE_RECORDED'").await, 3);

        let raw = garage.read("?metricType=STORAGE").await.expect(200);
        let point = &raw["usage"][0];
        assert_eq!((&point["value"], &point["details"]), (&json!(12.5), &json!({ "disk": "a" })));
        assert_eq!(raw["pagination"]["total"], 1);
        let days = garage.read("?granularity=day&timezone=Australia/Sydney").await.expect(200);
        let brief: Vec<_> =
            days["usage"].as_array().expect("sums").iter().map(|it| (&it["metricType"], &it["value"])).collect();
        assert_eq!(brief, [(&json!("API_CALLS"), &json!(4.125)), (&json!("STORAGE"), &json!(12.5))]);
        assert!(days["usage"][0]["periodStart"].is_string() && days["usage"][0]["periodEnd"].is_string());
        let staffs = api.get(&format!("{}?granularity=day&timezone=Australia/Sydney", garage.path()));
        assert_eq!(staffs.bearer(&garage.staff).send().await.expect(200), days);

        // Page by page, along cursors.
        let first = garage.read("?granularity=day&limit=1").await.expect(200);
        let cursor = first["pagination"]["nextCursor"].as_str().expect("more");
        let second = garage.read(&format!("?granularity=day&limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!((&second["usage"][0]["metricType"], &second["pagination"]["total"]), (&json!("STORAGE"), &json!(2)));
        garage.read(&format!("?granularity=week&limit=1&cursor={cursor}")).await.invalid(&["cursor INVALID"]);
    })
    .await;
}

#[actix_web::test]
async fn a_repeated_request_records_once() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let body = json!({ "metricType": "USERS", "value": 1 });
        for replayed in ["", "true"] {
            let call = api.post(&garage.path()).bearer(&garage.staff).header("idempotency-key", "once").json(&body);
            let reply = call.send().await;
            assert_eq!(reply.expect(201)["recorded"], 1);
            assert_eq!(reply.header("idempotent-replayed"), replayed);
        }
        assert_eq!(api.count("usage_metrics").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn what_is_wrong_is_named_and_nothing_is_recorded() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let point = |value: Value| json!({ "metricType": "USERS", "value": value });
        let many: Vec<_> = (0..1_001).map(|_| point(json!(1))).collect();
        let cases: Vec<(Value, &[&str])> = vec![
            (json!({}), &["metricType REQUIRED", "value REQUIRED"]),
            (point(json!(-1)), &["value OUT_OF_RANGE"]),
            (point(json!("1")), &["value INVALID_TYPE"]),
            (json!({ "metricType": "users", "value": 1.0001 }), &["metricType INVALID", "value INVALID"]),
            (json!({ "metricType": "USERS", "value": 1, "date": "2001-01-01T00:00:00Z" }), &["date OUT_OF_RANGE"]),
            (json!({ "metricType": "USERS", "value": 1, "details": [] }), &["details INVALID"]),
            (json!({ "metrics": [] }), &["metrics REQUIRED"]),
            (json!({ "metrics": many }), &["metrics TOO_LONG"]),
            (json!({ "metrics": [point(json!(1)), point(json!(-1))] }), &["metrics[1].value OUT_OF_RANGE"]),
            (json!({ "metrics": [{ "metricType": "USERS", "value": 1, "x": 1 }] }), &["metrics[0].x UNKNOWN_FIELD"]),
            (json!({ "metrics": [point(json!(1))], "value": 1 }), &["metrics INVALID"]),
        ];
        for (body, expected) in cases {
            garage.record(&body).await.invalid(expected);
        }
        assert_eq!(api.count("usage_metrics").await, 0);
        garage.read("?granularity=hour").await.invalid(&["granularity INVALID"]);
        garage.read("?granularity=day&timezone=Mars/Base").await.invalid(&["timezone INVALID"]);
        garage.read("?from=yesterday").await.invalid(&["from INVALID"]);
        garage.read("?from=2026-02-01&to=2026-01-01").await.invalid(&["to OUT_OF_RANGE"]);
        garage.read("?granularity=day&from=2024-01-01&to=2026-01-01").await.invalid(&["to OUT_OF_RANGE"]);
        garage.read("?tenantId=1").await.invalid(&["tenantId UNKNOWN_PARAMETER"]);
        garage.read("?sort=value").await.invalid(&["sort INVALID"]);
        let nobody = "/api/admin/tenants/01890a5d-ac96-774b-bcce-b302099a8057/usage";
        api.get(nobody).bearer(&garage.staff).send().await.problem(404, "NOT_FOUND");
        api.post(nobody).bearer(&garage.staff).json(&point(json!(1))).send().await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn the_single_view_tells_what_the_caller_may_read() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        garage.record(&json!({ "metricType": "USERS", "value": 3 })).await.expect(201);
        let ticket = json!({ "subject": "Help", "description": "It is broken." });
        api.post("/api/tenant/support/tickets").bearer(&garage.owner).json(&ticket).send().await.expect(201);
        let usage = json!([{ "metricType": "USERS", "value": 3 }]);
        let of_staff = format!("/api/admin/tenants/{}", garage.id);
        let view = async |path: &str, token: &str| {
            let shown = api.get(path).bearer(token).send().await.expect(200);
            (shown["tenant"]["usage"].clone(), shown["tenant"]["openTickets"].clone())
        };
        assert_eq!(view("/api/tenant", &garage.owner).await, (usage.clone(), json!(1)));
        for path in [&of_staff, "/api/admin/tenants/by-subdomain/garage"] {
            assert_eq!(view(path, &api.admin_token(AdminRole::SuperAdmin)).await, (usage.clone(), json!(1)), "{path}");
        }
        for role in AdminRole::ALL.iter().filter(|role| permissions::TenantsRead::granted_to(**role)) {
            let (usage, tickets) = view(&of_staff, &api.admin_token(*role)).await;
            assert_eq!(usage.is_null(), !permissions::UsageRead::granted_to(*role), "{role}");
            assert_eq!(tickets.is_null(), !permissions::SupportRead::granted_to(*role), "{role}");
        }
    })
    .await;
}

#[actix_web::test]
async fn requests_become_usage() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        for _ in 0..3 {
            api.get("/api/tenant").bearer(&garage.owner).send().await.expect(200);
        }
        let (services, stop) = (&api.services.metering, tokio_util::sync::CancellationToken::new());
        services.calls.flush().await.expect("is written down");
        platform::jobs::Job::run(&services.calls_metering, &stop).await.expect("runs");
        let day = today(&api);
        let days = garage.read(&format!("?granularity=day&metricType=API_CALLS&from={day}")).await.expect(200);
        assert!(days["usage"][0]["value"].as_u64().is_some_and(|calls| calls >= 3), "{days}");
    })
    .await;
}
