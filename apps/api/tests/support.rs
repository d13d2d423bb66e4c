//! Tickets from both sides: what a workshop opens and reads, what staff do with it, who is written to, and what nobody
//! outside staff ever sees.

mod common;

use common::{Api, people::PASSWORD};
use futures::future::join_all;
use kernel::{AdminRole, TenantId, TenantRole, Transactor as _};
use sea_orm::ConnectionTrait as _;
use serde_json::{Value, json};
use test_support::on_each_database;

const BO: &str = "bo@garage.test";
const MELE: &str = "mele@nextcrm.test";
const TICKETS: &str = "/api/tenant/support/tickets";
const STAFF_TICKETS: &str = "/api/admin/support/tickets";

/// A workshop with somebody signed in, and somebody of staff who handles tickets.
struct Fixture<'a> {
    api: &'a Api,
    tenant: TenantId,
    bo: String,
    mele: String,
    mele_id: String,
}

impl<'a> Fixture<'a> {
    async fn open(api: &'a Api) -> Self {
        let tenant = api.add_workshop("garage").await;
        api.add_person(tenant, BO, TenantRole::User).await;
        let bo = api.tenant_login("garage", BO, PASSWORD).send().await.access_token();
        api.add_admin(MELE, AdminRole::Support).await;
        let login = api.admin_login(MELE, PASSWORD).send().await;
        let mele_id = login.expect(200)["user"]["id"].as_str().expect("an id").to_owned();
        Self { api, tenant, bo, mele: login.access_token(), mele_id }
    }

    async fn ticket(&self, subject: &str, priority: &str) -> Value {
        let body = json!({ "subject": subject, "description": "Since this morning.", "priority": priority });
        self.api.post(TICKETS).bearer(&self.bo).json(&body).send().await.expect(201)["ticket"].clone()
    }

    async fn staff(&self, path: &str, body: Value) -> common::Reply {
        self.api.post(&format!("{STAFF_TICKETS}/{path}")).bearer(&self.mele).json(&body).send().await
    }

    async fn own(&self, id: &str) -> common::Reply {
        self.api.get(&format!("{TICKETS}/{id}")).bearer(&self.bo).send().await
    }
}

fn id(ticket: &Value) -> String {
    ticket["id"].as_str().expect("an id").to_owned()
}

#[actix_web::test]
async fn a_ticket_from_its_opening_to_its_end() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let ticket = fixture.ticket("Cannot see invoices", "HIGH").await;
        let (id, number) = (id(&ticket), ticket["ticketNumber"].as_str().expect("a number").to_owned());
        assert!(number.starts_with("TKT-") && ticket["status"] == "OPEN", "{ticket}");
        assert_eq!((&ticket["createdBy"]["email"], &ticket["assignedTo"]), (&json!(BO), &Value::Null));
        assert_eq!(ticket["sla"]["firstResponseBreached"], false);
        let confirmation = api.mail(BO, 1).await;
        assert!(confirmation.subject.contains(&number) && confirmation.text.contains("Cannot see invoices"));

        let given = fixture.staff(&format!("{id}/assign"), json!({ "adminUserId": fixture.mele_id })).await.expect(200);
        assert_eq!(given["ticket"]["assignedTo"]["id"], json!(fixture.mele_id));
        let note = json!({ "body": "Looks like our fault.", "internal": true });
        fixture.staff(&format!("{id}/messages"), note).await.expect(201);
        let said = fixture.staff(&format!("{id}/messages"), json!({ "body": "Please try again." })).await.expect(201);
        assert!(!said["ticket"]["firstResponseAt"].is_null());
        let reply = api.mail(BO, 2).await;
        assert!(reply.text.contains(&number) && !reply.text.contains("try again"), "{}", reply.text);

        let patch = json!({ "status": "WAITING_FOR_CUSTOMER" });
        let path = format!("{STAFF_TICKETS}/{id}");
        api.patch(&path).bearer(&fixture.mele).json(&patch).send().await.expect(200);
        let body = json!({ "body": "Works now." });
        let answered = api.post(&format!("{TICKETS}/{id}/messages")).bearer(&fixture.bo).json(&body).send().await;
        assert_eq!(answered.expect(201)["ticket"]["status"], "IN_PROGRESS");
        let patch = json!({ "status": "RESOLVED" });
        let stale = api.patch(&path).bearer(&fixture.mele).header("if-match", "\"1\"").json(&patch);
        stale.send().await.problem(412, "PRECONDITION_FAILED");
        let resolved = api.patch(&path).bearer(&fixture.mele).json(&patch).send().await.expect(200);
        assert!(!resolved["ticket"]["resolvedAt"].is_null());
        let closed = api.post(&format!("{TICKETS}/{id}/close")).bearer(&fixture.bo).send().await.expect(200);
        assert_eq!(closed["ticket"]["status"], "CLOSED");
        fixture
            .staff(&format!("{id}/messages"), json!({ "body": "One more" }))
            .await
            .problem(409, "ILLEGAL_TRANSITION");
        let opened = api.post(&format!("{TICKETS}/{id}/reopen")).bearer(&fixture.bo).send().await.expect(200);
        assert_eq!((&opened["ticket"]["status"], &opened["ticket"]["closedAt"]), (&json!("OPEN"), &Value::Null));
    })
    .await;
}

