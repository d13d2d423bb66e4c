//! What holds for every list: cursors that were taken apart, offsets at their end, and times in filters.

mod common;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use common::Api;
use kernel::{AdminRole, TenantId, TenantRole, TenantUserId, page};
use nextcrm::{config::Environment, openapi};
use serde_json::{Value, json};
use test_support::on_each_database;
use uuid::Uuid;

/// Every name that some list can be sorted by; those that a list does not know it refuses.
const SORTS: &[&str] = &[
    "createdAt",
    "updatedAt",
    "name",
    "subdomain",
    "status",
    "plan",
    "email",
    "lastName",
    "role",
    "priority",
    "date",
    "type",
    "lastActivityAt",
];

/// The GETs of the document that take this parameter.
fn with_parameter(name: &str) -> Vec<String> {
    let document: Value =
        serde_json::from_str(&openapi::pretty(Environment::Production).expect("a document")).expect("JSON");
    let paths = document["paths"].as_object().expect("paths");
    let takes = |item: &Value| {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        parameters.into_iter().any(|parameter| parameter["name"] == name && parameter["in"] == "query")
    };
    paths.iter().filter(|(_, item)| takes(item)).map(|(path, _)| path.clone()).collect()
}

/// An API with a member of staff and a workshop that has a ticket, and tokens that open both sides of it.
struct Fixture {
    api: Api,
    tenant: TenantId,
    admin: String,
    ticket: String,
    staff: String,
    owner: String,
}

impl Fixture {
    async fn new(db: &test_support::TestDatabase) -> Self {
        let api = Api::start(db).await;
        let tenant = api.add_workshop("garage").await;
        let person: TenantUserId = api.add_person(tenant, "bo@garage.test", TenantRole::Owner).await;
        let owner =
            api.token_of(kernel::Subject::TenantUser { tenant_id: tenant, id: person, role: TenantRole::Owner });
        let staff = api.admin_token(AdminRole::SuperAdmin);
        let admin = api.add_admin("ada@nextcrm.test", AdminRole::Support).await.to_string();
        let ticket = json!({ "subject": "Brakes", "description": "They squeal." });
        let opened = api.post("/api/tenant/support/tickets").bearer(&owner).json(&ticket).send().await;
        let ticket = opened.expect(201)["ticket"]["id"].as_str().expect("an id").to_owned();
        Self { api, tenant, admin, ticket, staff, owner }
    }

    fn at(&self, template: &str) -> String {
        let id = match template {
            _ if template.contains("/tickets/") => self.ticket.clone(),
            _ if template.starts_with("/api/admin/users/") => self.admin.clone(),
            _ => self.tenant.to_string(),
        };
        template.replace("{id}", &id)
    }

    async fn get(&self, path: &str, query: &str) -> common::Reply {
        let token = if path.starts_with("/api/tenant") { &self.owner } else { &self.staff };
        self.api.get(&format!("{path}?{query}")).bearer(token).send().await
    }
}

/// A cursor as whoever has taken a real one apart would build it.
fn forged(template: &str, path: &str, sort: &str, value: &Value, offset: u64) -> String {
    let route = |path: &str| path.strip_prefix("/api").expect("a path of the API").to_owned();
    let scope = page::scope(&[&route(template), &route(path), sort, "asc", ""]);
    let wire = json!({ "v": value, "i": Uuid::nil(), "o": offset, "s": scope });
    BASE64_URL_SAFE_NO_PAD.encode(wire.to_string())
}

#[actix_web::test]
async fn every_list_refuses_cursors_with_a_value_of_another_type() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let lists = with_parameter("cursor");
        assert!(lists.len() >= 12, "{lists:?}");
        let right = [json!("2026-01-15T10:00:00Z"), json!("ada"), json!(3), json!(["2026-01-15T10:00:00Z", "USERS"])];
        let times = ["-5000-01-01T00:00:00Z", "0000-01-01T00:00:00Z", "+99999-01-01T00:00:00Z", "2016-12-31T23:59:60Z"];
        let wrong = [
            json!(null),
            json!(true),
            json!([]),
            json!({}),
            json!({ "a": 1 }),
            json!(u64::MAX),
            json!(1e300),
            json!("a\0"),
            json!([1, 2]),
        ];
        for template in &lists {
            let path = fixture.at(template);
            let mut sorts = 0;
            for sort in SORTS {
                if fixture.get(&path, &format!("sort={sort}")).await.status != 200 {
                    continue;
                }
                sorts += 1;
                let ask = async |value: &Value, offset: u64| {
                    let cursor = forged(template, &path, sort, value, offset);
                    fixture.get(&path, &format!("sort={sort}&cursor={cursor}")).await
                };
                let mut taken = Vec::new();
                for value in &right {
                    let reply = ask(value, 5).await;
                    match reply.status.as_u16() {
                        200 => taken.push(value),
                        _ => reply.invalid(&["cursor INVALID"]),
                    }
                    ask(value, u64::MAX).await.invalid(&["cursor INVALID"]);
                }
                // The scope is right, then: what is refused is refused for its value. A text may look like a time.
                assert!((1..=2).contains(&taken.len()), "{template} {sort}: {taken:?}");
                for value in &wrong {
                    ask(value, 5).await.invalid(&["cursor INVALID"]);
                }
                if !taken.contains(&&right[1]) {
                    for time in times {
                        ask(&json!(time), 5).await.invalid(&["cursor INVALID"]);
                        ask(&json!([time, "USERS"]), 5).await.invalid(&["cursor INVALID"]);
                    }
                }
            }
            assert!(sorts > 0, "{template} has no known order");
        }
    })
    .await;
}

