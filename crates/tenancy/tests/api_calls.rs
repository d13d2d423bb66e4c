//! Requests counted by several nodes, and recorded as usage.

mod world;

use chrono::TimeDelta;
use kernel::{TenantId, jobs::Job};
use tenancy::{
    TenancyError,
    domain::Plan,
    service::{ApiCalls, ApiCallsMetering},
};
use test_support::{on_each_database, run_sql};
use tokio_util::sync::CancellationToken;
use world::{
    World,
    metering::{at, brief, query},
    staff,
};

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
        let world = World::new(db).await;
        let shop = world.open("garage", Plan::Professional).await.tenant.id;
        let (one, other) = (world.api_calls(), world.api_calls());
        count(&one, shop, 5_000);
        count(&other, shop, 3_000);
        assert_eq!(one.used(shop).await.expect("counts"), 5_000, "the other node has not written yet");
        let (first, second) = tokio::join!(one.flush(), other.flush());
        first.and(second).expect("both are written down");
        assert_eq!(other.used(shop).await.expect("counts"), 8_000);
        assert_eq!(world.count("outbox WHERE kind = 'tenancy.quota_level'").await, 1);
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
        assert!(matches!(refused, TenancyError::CallsUsed { limit: 10_000, .. }), "{refused:?}");
        one.flush().await.expect("is written down");
        assert_eq!(one.used(shop).await.expect("counts"), 10_000);
        assert_eq!(world.count("outbox WHERE kind = 'tenancy.quota_level'").await, 2);
    })
    .await;
}

#[tokio::test]
async fn every_request_is_recorded_as_usage_once() {
    on_each_database(async |db| {
        let world = World::new(db).await;
        world.clock.set(at("2026-03-31T23:30:00Z"));
        let shop = world.open("garage", Plan::Professional).await.tenant.id;
        let gone = world.open("gone", Plan::Professional).await.tenant.id;
        let calls = world.api_calls();
        let job = ApiCallsMetering::new(calls.clone(), world.usage.clone());
        count(&calls, shop, 7);
        count(&calls, gone, 2);
        calls.flush().await.expect("is written down");
        world.tenants.delete(&staff(), gone).await.expect("deletes");
        let other = ApiCallsMetering::new(calls.clone(), world.usage_of_another_node());
        tokio::join!(run(&job), run(&other));
        run(&job).await;
        count(&calls, shop, 3);
        world.clock.advance(TimeDelta::hours(1));
        count(&calls, shop, 4);
        calls.flush().await.expect("is written down");
        run(&job).await;
        let days = query(&world.usage, "", ("2026-03-30", "2026-04-02"), "day", "");
        let of = |day: &str, sum: &str| (format!("{day}T00:00:00Z"), "API_CALLS".to_owned(), sum.to_owned());
        assert_eq!(brief(&world.usage, shop, &days).await, [of("2026-03-31", "10"), of("2026-04-01", "4")]);
        assert_eq!(world.count("usage_metrics").await, 3, "nothing for a deleted workshop");
        world.check_rollups().await;
    })
    .await;
}

/// One workshop's count has no room for more.
#[tokio::test]
async fn a_workshop_that_cannot_be_counted_keeps_no_other_from_it() {
    on_each_database(async |db| {
        let world = World::new(db).await;
        let mut shops = Vec::new();
        for name in ["garage", "full", "other"] {
            shops.push(world.open(name, Plan::Professional).await.tenant.id);
        }
        let calls = world.api_calls();
        let full = "UPDATE api_call_days SET calls = 9223372036854775807, metered = 9223372036854775807 \
                    WHERE tenant_id = (SELECT id FROM tenants WHERE subdomain = 'full')";
        shops.iter().for_each(|shop| count(&calls, *shop, 1));
        calls.flush().await.expect("is written down");
        assert_eq!(run_sql(&world.db, full).await.expect("fills"), 1);

        shops.iter().for_each(|shop| count(&calls, *shop, 2));
        calls.flush().await.expect_err("not all could be written down");
        for (shop, used) in [(shops[0], 3), (shops[2], 3)] {
            assert_eq!(world.api_calls().used(shop).await.expect("counts"), used);
        }
    })
    .await;
}

/// One workshop's usage has no room for more.
#[tokio::test]
async fn a_workshop_whose_usage_is_full_keeps_no_other_from_being_metered() {
    on_each_database(async |db| {
        let world = World::new(db).await;
        let mut shops = Vec::new();
        for name in ["garage", "full", "other"] {
            shops.push(world.open(name, Plan::Professional).await.tenant.id);
        }
        let calls = world.api_calls();
        let job = ApiCallsMetering::new(calls.clone(), world.usage.clone());
        shops.iter().for_each(|shop| count(&calls, *shop, 1));
        calls.flush().await.expect("is written down");
        run(&job).await;
        let full = "UPDATE usage_rollups SET sum_milli = 9223372036854775807 \
                    WHERE tenant_id = (SELECT id FROM tenants WHERE subdomain = 'full')";
        assert!(run_sql(&world.db, full).await.expect("fills") > 0);

        shops.iter().for_each(|shop| count(&calls, *shop, 2));
        calls.flush().await.expect("is written down");
        let failed = job.run(&CancellationToken::new()).await.expect_err("one failed");
        assert_eq!(failed.to_string(), "1 of 3 items failed");
        assert_eq!(world.count("api_call_days WHERE calls = 3 AND metered = 3").await, 2);
        assert_eq!(world.count("api_call_days WHERE calls = 3 AND metered = 1").await, 1);
    })
    .await;
}