#[actix_web::test]
async fn nobody_is_written_to_who_was_not_named_or_has_left_or_did_it_themselves() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let say =
            async |id: &str| fixture.staff(&format!("{id}/messages"), json!({ "body": "We look." })).await.expect(201);
        let for_nobody = json!({ "tenantId": fixture.tenant, "subject": "Audit", "description": "Yearly." });
        let made = api.post(STAFF_TICKETS).bearer(&fixture.mele).json(&for_nobody).send().await.expect(201);
        say(&id(&made["ticket"])).await;
        let ticket = fixture.ticket("Brakes", "URGENT").await;
        let (id, number) = (id(&ticket), ticket["ticketNumber"].as_str().expect("a number"));
        fixture.staff(&format!("{id}/assign"), json!({ "adminUserId": fixture.mele_id })).await.expect(200);
        let grace = api.add_admin("grace@nextcrm.test", AdminRole::Support).await;
        fixture.staff(&format!("{id}/assign"), json!({ "adminUserId": grace })).await.expect(200);
        let left = "UPDATE tenant_users SET is_active = FALSE";
        test_support::run_sql(&api.services.core.db, left).await.expect("writes");
        say(&id).await;
        let assigned = api.mail("grace@nextcrm.test", 1).await;
        assert!(assigned.text.contains(number) && assigned.text.contains("Brakes"), "{}", assigned.text);
        api.mail_is_out().await;
        assert_eq!(api.mail_to(BO).await.len(), 1, "the confirmation");
        assert_eq!(api.count("notification_log").await, 2);
        assert_eq!(api.count("outbox WHERE kind = 'ticket.message_added.v1'").await, 2);
    })
    .await;
}

#[actix_web::test]
async fn a_note_among_staff_reaches_no_workshop_by_any_way() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let id = id(&fixture.ticket("Login", "LOW").await);
        let before = fixture.own(&id).await.expect(200);
        let note = json!({ "body": "Zebra-secret", "internal": true });
        fixture.staff(&format!("{id}/messages"), note).await.expect(201);
        let seen = api.get(&format!("{STAFF_TICKETS}/{id}")).bearer(&fixture.mele).send().await.expect(200);
        assert_eq!(seen["ticket"]["messages"][0]["internal"], true);

        assert_eq!(fixture.own(&id).await.expect(200), before, "neither message nor version");
        let found = api.get(&format!("{TICKETS}?search=zebra")).bearer(&fixture.bo).send().await.expect(200);
        assert_eq!(found["tickets"], json!([]));
        let found = api.get(&format!("{STAFF_TICKETS}?search=zebra")).bearer(&fixture.mele).send().await.expect(200);
        assert_eq!(found["tickets"][0]["id"], json!(id));
        api.add_person(fixture.tenant, "olga@garage.test", TenantRole::Owner).await;
        let owner = api.tenant_login("garage", "olga@garage.test", PASSWORD).send().await.access_token();
        let trail = api.get("/api/tenant/audit-logs?limit=500").bearer(&owner).send().await.expect(200);
        assert!(!trail.to_string().contains("TICKET_MESSAGE_ADDED"), "{trail}");
        api.mail_is_out().await;
        assert_eq!(api.mail_to(BO).await.len(), 1, "the confirmation only");
    })
    .await;
}

