//! Overload and outages: a quick 503 with Retry-After, never a 500, and all is well again when the cause has gone.
#![allow(clippy::panic, reason = "a wrong answer ends the test")]

mod common;
#[path = "binary/support/mod.rs"]
mod support;

use std::{cell::Cell, time::Duration};

use common::Reply;
use futures::future::{join, join_all};
use serde_json::json;
use support::{Server, Site, Sql};
use test_support::{Proxy, TestDatabase, eventually};
use tokio::time::{Instant, sleep};

const EMAIL: &str = "ada@nextcrm.test";
const PASSWORD: &str = "Corr3ct-horse!";
/// `REQUEST_TIMEOUT_SECS` of the servers here.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What a busy machine may add.
const SLACK: Duration = Duration::from_secs(4);

/// A server with little patience, and the access token of a super admin.
async fn start(site: &Site) -> (Server, String) {
    let arguments = ["create-admin", "--email", EMAIL, "--first-name", "Ada", "--last-name", "Lane"];
    let arguments = [&arguments[..], &["--role", "SUPER_ADMIN", "--password-stdin"]].concat();
    site.run_with_input(&arguments, PASSWORD).await.expect(0);
    let server = site.start().await;
    let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
    (server, token)
}

fn site_on(database_url: &str) -> Site {
    Site::on(database_url).with("REQUEST_TIMEOUT_SECS", TIMEOUT.as_secs().to_string())
}

/// Checks that this is a 503 that tells when to come again.
#[track_caller]
fn overloaded(reply: &Reply) {
    let problem = reply.expect(503);
    let code = problem["code"].as_str().expect("a code");
    assert!(["DATABASE_UNAVAILABLE", "REQUEST_TIMED_OUT"].contains(&code), "{problem}");
    reply.problem(503, code);
    assert!(reply.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0), "{reply:?}");
}

fn list(server: &Server, token: &str) -> support::Ask {
    server.get("/api/admin/tenants").bearer(token)
}

/// Tenants, and their entries in the trail: what is written together.
async fn tenants_and_entries(sql: &Sql) -> (i64, i64) {
    (sql.count("tenants").await, sql.count("admin_audit_log WHERE action = 'TENANT_CREATED'").await)
}

/// The requests' own time is over before a connection is free.
#[actix_web::test]
async fn a_full_pool_and_impatient_requests_are_503_and_that_passes() {
    full_pool(TIMEOUT).await;
}

/// The pool gives up (after 3 s) before the requests do.
#[actix_web::test]
async fn a_full_pool_and_patient_requests_are_503_and_that_passes() {
    full_pool(2 * TIMEOUT).await;
}

async fn full_pool(timeout: Duration) {
    let Some(db) = TestDatabase::postgres().await else { return };
    let site = site_on(db.url()).with("DATABASE_MAX_CONNECTIONS", "2");
    let site = site.with("REQUEST_TIMEOUT_SECS", timeout.as_secs().to_string());
    let (server, token) = start(&site).await;
    server.create_tenant(&token, "before").send().await.expect(201);
    let sql = site.sql().await;
    let create = |number: usize| {
        let subdomain = format!("during-{number}");
        server.create_tenant(&token, &subdomain).header("idempotency-key", &subdomain)
    };

    let held = sql.hold("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE").await;
    let began = Instant::now();
    let reads = join_all((0..60).map(|_| list(&server, &token).send()));
    let writes = join_all((0..60).map(|number| create(number).send()));
    let live = async {
        sleep(timeout / 2).await;
        server.get("/health/live").send().await.expect(200);
    };
    let ((reads, writes), ()) = join(join(reads, writes), live).await;
    reads.iter().chain(&writes).for_each(overloaded);
    assert!(began.elapsed() < timeout + SLACK, "{:?}", began.elapsed());
    held.rollback().await.expect("rolls back");
    list(&server, &token).send().await.expect(200);
    assert_eq!(tenants_and_entries(&sql).await, (1, 1));
    for reply in join_all((0..60).map(|number| create(number).send())).await {
        // A key whose request gave up may stay taken until its lease ends; then the client is told so.
        match reply.status.as_u16() {
            201 => assert_eq!(reply.header("idempotent-replayed"), ""),
            409 => drop(reply.problem(409, "IDEMPOTENCY_IN_FLIGHT")),
            _ => overloaded(&reply),
        }
    }
    let (tenants, entries) = tenants_and_entries(&sql).await;
    assert_eq!(tenants, entries);
    is_idle(&server).await;
    assert_eq!(server.terminate().await.code(), Some(0));
}

