//! The audit trail over HTTP.

#![allow(clippy::panic, reason = "a test that waits in vain ends so")]

mod common;

use common::{Api, Reply};
use kernel::{
    AdminId, AdminRole, AuditEntry, AuditTrail as _, Caller, Changes, Clock, RequestContext, Subject, SystemClock,
    TenantId, TenantRole,
};
use serde_json::Value;
use tenancy::domain::{NewTenant, NewTenantInput};
use test_support::{eventually, on_each_database};
use uuid::Uuid;

fn staff(id: AdminId) -> RequestContext {
    RequestContext {
        caller: Caller::new(Subject::Admin { id, role: AdminRole::Support }),
        ip: Some("203.0.113.9".parse().expect("an address")),
        user_agent: Some("=1+1".to_owned()),
        request_id: "req-1".to_owned(),
    }
}

async fn record(api: &Api, context: &RequestContext, entry: AuditEntry) {
    let mut tx = api.services.core.transactor.begin().await.expect("begins");
    api.services.audit.trail.record_in(&mut tx, context, entry).await.expect("records");
    tx.commit().await.expect("commits");
}

/// Waits for the sealer, as a client would.
async fn sealed(api: &Api, token: &str) -> Value {
    eventually("all entries are sealed", async || {
        let page = api.get("/api/admin/audit-logs?limit=500").bearer(token).send().await.expect(200);
        let entries = page["auditLogs"].as_array().expect("entries");
        (!entries.is_empty() && entries.iter().all(|entry| entry["hash"].is_string())).then_some(page)
    })
    .await
}

/// An export has what was recorded before it began: lets the clock go past the last entry.
async fn clock_moves_on() {
    let last = SystemClock.now();
    eventually("the clock moves on", async || (SystemClock.now() > last).then_some(())).await;
}

fn text(reply: &Reply) -> String {
    assert_eq!(reply.status.as_u16(), 200, "{reply:?}");
    String::from_utf8(reply.body.to_vec()).expect("text")
}

/// Makes a workshop; that leaves an entry of its own.
async fn workshop(api: &Api, subdomain: &str) -> TenantId {
    let input = NewTenantInput {
        name: subdomain.to_owned(),
        subdomain: subdomain.to_owned(),
        plan: "PROFESSIONAL".to_owned(),
        ..NewTenantInput::default()
    };
    let new = NewTenant::parse(input).expect("a workshop");
    let context = staff(AdminId(Uuid::from_u128(5)));
    api.services.tenancy.tenants.create(&context, new, SystemClock.now()).await.expect("makes it").summary.tenant.id
}

