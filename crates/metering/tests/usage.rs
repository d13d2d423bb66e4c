//! Usage as it is recorded and listed, on both databases.

mod fixture;

use chrono::{SubsecRound, TimeDelta};
use fixture::{
    Fixture, page,
    readings::{at, brief, keyed, point, points, query, record},
    staff,
};
use kernel::{
    Clock, TenantId,
    page::{Direction, Start},
};
use metering::{
    MeteringError,
    domain::{UsageInput, UsagePointInput, UsageSort, UsageTotal},
    service::{UsagePage, UsageRecorded},
};
use serde_json::json;
use test_support::on_each_database;
use uuid::Uuid;

async fn shops(fixture: &Fixture) -> [TenantId; 2] {
    [fixture.open(), fixture.open()]
}

fn counts(recorded: u64, duplicates: u64) -> UsageRecorded {
    UsageRecorded { recorded, duplicates }
}

#[tokio::test]
async fn what_is_recorded_is_read_back() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let [shop, other] = shops(&fixture).await;
        let single = UsagePointInput {
            metric_type: Some("STORAGE".to_owned()),
            value: Some(serde_json::from_str("512.345").expect("a number")),
            details: Some(json!({ "bucket": "invoices", "nested": { "a": [1, 2.5, null] } })),
            ..UsagePointInput::default()
        };
        let batch = usage.parse(UsageInput { point: single, metrics: None }).expect("right");
        assert_eq!(usage.record(&staff(), shop, batch).await.expect("records"), counts(1, 0));
        assert_eq!(fixture.count("test_trail WHERE action = 'USAGE_RECORDED'").await, 1);
        assert_eq!(fixture.count("outbox WHERE kind LIKE '%usage%'").await, 0);

        // Of now, to the microsecond, and in the default range.
        let everything = query(usage, "", ("", ""), "", "");
        let found = points(usage, shop, &everything, 10, Direction::Ascending).await;
        assert_eq!((found.len(), found[0].date), (1, fixture.clock.now().trunc_subsecs(6)));
        assert_eq!(found[0].value.to_number().to_string(), "512.345");
        assert_eq!(found[0].details.as_ref().expect("details")["nested"], json!({ "a": [1, 2.5, null] }));
        // Of somebody else there is nothing, whatever is asked.
        assert_eq!(points(usage, other, &everything, 10, Direction::Ascending).await, []);
        for granularity in ["day", "week", "month"] {
            assert_eq!(brief(usage, other, &query(usage, "", ("", ""), granularity, "")).await, []);
            assert_eq!(brief(usage, shop, &query(usage, "", ("", ""), granularity, "")).await.len(), 1);
        }
        assert_eq!(usage.last_30_days(other).await.expect("reads"), []);
        fixture.check_rollups().await;
    })
    .await;
}

#[tokio::test]
async fn a_key_counts_once_in_its_workshop() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let [shop, other] = shops(&fixture).await;
        let call = |key: &str, value: &str| keyed(key, point("API_CALLS", value, "2026-01-10T10:00:00Z"));
        let first = vec![call("a", "1"), call("b", "10"), call("a", "100")];
        assert_eq!(record(usage, shop, first.clone()).await.expect("records"), counts(2, 1));
        // Again, with something new between.
        let again = vec![call("b", "7"), call("c", "1000"), call("a", "7")];
        assert_eq!(record(usage, shop, again).await.expect("records"), counts(1, 2));
        assert_eq!(record(usage, shop, first.clone()).await.expect("records"), counts(0, 3));
        assert_eq!(record(usage, other, first).await.expect("records"), counts(2, 1), "keys of their own");
        // Upper and lower case are not the same, and another month is no other key.
        assert_eq!(record(usage, shop, vec![call("A", "0.5")]).await.expect("records"), counts(1, 0));
        let december = keyed("a", point("API_CALLS", "7", "2025-12-20T10:00:00Z"));
        assert_eq!(record(usage, shop, vec![december]).await.expect("records"), counts(0, 1));

        let total = |sums: &[(_, UsageTotal)]| sums.iter().map(|(_, total)| total.to_string()).collect::<Vec<_>>();
        assert_eq!(total(&usage.last_30_days(shop).await.expect("reads")), ["1011.5"]);
        assert_eq!(total(&usage.last_30_days(other).await.expect("reads")), ["11"]);
        assert_eq!((fixture.count("usage_metrics").await, fixture.count("usage_keys").await), (6, 6));
        fixture.check_rollups().await;
    })
    .await;
}