/// Callers that gave up waiting for a connection once left a pool that kept a core busy for ever.
async fn is_idle(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(10);
    let mut before = server.processor_time();
    while before.is_some() {
        sleep(Duration::from_secs(1)).await;
        let now = server.processor_time();
        let used = before.zip(now).map_or(0, |(before, now)| now - before);
        if used < 30 {
            return;
        }
        // What the load has left to be done (sealing, events) may take a moment.
        assert!(Instant::now() < deadline, "{used} % of a core without any request");
        before = now;
    }
}

/// Waits until so many queries of this database wait for a lock.
async fn until_waiting(sql: &Sql, queries: i64) {
    eventually("queries wait", async || (sql.count(LOCK_WAITERS).await >= queries).then_some(())).await;
}

const LOCK_WAITERS: &str = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";

#[actix_web::test]
async fn a_database_that_goes_away_in_the_middle_is_503_until_it_is_back() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let proxy = Proxy::to(db.url()).await;
    let site = site_on(proxy.url());
    let (server, token) = start(&site).await;
    let sql = Sql::open(db.url()).await;

    let held = sql.hold("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE").await;
    let waiting = join(list(&server, &token).send(), server.create_tenant(&token, "in-the-middle").send());
    let cut = async {
        until_waiting(&sql, 2).await;
        proxy.cut();
    };
    let ((read, written), ()) = join(waiting, cut).await;
    for reply in [&read, &written] {
        reply.problem(503, "DATABASE_UNAVAILABLE");
    }
    held.rollback().await.expect("rolls back");

    for round in 0..3 {
        for reply in [
            list(&server, &token).send().await,
            server.create_tenant(&token, &format!("cut-{round}")).send().await,
            server.sign_in(EMAIL, PASSWORD).send().await,
        ] {
            reply.problem(503, "DATABASE_UNAVAILABLE");
            overloaded(&reply);
        }
        server.get("/health/ready").send().await.problem(503, "NOT_READY");
        server.get("/health/live").send().await.expect(200);
    }
    proxy.mend();
    recovers(&server, &token).await;
    assert_eq!(tenants_and_entries(&sql).await, (1, 1));

    // An outage too short to be noticed leaves a pool of dead connections.
    for reply in join_all((0..16).map(|_| list(&server, &token).send())).await {
        reply.expect(200);
    }
    proxy.cut();
    proxy.mend();
    while list_or_overload(&server, &token).await != 200 {}
    server.get("/health/ready").send().await.expect(200);
    assert_eq!(server.terminate().await.code(), Some(0));
}

/// Everything works, from the first request on.
async fn recovers(server: &Server, token: &str) {
    list(server, token).send().await.expect(200);
    server.create_tenant(token, "after").send().await.expect(201);
    server.sign_in(EMAIL, PASSWORD).send().await.expect(200);
    server.get("/health/ready").send().await.expect(200);
}

async fn list_or_overload(server: &Server, token: &str) -> u16 {
    let reply = list(server, token).send().await;
    let status = reply.status.as_u16();
    if status != 200 {
        overloaded(&reply);
    }
    status
}

/// The worst kind of outage: nothing is refused, and nothing comes back.
#[actix_web::test]
async fn a_database_that_falls_silent_is_503_in_time() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let proxy = Proxy::to(db.url()).await;
    let (server, token) = start(&site_on(proxy.url())).await;
    list(&server, &token).send().await.expect(200);
    proxy.silence();
    let began = Instant::now();
    let asks = [list(&server, &token), server.create_tenant(&token, "silent"), server.sign_in(EMAIL, PASSWORD)];
    let asked = join_all(asks.map(support::Ask::send));
    let health = join(server.get("/health/ready").send(), server.get("/health/live").send());
    let (replies, (ready, live)) = join(asked, health).await;
    replies.iter().for_each(overloaded);
    ready.problem(503, "NOT_READY");
    live.expect(200);
    assert!(began.elapsed() < TIMEOUT + SLACK, "{:?}", began.elapsed());

    proxy.mend();
    while list_or_overload(&server, &token).await != 200 {}
    recovers(&server, &token).await;
    assert_eq!(tenants_and_entries(&Sql::open(db.url()).await).await, (1, 1));
    assert_eq!(server.terminate().await.code(), Some(0));
}