#[actix_web::test]
async fn entries_are_found_by_every_filter() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let token = api.admin_token(AdminRole::Developer);
        let (jo, tenant) = (AdminId(Uuid::from_u128(5)), TenantId(Uuid::from_u128(6)));
        let changes = Changes::new().field("plan", &"PROFESSIONAL", &"ENTERPRISE").personal("phone");
        let entry = AuditEntry::done("TENANT_UPDATED", "tenant", tenant).tenant(tenant).changes(changes);
        record(&api, &staff(jo), entry).await;
        let entry = AuditEntry::refused("LOGIN_FAILED", "session", 401, "INVALID_CREDENTIALS");
        record(&api, &staff(jo).acting_as(Caller::system("test")), entry).await;
        let page = sealed(&api, &token).await;
        assert_eq!(page["pagination"]["total"], 2);
        let newest = &page["auditLogs"][0];
        assert_eq!((newest["actorType"].as_str(), &newest["actor"]), (Some("SYSTEM"), &Value::Null));
        let entry = &page["auditLogs"][1];
        assert_eq!(entry["actor"]["id"], jo.to_string());
        assert_eq!((&entry["actor"]["name"], &entry["actor"]["role"]), (&Value::Null, &"SUPPORT".into()));
        assert_eq!(entry["changes"]["plan"]["to"], "ENTERPRISE");
        assert_eq!(entry["changes"]["phone"]["to"], "[changed]");
        for (field, value) in [("sequence", 1), ("statusCode", 200)] {
            assert_eq!(entry[field], value);
        }
        assert_eq!((entry["ipAddress"].as_str(), entry["requestId"].as_str()), (Some("203.0.113.9"), Some("req-1")));
        for (query, total) in [
            (format!("tenantId={tenant}"), 1),
            (format!("adminUserId={jo}"), 1),
            (format!("adminUserId={tenant}"), 0),
            ("action=LOGIN_FAILED".to_owned(), 1),
            ("resource=tenant".to_owned(), 1),
            (format!("resourceId={tenant}"), 1),
            ("statusCode=401".to_owned(), 1),
            ("startDate=2020-01-01&endDate=2020-01-02T00:00:00Z".to_owned(), 0),
            ("startDate=2020-01-01T00:00:00%2B10:00".to_owned(), 2),
        ] {
            let found = api.get(&format!("/api/admin/audit-logs?{query}")).bearer(&token).send().await.expect(200);
            assert_eq!(found["pagination"]["total"], total, "{query}");
            assert_eq!(found["auditLogs"].as_array().expect("entries").len(), total, "{query}");
        }
        let list = |query: &str| api.get(&format!("/api/v1/admin/audit-logs?{query}")).bearer(&token).send();
        let first = list("limit=1").await.expect(200);
        let cursor = first["pagination"]["nextCursor"].as_str().expect("more").to_owned();
        let second = list(&format!("limit=1&cursor={cursor}")).await.expect(200);
        assert_eq!(second["auditLogs"][0]["id"], entry["id"]);
        assert_eq!(second["pagination"]["nextCursor"], Value::Null);
        list(&format!("action=X&cursor={cursor}")).await.invalid(&["cursor INVALID"]);
        list("statusCode=abc").await.invalid(&["statusCode INVALID"]);
        list("startDate=yesterday").await.invalid(&["startDate INVALID"]);
        list("tenantID=x").await.invalid(&["tenantID UNKNOWN_PARAMETER"]);
        list("sort=action").await.invalid(&["sort INVALID"]);
    })
    .await;
}

#[actix_web::test]
async fn exports_are_downloads_that_verify_offline() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let token = api.admin_token(AdminRole::Admin);
        record(&api, &staff(AdminId(Uuid::from_u128(5))), AuditEntry::done("LOGOUT", "session", "-1")).await;
        sealed(&api, &token).await;
        clock_moves_on().await;
        let csv = api.get("/api/admin/audit-logs/export").bearer(&token).send().await;
        assert_eq!(csv.header("content-type"), "text/csv; charset=utf-8");
        assert_eq!(csv.header("content-disposition"), "attachment; filename=\"audit-log.csv\"");
        assert_eq!(csv.header("x-content-type-options"), "nosniff");
        assert_eq!(csv.header("cache-control"), "no-store");
        let lines = text(&csv);
        let mut lines = lines.lines();
        assert_eq!(
            lines.next().expect("a header"),
            "Date,Actor,Actor Type,Action,Resource,Resource ID,Status,IP Address,User Agent,Request ID,Changes,Hash"
        );
        let row = lines.next().expect("a row");
        assert!(row.contains(",LOGOUT,session,'-1,200,203.0.113.9,'=1+1,req-1,,"), "{row}");

        sealed(&api, &token).await;
        let jsonl = api.get("/api/admin/audit-logs/export?format=jsonl").bearer(&token).send().await;
        assert_eq!(jsonl.header("content-disposition"), "attachment; filename=\"audit-log.jsonl\"");
        let lines = text(&jsonl);
        assert_eq!(lines.lines().count(), 2, "with the entry of the first export: {lines}");
        let directory = tempfile::tempdir().expect("a directory");
        let file = directory.path().join("export.jsonl");
        let mut out = Vec::new();
        for (content, whole) in [(lines.clone(), true), (lines.replace("LOGOUT", "LOGIN_SUCCESS"), false)] {
            std::fs::write(&file, content).expect("writes");
            let found = nextcrm::cli::audit::verify_offline(&api.services.config, file.clone(), &mut out).await;
            assert_eq!(found.expect("reads"), whole);
        }
        let printed = String::from_utf8(out).expect("text");
        assert!(printed.contains("verified: 2 entries") && printed.contains("BROKEN: line 1"), "{printed}");
        api.get("/api/admin/audit-logs/export?format=xml").bearer(&token).send().await.invalid(&["format INVALID"]);
        let refused = api.get("/api/admin/audit-logs/export").bearer(&api.admin_token(AdminRole::Developer));
        refused.send().await.problem(403, "FORBIDDEN");
    })
    .await;
}