#[actix_web::test]
async fn every_list_takes_an_offset_at_its_end() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        for template in with_parameter("offset") {
            let path = fixture.at(&template);
            let reply = fixture.get(&path, "offset=9223372036854775807&limit=500").await;
            assert_eq!(reply.expect(200)["pagination"]["offset"], json!(i64::MAX), "{template}");
            fixture.get(&path, "offset=9223372036854775808").await.invalid(&["offset INVALID"]);
        }
    })
    .await;
}

#[actix_web::test]
async fn every_filter_takes_the_years_1_to_9999_and_no_others() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let mut asked = 0;
        for parameter in ["startDate", "endDate", "from", "to"] {
            for template in with_parameter(parameter) {
                let path = fixture.at(&template);
                for good in ["0001-01-01", "9999-12-31", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z"] {
                    let reply = fixture.get(&path, &format!("{parameter}={good}")).await;
                    // A range may end before it begins, which is another fault than a time that cannot be read.
                    if reply.status != 200 {
                        let text = String::from_utf8_lossy(&reply.body).into_owned();
                        assert!(
                            reply.status == 422 && text.contains("OUT_OF_RANGE"),
                            "{template} {parameter}={good}: {text}"
                        );
                    }
                }
                for bad in [
                    "-5000-01-01",
                    "0000-12-31",
                    "10000-01-01",
                    "%2B10000-01-01T00:00:00Z",
                    "-5000-01-01T00:00:00Z",
                    "2026-01-01T00:00:60Z",
                    "9999-12-31T23:59:59-01:00",
                    "yesterday",
                ] {
                    fixture.get(&path, &format!("{parameter}={bad}")).await.invalid(&[&format!("{parameter} INVALID")]);
                }
                asked += 1;
            }
        }
        assert!(asked >= 8, "{asked}");
    })
    .await;
}

#[actix_web::test]
async fn what_is_kept_is_of_the_years_1970_to_2100() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let tenant = format!("/api/admin/tenants/{}", fixture.tenant);
        let subscription = |start: &str, end: &str| {
            let (plan, status) = ("ENTERPRISE", "ACTIVE");
            json!({ "plan": plan, "status": status, "priceCents": 1, "currentPeriodStart": start, "currentPeriodEnd": end })
        };
        let usage = |date: &str| json!({ "metricType": "USERS", "value": 1, "date": date });
        let send = async |method: &str, path: String, body: Value| {
            fixture.api.call(method.parse().expect("a method"), &path).bearer(&fixture.staff).json(&body).send().await
        };
        for bad in [
            "-5000-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "9999-12-31T00:00:00Z", "2026-01-01T00:00:60Z",
            "2100-12-31T23:59:59-01:00", "2026-01-01", "soon",
        ] {
            send("PATCH", tenant.clone(), json!({ "trialEndsAt": bad })).await.invalid(&["trialEndsAt INVALID"]);
            let path = format!("{tenant}/subscription");
            let start = send("PUT", path.clone(), subscription(bad, "2027-01-01T00:00:00Z")).await;
            start.invalid(&["currentPeriodStart INVALID"]);
            let end = send("PUT", path, subscription("2026-01-01T00:00:00Z", bad)).await;
            end.invalid(&["currentPeriodEnd INVALID"]);
            send("POST", format!("{tenant}/usage"), usage(bad)).await.invalid(&["date INVALID"]);
        }
        let last = "2100-12-31T23:59:59.9999999Z";
        let answer = send("PATCH", tenant.clone(), json!({ "trialEndsAt": last })).await.expect(200);
        assert_eq!(answer["tenant"]["trialEndsAt"], "2100-12-31T23:59:59.999999Z");
        let answer = send("PUT", format!("{tenant}/subscription"), subscription("1970-01-01T00:00:00Z", last)).await.expect(201);
        assert_eq!(answer["subscription"]["currentPeriodEnd"], "2100-12-31T23:59:59.999999Z");
    })
    .await;
}
