//! Requests counted by several nodes, and recorded as usage.

mod fixture;

use chrono::TimeDelta;
use fixture::{
    Fixture,
    readings::{at, brief, query},
};
use kernel::{Clock, TenantId, Transactor};
use metering::{
    MeteringError,
    repository::{ApiCallRepository, FlushId},
    service::{ApiCalls, ApiCallsMetering},
    store::ApiCallStore,
};
use platform::{Database, DatabaseOptions, jobs::Job};
use test_support::{Proxy, TestDatabase, eventually, on_each_database, run_sql};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

fn count(calls: &ApiCalls, tenant: TenantId, times: u64) {
    for _ in 0..times {
        calls.count(tenant).expect("has room");
    }
}

async fn run(job: &impl Job) {
    job.run(&CancellationToken::new()).await.expect("runs");
}

#[tokio::test]
async fn nodes_count_together_and_announce_a_level_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let shop = fixture.open();
        let (one, other) = (fixture.api_calls(), fixture.api_calls());
        count(&one, shop, 5_000);
        count(&other, shop, 3_000);
        assert_eq!(one.used(shop).await.expect("counts"), 5_000, "the other node has not written yet");
        let (first, second) = tokio::join!(one.flush(), other.flush());
        first.and(second).expect("both are written down");
        assert_eq!(other.used(shop).await.expect("counts"), 8_000);
        assert_eq!(fixture.count("outbox WHERE kind = 'quota.reached.v1'").await, 1);
        one.flush().await.expect("nothing is due");
        // A node knows what it wrote itself, and with its next second what the other did.
        count(&one, shop, 1_000);
        one.flush().await.expect("is written down");
        let refused = loop {
            match one.count(shop) {
                Ok(()) => {}
                Err(error) => break error,
            }
        };
        assert!(matches!(refused, MeteringError::CallsUsed { limit: 10_000, .. }), "{refused:?}");
        one.flush().await.expect("is written down");
        assert_eq!(one.used(shop).await.expect("counts"), 10_000);
        assert_eq!(fixture.count("outbox WHERE kind = 'quota.reached.v1'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn every_request_is_recorded_as_usage_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        fixture.clock.set(at("2026-03-31T23:30:00Z"));
        let shop = fixture.open();
        let gone = fixture.open();
        let calls = fixture.api_calls();
        let job = ApiCallsMetering::new(calls.clone(), fixture.usage.clone());
        count(&calls, shop, 7);
        count(&calls, gone, 2);
        calls.flush().await.expect("is written down");
        fixture.delete(gone);
        let other = ApiCallsMetering::new(calls.clone(), fixture.usage_of_another_node());
        tokio::join!(run(&job), run(&other));
        run(&job).await;
        count(&calls, shop, 3);
        fixture.clock.advance(TimeDelta::hours(1));
        count(&calls, shop, 4);
        calls.flush().await.expect("is written down");
        run(&job).await;
        let days = query(&fixture.usage, "", ("2026-03-30", "2026-04-02"), "day", "");
        let of = |day: &str, sum: &str| (format!("{day}T00:00:00Z"), "API_CALLS".to_owned(), sum.to_owned());
        assert_eq!(brief(&fixture.usage, shop, &days).await, [of("2026-03-31", "10"), of("2026-04-01", "4")]);
        assert_eq!(fixture.count("usage_metrics").await, 3, "nothing for a deleted workshop");
        fixture.check_rollups().await;
    })
    .await;
}