#[actix_web::test]
async fn a_query_that_the_operator_ends_is_503() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let (server, token) = start(&site_on(db.url())).await;
    let sql = Sql::open(db.url()).await;
    for end in ["pg_cancel_backend", "pg_terminate_backend"] {
        let held = sql.hold("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE").await;
        let waiting = join(list(&server, &token).send(), server.create_tenant(&token, "ended").send());
        let ended = async {
            until_waiting(&sql, 2).await;
            sql.run(&format!("SELECT {end}(pid) FROM {LOCK_WAITERS}")).await;
        };
        let ((read, written), ()) = join(waiting, ended).await;
        for reply in [&read, &written] {
            reply.problem(503, "DATABASE_UNAVAILABLE");
        }
        held.rollback().await.expect("rolls back");
    }
    recovers(&server, &token).await;
    assert_eq!(tenants_and_entries(&sql).await, (1, 1));
}

#[actix_web::test]
async fn a_writer_beside_the_server_stops_writing_and_not_reading() {
    let db = TestDatabase::sqlite().await;
    let site = site_on(db.url());
    let (server, token) = start(&site).await;
    let sql = site.sql().await;

    let held = sql.hold("SELECT 1").await;
    let began = Instant::now();
    let writes = join_all((0..5).map(|number| server.create_tenant(&token, &format!("during-{number}")).send()));
    let reads = async {
        while began.elapsed() < TIMEOUT {
            list(&server, &token).send().await.expect(200);
            server.get("/health/ready").send().await.expect(200);
            sleep(Duration::from_millis(50)).await;
        }
    };
    let (writes, ()) = join(writes, reads).await;
    writes.iter().for_each(overloaded);
    assert!(began.elapsed() < TIMEOUT + SLACK, "{:?}", began.elapsed());
    overloaded(&server.sign_in(EMAIL, PASSWORD).send().await);
    held.rollback().await.expect("rolls back");

    server.create_tenant(&token, "after").send().await.expect(201);
    server.sign_in(EMAIL, PASSWORD).send().await.expect(200);
    assert_eq!(tenants_and_entries(&sql).await, (1, 1));
    assert_eq!(server.terminate().await.code(), Some(0));
}

#[actix_web::test]
async fn sign_ins_that_saturate_hashing_leave_the_rest_alone() {
    let db = TestDatabase::sqlite().await;
    // Each try comes from a network of its own, or the throttle would stop them before they are hashed.
    let site = Site::on(db.url()).with("HASH_CONCURRENCY", "1").with("TRUSTED_PROXIES", "127.0.0.1");
    let (server, token) = start(&site).await;
    let done = Cell::new(false);
    let sign_ins = async {
        let tries = (0..100).map(|number| {
            let (email, password) = match number % 3 {
                0 => (EMAIL, PASSWORD),
                1 => (EMAIL, "wrong"),
                _ => ("nobody@nextcrm.test", PASSWORD),
            };
            server.sign_in(email, password).header("x-forwarded-for", &format!("203.0.{number}.7")).send()
        });
        let replies = join_all(tries).await;
        done.set(true);
        replies
    };
    let others = async {
        let mut answered = 0;
        while !done.get() {
            server.get("/health/live").send().await.expect(200);
            list(&server, &token).send().await.expect(200);
            answered += 1;
        }
        answered
    };
    let (replies, answered) = join(sign_ins, others).await;
    assert!(answered > 0, "others were served meanwhile");
    for (number, reply) in replies.iter().enumerate() {
        match reply.status.as_u16() {
            200 => assert_eq!(number % 3, 0),
            401 => drop(reply.problem(401, "INVALID_CREDENTIALS")),
            status @ (429 | 503) => {
                assert!(reply.header("retry-after").parse::<u64>().is_ok_and(|seconds| seconds > 0), "{reply:?}");
                let codes = ["UNAVAILABLE", "DATABASE_UNAVAILABLE", "ACCOUNT_LOCKED", "RATE_LIMITED"];
                assert!(codes.contains(&reply.json()["code"].as_str().expect("a code")), "{reply:?}");
                reply.problem(status, reply.json()["code"].as_str().expect("a code"));
            }
            _ => panic!("{reply:?}"),
        }
    }
    assert!(replies.iter().any(|reply| reply.status.as_u16() == 200), "somebody got in");
    // A try that was not decided does not count against anybody.
    let verify = json!({ "email": EMAIL, "password": PASSWORD });
    let again = server.post("/api/admin/auth/login").json(&verify).header("x-forwarded-for", "203.0.3.7");
    again.send().await.expect(200);
}
