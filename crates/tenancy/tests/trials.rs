//! Warnings of a trial's end, on both databases.

mod world;

use chrono::TimeDelta;
use kernel::{Clock, TenantId, jobs::Job};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;
use tenancy::domain::{NewTenant, NewTenantInput, SubscriptionInput, SubscriptionTerms, SuspensionReason};
use test_support::{on_each_database, run_sql};
use tokio_util::sync::CancellationToken;
use world::{ANY, World, staff};

async fn on_trial(world: &World, subdomain: &str, days: i64) -> TenantId {
    let input = NewTenantInput {
        name: format!("Workshop {subdomain}"),
        subdomain: subdomain.to_owned(),
        plan: "PROFESSIONAL".to_owned(),
        trial_days: Some(days),
        ..NewTenantInput::default()
    };
    let new = NewTenant::parse(input).expect("a right input");
    world.tenants.create(&staff(), new, world.clock.now()).await.expect("creates").summary.tenant.id
}

/// Runs the job and tells what it has announced: days left, by workshop.
async fn warn(world: &World) -> Vec<(TenantId, u64)> {
    world.trial_warnings.run(&CancellationToken::new()).await.expect("runs");
    let connection = world.db.reader();
    let backend = connection.get_database_backend();
    let sql = "SELECT subject, payload FROM outbox WHERE kind = 'tenancy.trial_ending' ORDER BY id";
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.expect("reads");
    run_sql(&world.db, "DELETE FROM outbox").await.expect("writes");
    let read = |row: sea_orm::QueryResult| {
        let subject: String = row.try_get_by_index(0).expect("a subject");
        let payload: Value = row.try_get_by_index(1).expect("a payload");
        (subject.parse().expect("an id"), payload["daysLeft"].as_u64().expect("a number"))
    };
    rows.into_iter().map(read).collect()
}

#[tokio::test]
async fn each_warning_is_given_once_and_another_end_begins_anew() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let shop = on_trial(&world, "garage", 10).await;
        assert_eq!(warn(&world).await, []);
        let mut given = Vec::new();
        for _ in 0..22 {
            world.clock.advance(TimeDelta::hours(12));
            given.extend(warn(&world).await);
            assert_eq!(warn(&world).await, [], "once");
        }
        assert_eq!(given, [(shop, 7), (shop, 3), (shop, 1)], "and none after the end");

        let extended = serde_json::to_value(world.clock.now() + TimeDelta::days(2)).expect("a time");
        let sql = format!("UPDATE tenants SET trial_ends_at = '{}'", extended.as_str().expect("text"));
        run_sql(&world.db, &sql).await.expect("writes");
        assert_eq!(warn(&world).await, [(shop, 2)], "of several that are late, the one that still makes sense");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_warned_who_pays_is_stopped_or_has_left() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        let [pays, stopped, left, tries] = [
            on_trial(&world, "pays", 2).await,
            on_trial(&world, "stopped", 2).await,
            on_trial(&world, "left", 2).await,
            on_trial(&world, "tries", 2).await,
        ];
        for (tenant, status) in [(pays, "ACTIVE"), (tries, "TRIALING")] {
            let input = SubscriptionInput {
                plan: "PROFESSIONAL".to_owned(),
                status: status.to_owned(),
                price_cents: 100,
                current_period_start: "2026-01-01T00:00:00Z".to_owned(),
                current_period_end: "2026-02-01T00:00:00Z".to_owned(),
                ..SubscriptionInput::default()
            };
            let terms = SubscriptionTerms::parse(&input).expect("right terms");
            world.subscriptions.put(&staff(), tenant, &ANY, terms).await.expect("recorded");
        }
        let reason = SuspensionReason::parse("unpaid").expect("a reason");
        world.tenants.suspend(&staff(), stopped, &reason).await.expect("suspends");
        world.tenants.delete(&staff(), left).await.expect("deletes");
        assert_eq!(warn(&world).await, [(tries, 2)]);
    })
    .await;
}

#[tokio::test]
async fn two_nodes_give_one_warning() {
    on_each_database(async |test| {
        let world = World::new(test).await;
        for number in 0..20 {
            on_trial(&world, &format!("shop-{number}"), 3).await;
        }
        let stop = CancellationToken::new();
        let (one, other) = futures::join!(world.trial_warnings.run(&stop), world.trial_warnings.run(&stop));
        one.expect("runs");
        other.expect("runs");
        assert_eq!(world.count("outbox WHERE kind = 'tenancy.trial_ending'").await, 20);
        assert_eq!(world.count("trial_warnings").await, 20);
    })
    .await;
}
