//! Usage that many record at once, on both databases.

mod fixture;

use std::sync::Arc;

use chrono::TimeDelta;
use fixture::{
    Fixture,
    readings::{at, brief, keyed, point, points, query, record, sums},
};
use futures::future::join_all;
use kernel::{Clock, page::Direction};
use metering::{MeteringError, domain::UsagePointInput};
use platform::Engine;
use test_support::on_each_database;
use tokio::sync::Barrier;

const WRITERS: u64 = 20;
const BATCHES: u64 = 6;
const POINTS: u64 = 25;
/// Keys that all writers draw from.
const KEYS: u64 = 300;

/// Numbers without an order.
fn scramble(number: u64) -> u64 {
    let mixed = (number + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed ^ (mixed >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 32
}

/// A writer's batch: some points with a key that others use, too, over three months and metrics. A point of one key is the same
/// whoever sends it.
fn batch(writer: u64, batch: u64) -> Vec<UsagePointInput> {
    let new = |index| {
        let seed = scramble((writer * BATCHES + batch) * POINTS + index);
        let (key, is_keyed) = (seed % KEYS, index % 5 != 0);
        let content = if is_keyed { key } else { seed };
        let date = at("2026-01-15T10:00:00Z") - TimeDelta::minutes((scramble(content) % 50_000).cast_signed());
        let metric = ["API_CALLS", "STORAGE", "USERS"][(content % 3) as usize];
        let value = format!("{}.{:03}", content % 1_000, content % 997);
        let point = point(metric, &value, &date.to_rfc3339());
        if is_keyed { keyed(&format!("key-{key}"), point) } else { point }
    };
    (0..POINTS).map(new).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn rollups_are_the_sum_of_what_twenty_writers_record() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let [shop, other] = [fixture.open(), fixture.open()];
        // Two nodes, neither of which knows any month yet.
        let nodes = [fixture.usage.clone(), fixture.usage_of_another_node()];
        let barrier = Arc::new(Barrier::new(WRITERS as usize));
        let writers = (0..WRITERS).map(|writer| {
            let (usage, barrier) = (nodes[writer as usize % 2].clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                let (mut recorded, mut duplicates) = (0, 0);
                for number in 0..BATCHES {
                    let done = record(&usage, shop, batch(writer, number)).await.expect("records");
                    recorded += done.recorded;
                    duplicates += done.duplicates;
                    if number == 0 {
                        record(&usage, other, batch(writer, number)).await.expect("records");
                    }
                }
                (recorded, duplicates)
            })
        });
        let done: Vec<_> = join_all(writers).await.into_iter().map(|outcome| outcome.expect("runs")).collect();
        let (recorded, duplicates) = done.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));

        let sent: Vec<_> = (0..WRITERS).flat_map(|writer| (0..BATCHES).flat_map(move |it| batch(writer, it))).collect();
        let keys: std::collections::HashSet<_> = sent.iter().filter_map(|it| it.idempotency_key.clone()).collect();
        let unkeyed = sent.iter().filter(|it| it.idempotency_key.is_none()).count();
        assert_eq!(recorded + duplicates, sent.len() as u64);
        assert_eq!(recorded, (unkeyed + keys.len()) as u64, "each key once");
        assert!(duplicates > 1_000, "they did overlap: {duplicates}");
        fixture.check_rollups().await;

        // The service says the same as the points that it lists.
        let whole = ("2025-12-01", "2026-02-01");
        let raw = query(&fixture.usage, "", whole, "raw", "");
        let listed = points(&fixture.usage, shop, &raw, 500, Direction::Ascending).await;
        assert_eq!(listed.len() as u64, recorded);
        let expected: i128 = listed.iter().map(|point| i128::from(point.value.thousandths())).sum();
        for granularity in ["day", "week", "month"] {
            let query = query(&fixture.usage, "", whole, granularity, "Australia/Adelaide");
            let sums = sums(&fixture.usage, shop, &query, 500, Direction::Ascending).await;
            assert_eq!(sums.iter().map(|sum| sum.total.thousandths()).sum::<i128>(), expected, "{granularity}");
        }
        if fixture.db.engine() == Engine::Postgres {
            let made = "pg_inherits WHERE inhparent = 'usage_metrics'::regclass \
                        AND inhrelid IN ('usage_metrics_2025_12'::regclass, 'usage_metrics_2026_01'::regclass)";
            assert_eq!(fixture.count(made).await, 2);
        }
    })
    .await;
}

#[tokio::test]
async fn what_cannot_be_added_up_is_refused_whole() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = fixture.open();
        assert_eq!(fixture.clock.now(), at("2026-01-15T10:00:00Z"));
        for day in ["2026-01-10", "2026-01-11"] {
            let most = || vec![point("BYTES", "1000000000000", &format!("{day}T10:00:00Z")); 1_000];
            for _ in 0..9 {
                record(usage, shop, most()).await.expect("fits");
            }
            let refused = record(usage, shop, most()).await;
            assert!(matches!(refused, Err(MeteringError::UsageFull)), "{refused:?}");
        }
        assert_eq!(fixture.count("usage_metrics").await, 18_000);
        fixture.check_rollups().await;
        // Together they are beyond 64 bits.
        let month = brief(usage, shop, &query(usage, "BYTES", ("2026-01-01", "2026-02-01"), "month", "")).await;
        assert_eq!(month, [("2026-01-01T00:00:00Z".to_owned(), "BYTES".to_owned(), "18000000000000000".to_owned())]);
    })
    .await;
}