#[actix_web::test]
async fn staff_open_tickets_for_workshops_and_get_the_next_one() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let new = json!({ "tenantId": fixture.tenant, "email": "kim@garage.test", "subject": "Call back", "description": "Rang." });
        let made = api.post(STAFF_TICKETS).bearer(&fixture.mele).json(&new).send().await.expect(201);
        assert_eq!(made["ticket"]["createdBy"]["type"], "EMAIL");
        assert!(api.mail("kim@garage.test", 1).await.text.contains("Call back"));
        let wrong = json!({ "tenantId": "nobody", "email": "kim", "subject": "", "description": "x", "priority": "SOON" });
        let refused = api.post(STAFF_TICKETS).bearer(&fixture.mele).json(&wrong).send().await;
        refused.invalid(&["tenantId NOT_FOUND", "email INVALID", "subject REQUIRED", "priority INVALID"]);

        let urgent = id(&fixture.ticket("Brakes", "URGENT").await);
        let low = id(&fixture.ticket("Colours", "LOW").await);
        let asked = join_all((0..4).map(|_| fixture.staff("next", json!({})))).await;
        let mut given: Vec<_> = asked.iter().map(|reply| reply.expect(200)["ticket"]["id"].clone()).collect();
        assert!(given.contains(&json!(urgent)) && given.contains(&json!(low)), "{given:?}");
        assert_eq!(given.iter().filter(|it| it.is_null()).count(), 1, "three tickets for four who ask");
        given.sort_by_key(ToString::to_string);
        given.dedup();
        assert_eq!(given.len(), 4, "nobody gets another's");
        let sales = api.add_admin("sal@nextcrm.test", AdminRole::Finance).await;
        let refused = fixture.staff(&format!("{low}/assign"), json!({ "adminUserId": sales })).await;
        refused.invalid(&["adminUserId NOT_ASSIGNABLE"]);
        fixture.staff(&format!("{low}/assign"), json!({})).await.invalid(&["adminUserId REQUIRED"]);
        let freed = fixture.staff(&format!("{low}/assign"), json!({ "adminUserId": null })).await.expect(200);
        assert_eq!(freed["ticket"]["assignedTo"], Value::Null);

        let lists = async |query: &str| {
            let list = api.get(&format!("{STAFF_TICKETS}?{query}")).bearer(&fixture.mele).send().await.expect(200);
            list["tickets"].as_array().expect("tickets").iter().map(id).collect::<Vec<_>>()
        };
        assert_eq!(lists("unassigned=true").await, std::slice::from_ref(&low));
        assert_eq!(lists("priority=URGENT").await, std::slice::from_ref(&urgent));
        assert_eq!(lists(&format!("tenantId={}&sort=-priority&limit=1", fixture.tenant)).await, std::slice::from_ref(&urgent));
        assert_eq!(lists("breached=true").await, Vec::<String>::new());
        let summary = api.get("/api/admin/support/summary").bearer(&fixture.mele).send().await.expect(200);
        let summary = &summary["summary"];
        assert_eq!((&summary["open"], &summary["unassigned"]), (&json!(3), &json!(1)));
        assert_eq!((&summary["byStatus"]["OPEN"], &summary["byPriority"]["HIGH"]), (&json!(3), &json!(0)));
    })
    .await;
}