#[tokio::test]
async fn a_thousand_at_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let [shop, _] = shops(&fixture).await;
        let start = at("2026-01-01T00:00:00Z");
        // Nothing is shared: each has its own metric, quarter of an hour and key.
        let spread = (0..1_000).map(|number| {
            let date = (start + TimeDelta::minutes(15 * number)).to_rfc3339();
            keyed(&format!("k{number}"), point(&format!("M{number}"), "0.001", &date))
        });
        assert_eq!(record(usage, shop, spread.clone().collect()).await.expect("records"), counts(1_000, 0));
        assert_eq!(fixture.count("usage_rollups").await, 4_000);
        assert_eq!(record(usage, shop, spread.collect()).await.expect("records"), counts(0, 1_000));
        // Everything is shared.
        let same = vec![point("API_CALLS", "0.001", "2026-01-14T10:00:00Z"); 1_000];
        assert_eq!(record(usage, shop, same).await.expect("records"), counts(1_000, 0));
        let sums = brief(usage, shop, &query(usage, "API_CALLS", ("", ""), "month", "")).await;
        assert_eq!(sums, [("2026-01-01T00:00:00Z".to_owned(), "API_CALLS".to_owned(), "1".to_owned())]);
        fixture.check_rollups().await;
    })
    .await;
}

#[tokio::test]
async fn points_are_paged_and_filtered() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let [shop, other] = shops(&fixture).await;
        for number in 0..60_i64 {
            // Over the turn of the year; whole seconds, milli- and microseconds, and ties.
            let step = [TimeDelta::hours(9), TimeDelta::milliseconds(1), TimeDelta::microseconds(1), TimeDelta::zero()];
            let date = (at("2025-12-28T23:50:00Z") + step[number as usize % 4] * (number as i32 / 4)).to_rfc3339();
            let metric = ["API_CALLS", "STORAGE", "USERS"][number as usize % 3];
            let new = point(metric, &number.to_string(), &date);
            record(usage, shop, vec![new.clone()]).await.expect("records");
            record(usage, other, vec![new]).await.expect("records");
        }
        for (metric, expected) in [("", 60), ("STORAGE", 20), ("PARTS", 0)] {
            let all = query(usage, metric, ("2025-12-28", "2026-01-15"), "raw", "");
            let up = points(usage, shop, &all, 7, Direction::Ascending).await;
            assert_eq!(up.len(), expected, "{metric}");
            assert!(up.is_sorted_by_key(|point| (point.date, point.id)));
            let mut down = points(usage, shop, &all, 13, Direction::Descending).await;
            down.reverse();
            assert_eq!(up, down);
            // Of the other workshop there are as many of its own.
            let theirs = points(usage, other, &all, 500, Direction::Ascending).await;
            assert_eq!(theirs.len(), expected);
            assert!(theirs.iter().all(|theirs| up.iter().all(|ours| ours.id != theirs.id)));
        }
        // Half-open, to the microsecond.
        let all = query(usage, "", ("2025-12-28", "2026-01-15"), "raw", "");
        let all = points(usage, shop, &all, 500, Direction::Ascending).await;
        let bounds = [all[20].date, all[45].date].map(|date| date.to_rfc3339());
        let within = query(usage, "", (&bounds[0], &bounds[1]), "raw", "");
        let expected = all.iter().filter(|point| (all[20].date..all[45].date).contains(&point.date)).count();
        assert_eq!(points(usage, shop, &within, 4, Direction::Ascending).await.len(), expected);
        // By offset; the total is right beyond the end, too.
        for (offset, rows) in [(0, 10), (10, 10), (55, 5), (70, 0)] {
            let request = page(10, UsageSort::Date, Direction::Ascending, Start::Offset(offset));
            let everything = query(usage, "", ("2025-12-28", "2026-01-15"), "raw", "");
            let UsagePage::Points(found) = usage.read(shop, &everything, &request).await.expect("a page") else {
                unreachable!("points were asked for")
            };
            assert_eq!((found.items.len(), found.total), (rows, 60));
            assert_eq!(found.items.first().map(|it| it.id), all.get(offset as usize).map(|it| it.id));
        }
    })
    .await;
}

#[tokio::test]
async fn a_workshop_must_be_there() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let [shop, gone] = shops(&fixture).await;
        let new = || vec![point("USERS", "3", "2026-01-10T10:00:00Z")];
        record(usage, gone, new()).await.expect("records");
        fixture.delete(gone);
        let refused = record(usage, gone, new()).await;
        assert!(matches!(refused, Err(MeteringError::TenantDeleted)), "{refused:?}");
        let days = query(usage, "", ("2026-01-10", "2026-01-11"), "day", "");
        assert_eq!(brief(usage, gone, &days).await.len(), 1, "staff may still look");
        assert_eq!(brief(usage, shop, &days).await, []);

        let nobody = TenantId(Uuid::from_u128(7));
        let refused = record(usage, nobody, new()).await;
        assert!(matches!(refused, Err(MeteringError::TenantNotFound)), "{refused:?}");
        let whole = page(5, UsageSort::Date, Direction::Ascending, Start::Offset(0));
        for granularity in ["raw", "day"] {
            let refused = usage.read(nobody, &query(usage, "", ("", ""), granularity, ""), &whole).await;
            assert!(matches!(refused, Err(MeteringError::TenantNotFound)), "{refused:?}");
        }
        assert_eq!(fixture.count("test_trail WHERE action = 'USAGE_RECORDED'").await, 1);
    })
    .await;
}
