//! A newcomer's start, with nothing configured.

use serde_json::Value;
use test_support::eventually;

use crate::support::{Server, Site};

const DEMO_ADMIN: &str = "admin@nextcrm.localhost";

#[actix_web::test]
async fn the_first_start_tells_everything_and_the_next_one_keeps_it() {
    let site = Site::new();
    let server = site.start().await;
    let (banner, base) = (server.banner(), server.base().to_owned());
    let printed = [format!("listens on {}", site.address()), format!("{base}/docs"), format!("{base}/dev/mailbox")];
    for text in printed {
        assert!(banner.contains(&text), "{text} in {banner}");
    }
    let (_, rest) = banner.split_once(&format!("Sign in as {DEMO_ADMIN} with the password ")).expect("how to sign in");
    let password = rest.lines().next().expect("a password");
    for path in ["/docs", "/api/openapi.json", "/health/ready", "/dev/mailbox"] {
        assert_eq!(server.get(path).send().await.status, 200, "{path}");
    }
    let token = server.sign_in(DEMO_ADMIN, password).send().await.access_token();
    assert_eq!(tenants(&server, &token).await["pagination"]["total"], 12);
    let tickets = server.get("/api/admin/support/tickets").bearer(&token).send().await.expect(200);
    assert_eq!(tickets["pagination"]["total"], 6);
    let created = server.create_tenant(&token, "kept-garage").send().await.expect(201);
    assert_eq!(server.complaints(), "", "a first start is nothing to complain about");
    assert_eq!(server.terminate().await.code(), Some(0));

    let server = site.start().await;
    let banner = server.banner();
    assert!(!banner.contains(password), "the password is told once");
    let (_, file) = banner.split_once("the password is in ").expect("where the password is");
    let stored = std::fs::read_to_string(site.path(file.trim())).expect("a file");
    assert_eq!(stored.trim(), password);
    let token = server.sign_in(DEMO_ADMIN, password).send().await.access_token();
    assert_eq!(tenants(&server, &token).await["pagination"]["total"], 13);
    let there = server.get("/api/admin/tenants/by-subdomain/kept-garage").bearer(&token).send().await.expect(200);
    assert_eq!(there["tenant"]["id"], created["tenant"]["id"]);
    assert_eq!(server.terminate().await.code(), Some(0));
}

#[actix_web::test]
async fn jobs_that_did_nothing_do_not_push_the_banner_out_of_sight() {
    let site = Site::new().with("DEMO_DATA", "false").with("RUST_LOG", "info").with("LOG_FORMAT", "json");
    let server = site.start().await;
    let sql = site.sql().await;
    let run = "scheduled_marks WHERE finished_at IS NOT NULL";
    eventually("the jobs run", async || (sql.count(run).await >= 8).then_some(())).await;
    server.get("/health/live").send().await.expect(200);
    let log = server.complaints();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let of_jobs =
        lines.iter().filter(|line| line["target"].as_str().is_some_and(|it| it.starts_with("platform::jobs")));
    assert_eq!(of_jobs.collect::<Vec<_>>(), Vec::<&Value>::new());
    let answered = lines.iter().rfind(|line| line["target"] == "nextcrm::access").expect("an answer");
    let ms = answered["ms"].as_f64().expect("a number").to_string();
    assert!(ms.split_once('.').is_none_or(|(_, decimals)| decimals.len() <= 3), "{ms}");
}

/// Those that a list shows: one of the demo's is deleted.
async fn tenants(server: &Server, token: &str) -> Value {
    server.get("/api/admin/tenants").bearer(token).send().await.expect(200)
}