#[actix_web::test]
async fn a_merged_ticket_leads_to_the_one_that_goes_on() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let (first, second) =
            (id(&fixture.ticket("Printer", "LOW").await), id(&fixture.ticket("Printer again", "LOW").await));
        fixture.staff(&format!("{second}/messages"), json!({ "body": "On it." })).await.expect(201);
        let merged = fixture.staff(&format!("{second}/merge"), json!({ "intoTicketId": first })).await.expect(200);
        assert_eq!(merged["ticket"]["id"], json!(first));
        let source = fixture.own(&second).await.expect(200);
        assert_eq!((&source["ticket"]["status"], &source["ticket"]["mergedIntoId"]), (&json!("CLOSED"), &json!(first)));
        let target = fixture.own(&first).await.expect(200);
        let said: Vec<_> =
            target["ticket"]["messages"].as_array().expect("messages").iter().map(|it| &it["body"]).collect();
        assert_eq!(said, ["Since this morning.", "On it."]);
        let again = fixture.staff(&format!("{second}/merge"), json!({ "intoTicketId": first })).await;
        again.problem(409, "ILLEGAL_TRANSITION");
        fixture
            .staff(&format!("{first}/merge"), json!({ "intoTicketId": "x" }))
            .await
            .invalid(&["intoTicketId NOT_FOUND"]);
    })
    .await;
}

#[actix_web::test]
async fn one_key_opens_one_ticket() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let body = json!({ "subject": "Once", "description": "Only." });
        let send = || api.post(TICKETS).bearer(&fixture.bo).header("idempotency-key", "once-1").json(&body).send();
        let (first, second) = (send().await.expect(201), send().await.expect(201));
        assert_eq!(first, second);
        assert_eq!(api.count("support_tickets").await, 1);
        assert_eq!(api.count("notification_log").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn messages_come_in_pages_to_both_sides() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let id = id(&fixture.ticket("Long", "LOW").await);
        for number in 0..60 {
            let body = json!({ "body": format!("{number}"), "internal": number % 10 == 0 });
            fixture.staff(&format!("{id}/messages"), body).await.expect(201);
        }
        let seen =
            api.get(&format!("{STAFF_TICKETS}/{id}")).bearer(&fixture.mele).send().await.expect(200)["ticket"].clone();
        assert_eq!((&seen["messageCount"], seen["messages"].as_array().map(Vec::len)), (&json!(60), Some(50)));
        assert_eq!((&seen["messages"][0]["body"], &seen["messages"][49]["body"]), (&json!("10"), &json!("59")));
        let own = fixture.own(&id).await.expect(200)["ticket"].clone();
        assert_eq!((&own["messageCount"], own["messages"].as_array().map(Vec::len)), (&json!(54), Some(50)));

        for (list, token, total) in [(STAFF_TICKETS, &fixture.mele, 60), (TICKETS, &fixture.bo, 54)] {
            let path = format!("{list}/{id}/messages");
            let (mut read, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = api.get(&format!("{path}?limit=25{cursor}")).bearer(token).send().await.expect(200);
                assert_eq!(page["pagination"]["total"], json!(total));
                let bodies = page["messages"].as_array().expect("messages").iter();
                read.extend(bodies.map(|it| it["body"].as_str().expect("text").parse::<u32>().expect("a number")));
                match page["pagination"]["nextCursor"].as_str() {
                    Some(next) => cursor = format!("&cursor={next}"),
                    None => break,
                }
            }
            let expected: Vec<_> = (0..60).filter(|number| list == STAFF_TICKETS || number % 10 != 0).collect();
            assert_eq!(read, expected, "oldest first");
            let broken = api.get(&format!("{path}?cursor=abc")).bearer(token).send().await;
            broken.invalid(&["cursor INVALID"]);
        }
        let olga = api.add_workshop("other").await;
        api.add_person(olga, "olga@other.test", TenantRole::Owner).await;
        let other_tenants_user = api.tenant_login("other", "olga@other.test", PASSWORD).send().await.access_token();
        let foreign = api.get(&format!("{TICKETS}/{id}/messages")).bearer(&other_tenants_user).send().await;
        foreign.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn a_full_ticket_takes_no_more_messages() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let id = id(&fixture.ticket("Full", "LOW").await);
        let mut tx = db.database().begin().await.expect("begins");
        let full = "UPDATE support_tickets SET message_count = 5000";
        tx.executor().execute_unprepared(full).await.expect("updates");
        tx.commit().await.expect("commits");
        let body = json!({ "body": "One more" });
        fixture.staff(&format!("{id}/messages"), body.clone()).await.problem(409, "LIMIT_REACHED");
        let said = api.post(&format!("{TICKETS}/{id}/messages")).bearer(&fixture.bo).json(&body).send().await;
        said.problem(409, "LIMIT_REACHED");
        let other = self::id(&fixture.ticket("Another", "LOW").await);
        let merged = fixture.staff(&format!("{other}/merge"), json!({ "intoTicketId": id })).await;
        merged.problem(409, "LIMIT_REACHED");
        assert_eq!(api.count("support_messages").await, 0);
    })
    .await;
}