/// The line is cut while PostgreSQL commits: it keeps the flush, and the node does not learn of it.
#[tokio::test]
async fn a_flush_whose_commit_is_in_doubt_is_not_counted_twice() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let fixture = Fixture::new(&test).await;
    let shop = fixture.open();
    for sql in [
        "CREATE FUNCTION take_long() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(0.5); RETURN NULL; END'",
        "CREATE CONSTRAINT TRIGGER tr_take_long AFTER INSERT OR UPDATE ON api_call_flushes \
         DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION take_long()",
    ] {
        run_sql(&fixture.db, sql).await.expect("makes commits slow");
    }
    let proxy = Proxy::to(test.url()).await;
    let node = Database::connect(&DatabaseOptions::new(proxy.url())).await.expect("connects");
    let calls = fixture.api_calls_over(&node);
    count(&calls, shop, 4);

    let flushing = tokio::spawn({
        let calls = calls.clone();
        async move { calls.flush().await }
    });
    let committing = "pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query = 'COMMIT'";
    eventually("a commit under way", async || (fixture.count(committing).await == 1).then_some(())).await;
    proxy.cut();
    flushing.await.expect("no panic").expect_err("nobody told that it was committed");
    eventually("the commit", async || (fixture.count("api_call_days WHERE calls = 4").await == 1).then_some(())).await;

    proxy.mend();
    count(&calls, shop, 2);
    eventually("a flush", async || calls.flush().await.ok()).await;
    assert_eq!(calls.used(shop).await.expect("counts"), 6);
    assert_eq!(fixture.api_calls().used(shop).await.expect("counts"), 6, "nothing is left in memory");
}

#[tokio::test]
async fn a_flush_is_noted_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let store = ApiCallStore::new(fixture.db.clone());
        let [one, other] = [1, 2].map(Uuid::from_u128);
        for (node, batch, new) in [(one, 1, true), (one, 1, false), (other, 1, true), (one, 3, true), (one, 2, false)] {
            let mut tx = fixture.db.begin().await.expect("begins");
            let noted =
                store.note_flush_in(&mut tx, FlushId { node, batch }, fixture.clock.now()).await.expect("notes");
            tx.commit().await.expect("commits");
            assert_eq!(noted, new, "{node} {batch}");
        }
        let mut tx = fixture.db.begin().await.expect("begins");
        let later = fixture.clock.now() + TimeDelta::seconds(1);
        assert_eq!(store.delete_old_flushes_in(&mut tx, later).await.expect("deletes"), 2);
    })
    .await;
}

/// One workshop's count has no room for more.
#[tokio::test]
async fn a_workshop_that_cannot_be_counted_keeps_no_other_from_it() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let mut shops = Vec::new();
        for _ in 0..3 {
            shops.push(fixture.open());
        }
        let calls = fixture.api_calls();
        let full = format!(
            "UPDATE api_call_days SET calls = 9223372036854775807, metered = 9223372036854775807 \
                    WHERE tenant_id = {}",
            fixture.literal(shops[1])
        );
        shops.iter().for_each(|shop| count(&calls, *shop, 1));
        calls.flush().await.expect("is written down");
        assert_eq!(run_sql(&fixture.db, &full).await.expect("fills"), 1);

        shops.iter().for_each(|shop| count(&calls, *shop, 2));
        calls.flush().await.expect_err("not all could be written down");
        for (shop, used) in [(shops[0], 3), (shops[2], 3)] {
            assert_eq!(fixture.api_calls().used(shop).await.expect("counts"), used);
        }
    })
    .await;
}

/// One workshop's usage has no room for more.
#[tokio::test]
async fn a_workshop_whose_usage_is_full_keeps_no_other_from_being_metered() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let mut shops = Vec::new();
        for _ in 0..3 {
            shops.push(fixture.open());
        }
        let calls = fixture.api_calls();
        let job = ApiCallsMetering::new(calls.clone(), fixture.usage.clone());
        shops.iter().for_each(|shop| count(&calls, *shop, 1));
        calls.flush().await.expect("is written down");
        run(&job).await;
        let full = format!(
            "UPDATE usage_rollups SET sum_milli = 9223372036854775807 \
                    WHERE tenant_id = {}",
            fixture.literal(shops[1])
        );
        assert!(run_sql(&fixture.db, &full).await.expect("fills") > 0);

        shops.iter().for_each(|shop| count(&calls, *shop, 2));
        calls.flush().await.expect("is written down");
        let failed = job.run(&CancellationToken::new()).await.expect_err("one failed");
        assert_eq!(failed.to_string(), "1 of 3 items failed");
        assert_eq!(fixture.count("api_call_days WHERE calls = 3 AND metered = 3").await, 2);
        assert_eq!(fixture.count("api_call_days WHERE calls = 3 AND metered = 1").await, 1);
    })
    .await;
}
