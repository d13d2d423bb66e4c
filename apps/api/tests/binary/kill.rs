//! Ends in the middle of work: after kill -9 what was acknowledged is there, and once; SIGTERM finishes what is in hand.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use futures::future::{join, join_all};
use test_support::{TestDatabase, eventually, on_each_database};
use tokio::time::sleep;

use crate::{
    EMAIL, PASSWORD, add_admin,
    support::{Ask, Server, Site},
};

const REQUESTS: usize = 20;
const KILL_AFTER: usize = 5;

fn create(server: &Server, token: &str, number: usize) -> Ask {
    server.create_tenant(token, &format!("crash-{number}")).header("idempotency-key", &format!("crash-{number}"))
}

#[actix_web::test]
async fn what_was_acknowledged_is_there_once_after_kill_nine() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        let server = site.start().await;
        let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
        let acknowledged = RefCell::new(Vec::new());
        let killed = Cell::new(false);
        join_all((0..REQUESTS).map(async |number| {
            // Whoever gets no answer from a dying server knows nothing, like any client.
            let Ok(reply) = create(&server, &token, number).try_send().await else { return };
            assert!(matches!(reply.status.as_u16(), 201 | 503), "{reply:?}");
            if reply.status.as_u16() == 201 {
                acknowledged.borrow_mut().push((number, reply.body));
            }
            if acknowledged.borrow().len() == KILL_AFTER && !killed.replace(true) {
                server.kill();
            }
        }))
        .await;
        assert!(killed.get(), "so many are acknowledged");
        server.gone().await;

        let server = site.start().await;
        // A token outlives the process that signed it.
        for (number, body) in acknowledged.into_inner() {
            let first: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
            let path = format!("/api/admin/tenants/by-subdomain/crash-{number}");
            let there = server.get(&path).bearer(&token).send().await.expect(200);
            assert_eq!(there["tenant"]["id"], first["tenant"]["id"]);
            let repeat = create(&server, &token, number).send().await;
            repeat.expect(201);
            assert_eq!((repeat.body.as_ref(), repeat.header("idempotent-replayed")), (&*body, "true"));
        }
        // Those without an answer were done with their entry, or not at all; never half.
        let sql = site.sql().await;
        let made = sql.count("tenants").await;
        assert!((5..=20).contains(&made), "{made}");
        assert_eq!(sql.count("admin_audit_log WHERE action = 'TENANT_CREATED'").await, made);
        let with_entry = "tenants WHERE id IN (SELECT tenant_id FROM admin_audit_log WHERE action = 'TENANT_CREATED')";
        assert_eq!(sql.count(with_entry).await, made);
        assert_eq!(sql.count("idempotency_keys WHERE completed_at IS NOT NULL").await, made);
        assert_eq!(server.terminate().await.code(), Some(0));
        site.run(&["audit", "verify"]).await.expect(0);
    })
    .await;
}

#[actix_web::test]
async fn a_session_that_ended_by_reuse_stays_dead_after_kill_nine() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        let server = site.start().await;
        let login = server.sign_in(EMAIL, PASSWORD).send().await;
        let other = server.sign_in(EMAIL, PASSWORD).send().await;
        let refresh = |server: &Server, cookie: &str| server.post("/api/admin/auth/refresh").header("cookie", cookie);
        let stolen = login.cookie();
        let second = refresh(&server, &stolen).send().await.cookie();
        let newest = refresh(&server, &second).send().await;
        newest.expect(200);
        refresh(&server, &stolen).send().await.problem(401, "REFRESH_REUSED");
        server.kill();
        server.gone().await;

        let server = site.start().await;
        refresh(&server, &newest.cookie()).send().await.problem(401, "REFRESH_REUSED");
        let verify = |token: &str| server.get("/api/admin/auth/verify").bearer(token).send();
        verify(&newest.access_token()).await.problem(401, "TOKEN_REVOKED");
        verify(&login.access_token()).await.problem(401, "TOKEN_REVOKED");
        // The other session of the same person goes on.
        verify(&other.access_token()).await.expect(200);
        refresh(&server, &other.cookie()).send().await.expect(200);
        assert_eq!(site.sql().await.count("admin_audit_log WHERE action = 'REFRESH_REUSE_DETECTED'").await, 1);
    })
    .await;
}

#[actix_web::test]
async fn what_a_queue_had_in_hand_is_done_once_after_kill_nine() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let site = Site::on(db.url());
    add_admin(&site).await;
    let server = site.start().await;
    let sql = site.sql().await;
    let held = sql.hold("LOCK TABLE one_time_tokens IN ACCESS EXCLUSIVE MODE").await;
    let body = serde_json::json!({ "email": EMAIL });
    server.post("/api/admin/auth/password/forgot").json(&body).send().await.expect(202);
    // Others of the server's jobs wait for that table, too.
    let in_hand = "work_items WHERE attempts = 1 AND EXISTS (SELECT FROM pg_locks WHERE NOT granted)";
    eventually("it is in hand", async || (sql.count(in_hand).await == 1).then_some(())).await;
    server.kill();
    server.gone().await;
    held.rollback().await.expect("rolls back");
    assert_eq!(sql.count("work_items WHERE state = 'WAITING' AND attempts = 1").await, 1);
    // As if the dead server's lease had ended.
    sql.run("UPDATE work_items SET next_attempt_at = created_at").await;

    let server = site.start().await;
    let done = "work_items WHERE state = 'DONE' AND attempts = 2";
    eventually("it is done", async || (sql.count(done).await == 1).then_some(())).await;
    assert_eq!(server.terminate().await.code(), Some(0));
    assert_eq!((sql.count("one_time_tokens").await, sql.count("notification_log").await), (1, 1));
}

#[actix_web::test]
async fn sigterm_finishes_the_request_in_hand() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let site = Site::on(db.url());
    add_admin(&site).await;
    let server = site.start().await;
    let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
    let sql = site.sql().await;
    let held = sql.hold("LOCK TABLE tenants IN ACCESS EXCLUSIVE MODE").await;
    let asked = create(&server, &token, 1).send();
    let ended = async {
        // Others of the server's jobs wait for that table, too.
        let waiting = "idempotency_keys WHERE EXISTS (SELECT FROM pg_locks WHERE NOT granted)";
        eventually("the request waits", async || (sql.count(waiting).await > 0).then_some(())).await;
        let ended = server.terminate();
        let released = async {
            // That the server does not stop has no end to wait for: this is long enough for it to have stopped, if it did
            // not wait for the request. Too short a time could only hide a fault, never make one up.
            sleep(Duration::from_millis(500)).await;
            held.rollback().await.expect("rolls back");
        };
        join(ended, released).await.0
    };
    let (reply, status) = join(asked, ended).await;
    reply.expect(201);
    assert_eq!(status.code(), Some(0));
    assert_eq!(sql.count("tenants").await, 1);
    site.run(&["audit", "verify"]).await.expect(0);
}