#[actix_web::test]
async fn tickets_of_whoever_leaves_support_go_back_to_the_queue() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let fixture = Fixture::open(&api).await;
        let boss = api.add_admin("ada@nextcrm.test", AdminRole::SuperAdmin).await;
        let boss = (boss, api.admin_login("ada@nextcrm.test", PASSWORD).send().await.access_token());
        let sales = api.add_admin("sal@nextcrm.test", AdminRole::Support).await;
        let given = async |subject: &str, to: &str| {
            let id = id(&fixture.ticket(subject, "LOW").await);
            fixture.staff(&format!("{id}/assign"), json!({ "adminUserId": to })).await.expect(200);
            id
        };
        let (open, closed) = (given("Open", &fixture.mele_id).await, given("Closed", &fixture.mele_id).await);
        let sals = given("Sal's", &sales.to_string()).await;
        let patch = json!({ "status": "CLOSED" });
        api.patch(&format!("{STAFF_TICKETS}/{closed}")).bearer(&fixture.mele).json(&patch).send().await.expect(200);
        let assignee = async |id: &str| {
            let seen = api.get(&format!("{STAFF_TICKETS}/{id}")).bearer(&boss.1).send().await.expect(200);
            seen["ticket"]["assignedTo"]["id"].as_str().map(str::to_owned)
        };

        let staff = |id: &str| format!("/api/admin/users/{id}");
        // A role that may work on tickets keeps them, and what is refused leaves them.
        let admin = json!({ "role": "ADMIN" });
        api.patch(&staff(&sales.to_string())).bearer(&boss.1).json(&admin).send().await.expect(200);
        let stale = api.post(&format!("{}/deactivate", staff(&sales.to_string()))).bearer(&boss.1);
        stale.header("if-match", "\"77\"").send().await.problem(412, "PRECONDITION_FAILED");
        assert_eq!(assignee(&sals).await, Some(sales.to_string()));
        let finance = json!({ "role": "FINANCE" });
        api.patch(&staff(&sales.to_string())).bearer(&boss.1).json(&finance).send().await.expect(200);
        assert_eq!(assignee(&sals).await, None, "lost the permission");

        let released = "support_ticket_history WHERE kind = 'ASSIGNED' AND to_value IS NULL";
        let audited = "admin_audit_log WHERE action = 'TICKET_ASSIGNED'";
        let before = (api.count(released).await, api.count(audited).await);
        api.post(&format!("{}/deactivate", staff(&fixture.mele_id))).bearer(&boss.1).send().await.expect(200);
        assert_eq!((api.count(released).await, api.count(audited).await), (before.0 + 1, before.1 + 1));
        assert_eq!(assignee(&open).await, None, "deactivated");
        assert_eq!(assignee(&closed).await.as_ref(), Some(&fixture.mele_id), "a closed ticket stays as it was");
        let again = api.post(&format!("{TICKETS}/{closed}/reopen")).bearer(&fixture.bo).send().await.expect(200);
        assert_eq!(again["ticket"]["assignedTo"], Value::Null, "opened again, it is for the queue");
        let queue = api.get(&format!("{STAFF_TICKETS}?unassigned=true")).bearer(&boss.1).send().await.expect(200);
        assert_eq!(queue["pagination"]["total"], 3);
        let last = api.post(&format!("{}/deactivate", staff(&boss.0.to_string()))).bearer(&boss.1).send().await;
        last.problem(409, "CANNOT_CHANGE_SELF");
    })
    .await;
}
