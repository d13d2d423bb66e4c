//! Warnings of a trial's end, on both databases.

mod fixture;

use chrono::TimeDelta;
use fixture::{ANY, Fixture, staff};
use kernel::{Clock, TenantId};
use platform::jobs::Job;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::Value;
use tenancy::domain::{NewTenant, NewTenantInput, SubscriptionInput, SubscriptionTerms, SuspensionReason};
use test_support::{on_each_database, run_sql};
use tokio_util::sync::CancellationToken;

async fn on_trial(fixture: &Fixture, subdomain: &str, days: i64) -> TenantId {
    let input = NewTenantInput {
        name: format!("Workshop {subdomain}"),
        subdomain: subdomain.to_owned(),
        plan: "PROFESSIONAL".to_owned(),
        trial_days: Some(days),
        ..NewTenantInput::default()
    };
    let new = NewTenant::parse(input).expect("a right input");
    fixture.tenants.create(&staff(), new, fixture.clock.now()).await.expect("creates").summary.tenant.id
}

/// Runs the job and tells what it has announced: days left, by workshop.
async fn warn(fixture: &Fixture) -> Vec<(TenantId, u64)> {
    fixture.trial_warnings.run(&CancellationToken::new()).await.expect("runs");
    let connection = fixture.db.reader();
    let backend = connection.get_database_backend();
    let sql = "SELECT subject, payload FROM outbox WHERE kind = 'tenant.trial_ending.v1' ORDER BY id";
    let rows = connection.query_all_raw(Statement::from_string(backend, sql)).await.expect("reads");
    run_sql(&fixture.db, "DELETE FROM outbox").await.expect("writes");
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
        let fixture = Fixture::new(test).await;
        let shop = on_trial(&fixture, "garage", 10).await;
        assert_eq!(warn(&fixture).await, []);
        let mut given = Vec::new();
        for _ in 0..22 {
            fixture.clock.advance(TimeDelta::hours(12));
            given.extend(warn(&fixture).await);
            assert_eq!(warn(&fixture).await, [], "once");
        }
        assert_eq!(given, [(shop, 7), (shop, 3), (shop, 1)], "and none after the end");

        let extended = serde_json::to_value(fixture.clock.now() + TimeDelta::days(2)).expect("a time");
        let sql = format!("UPDATE tenants SET trial_ends_at = '{}'", extended.as_str().expect("text"));
        run_sql(&fixture.db, &sql).await.expect("writes");
        assert_eq!(warn(&fixture).await, [(shop, 2)], "of several that are late, the one that still makes sense");
    })
    .await;
}

#[tokio::test]
async fn nobody_is_warned_who_pays_is_stopped_or_has_left() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let [pays, stopped, left, tries] = [
            on_trial(&fixture, "pays", 2).await,
            on_trial(&fixture, "stopped", 2).await,
            on_trial(&fixture, "left", 2).await,
            on_trial(&fixture, "tries", 2).await,
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
            fixture.subscriptions.put(&staff(), tenant, &ANY, terms).await.expect("recorded");
        }
        let reason = SuspensionReason::parse("unpaid").expect("a reason");
        fixture.tenants.suspend(&staff(), stopped, &reason).await.expect("suspends");
        fixture.tenants.delete(&staff(), left).await.expect("deletes");
        assert_eq!(warn(&fixture).await, [(tries, 2)]);
    })
    .await;
}

#[tokio::test]
async fn two_nodes_give_one_warning() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        for number in 0..20 {
            on_trial(&fixture, &format!("shop-{number}"), 3).await;
        }
        let stop = CancellationToken::new();
        let (one, other) = futures::join!(fixture.trial_warnings.run(&stop), fixture.trial_warnings.run(&stop));
        one.expect("runs");
        other.expect("runs");
        assert_eq!(fixture.count("outbox WHERE kind = 'tenant.trial_ending.v1'").await, 20);
        assert_eq!(fixture.count("trial_warnings").await, 20);
    })
    .await;
}

#[tokio::test]
async fn a_workshop_that_cannot_be_read_keeps_no_other_from_being_warned_or_ended() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        for name in ["garage", "odd", "other"] {
            on_trial(&fixture, name, 2).await;
        }
        let odd = "UPDATE tenants SET plan = 'ODD' WHERE subdomain = 'odd'";
        assert_eq!(run_sql(&fixture.db, odd).await.expect("spoils"), 1);
        let stop = CancellationToken::new();

        let failed = fixture.trial_warnings.run(&stop).await.expect_err("one failed");
        assert_eq!(failed.to_string(), "1 of 3 items failed");
        assert_eq!(fixture.count("outbox WHERE kind = 'tenant.trial_ending.v1'").await, 2);

        fixture.clock.advance(TimeDelta::days(3));
        let failed = fixture.trial_expiry.run(&stop).await.expect_err("one failed");
        assert_eq!(failed.to_string(), "1 of 3 items failed");
        assert_eq!(fixture.count("tenants WHERE status = 'TRIAL_EXPIRED'").await, 2);
    })
    .await;
}