#[actix_web::test]
async fn a_workshop_s_trail_holds_only_its_own() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let token = api.admin_token(AdminRole::Admin);
        let (mine, other) = (workshop(&api, "mine-garage").await, workshop(&api, "other-garage").await);
        let get = |path: String| api.get(&path).bearer(&token).send();
        let page = get(format!("/api/admin/tenants/{mine}/audit-logs")).await.expect(200);
        assert_eq!(page["pagination"]["total"], 1);
        assert_eq!(page["auditLogs"][0]["tenantId"], mine.to_string());
        get(format!("/api/admin/tenants/{mine}/audit-logs?tenantId={other}")).await.invalid(&["tenantId INVALID"]);
        let summary = get(format!("/api/admin/tenants/{mine}/audit-logs/summary")).await.expect(200);
        assert_eq!(summary["actionsLast24h"], 1);
        clock_moves_on().await;
        let export = text(&get(format!("/api/admin/tenants/{mine}/audit-logs/export")).await);
        assert!(export.contains(&mine.to_string()) && !export.contains(&other.to_string()), "{export}");
        let unknown = Uuid::from_u128(1);
        for path in ["", "/summary", "/export"] {
            for id in [unknown.to_string(), "x".to_owned()] {
                get(format!("/api/admin/tenants/{id}/audit-logs{path}")).await.problem(404, "NOT_FOUND");
            }
        }
        let theirs = api.tenant_token(TenantRole::Owner);
        let path = format!("/api/admin/tenants/{mine}/audit-logs");
        assert_eq!(api.get(&path).bearer(&theirs).send().await.status.as_u16(), 401);
    })
    .await;
}

#[actix_web::test]
async fn summary_and_verification_tell_what_is_there() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let token = api.admin_token(AdminRole::SuperAdmin);
        let context = staff(AdminId(Uuid::from_u128(5)));
        record(&api, &context, AuditEntry::done("LOGOUT", "session", "1")).await;
        record(&api, &context, AuditEntry::refused("ACCESS_DENIED", "route", 403, "FORBIDDEN")).await;
        sealed(&api, &token).await;
        let summary = api.get("/api/admin/audit-logs/summary").bearer(&token).send().await.expect(200);
        for (field, value) in [("actionsLast24h", 2), ("actionsLast7d", 2), ("failuresLast24h", 1), ("totalAdmins", 0)]
        {
            assert_eq!(summary[field], value, "{field}");
        }
        assert_eq!(summary["topAdmins"][0]["count"], 2);
        assert_eq!(summary["topAdmins"][0]["admin"]["id"], Uuid::from_u128(5).to_string());
        assert_eq!(summary["topActions"].as_array().expect("actions").len(), 2);
        assert_eq!(summary["recentLogs"].as_array().expect("entries").len(), 2);
        let verify = || api.get("/api/admin/audit-logs/verify").bearer(&token).send();
        // The sealer writes it after the seals.
        let found = eventually("the first checkpoint is written", async || {
            let found = verify().await.expect(200);
            (found["checkpoints"] != 0).then_some(found)
        })
        .await;
        let checkpoints = found["checkpoints"].as_u64().expect("a number");
        let expected = serde_json::json!(
            { "verified": true, "checked": 2, "checkpoints": checkpoints, "firstBroken": null, "reason": null }
        );
        assert_eq!(found, expected);
        let change = "UPDATE admin_audit_log SET action = 'LOGIN_SUCCESS' WHERE sequence = 2";
        test_support::run_sql(&api.services.core.db, change).await.expect("changes");
        let found = verify().await.expect(200);
        assert_eq!((&found["verified"], &found["firstBroken"]["sequence"]), (&false.into(), &2.into()));
        assert!(found["firstBroken"]["id"].is_string());
        assert_eq!(found["reason"], "ENTRY_CHANGED");
        let mut out = Vec::new();
        assert!(!nextcrm::cli::audit::verify(&api.services.audit, &mut out).await.expect("reads"));
        assert!(String::from_utf8(out).expect("text").starts_with("BROKEN at sequence 2, id "));
        api.get("/api/admin/audit-logs/verify?x=1").bearer(&token).send().await.invalid(&["x UNKNOWN_PARAMETER"]);
    })
    .await;
}
