//! Usage by days, weeks and months of a time zone, on both databases.

mod fixture;

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use fixture::{
    Fixture, page,
    readings::{at, brief, point, points, query, record, sums},
};
use kernel::{
    Entropy, TenantId,
    page::{Cursor, Direction, Key, Start},
};
use metering::{
    domain::{MetricType, UsagePoint, UsageSort, Zone},
    service::UsagePage,
};
use test_support::{SeededEntropy, on_each_database};
use uuid::Uuid;

async fn shop_at(fixture: &Fixture, now: &str) -> TenantId {
    let shop = fixture.open();
    fixture.clock.set(at(now));
    shop
}

fn expected<const N: usize>(sums: [(&str, &str, &str); N]) -> Vec<(String, String, String)> {
    sums.iter().map(|(start, metric, sum)| ((*start).to_owned(), (*metric).to_owned(), (*sum).to_owned())).collect()
}

#[tokio::test]
async fn days_in_sydney_begin_at_midnight_there_also_when_clocks_change() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = shop_at(&fixture, "2026-10-08T00:00:00Z").await;
        // Sunday, 4 October 2026, has 23 hours in Sydney: from 14:00 to 13:00 UTC.
        let calls = [
            ("2026-10-03T13:59:59.999999Z", "1"),
            ("2026-10-03T14:00:00Z", "10"),
            ("2026-10-04T12:59:59.999999Z", "100"),
            ("2026-10-04T13:00:00Z", "1000"),
        ];
        let calls = calls.map(|(date, value)| point("API_CALLS", value, date));
        record(usage, shop, calls.to_vec()).await.expect("records");
        let by = async |granularity, zone| {
            brief(usage, shop, &query(usage, "API_CALLS", ("2026-10-01", "2026-10-08"), granularity, zone)).await
        };
        let sydney = [
            ("2026-10-02T14:00:00Z", "API_CALLS", "1"),
            ("2026-10-03T14:00:00Z", "API_CALLS", "110"),
            ("2026-10-04T13:00:00Z", "API_CALLS", "1000"),
        ];
        assert_eq!(by("day", "Australia/Sydney").await, expected(sydney));
        let utc = [("2026-10-03T00:00:00Z", "API_CALLS", "11"), ("2026-10-04T00:00:00Z", "API_CALLS", "1100")];
        assert_eq!(by("day", "UTC").await, expected(utc));
        // Half an hour apart: midnight in Darwin is 14:30 UTC.
        let darwin = [("2026-10-02T14:30:00Z", "API_CALLS", "11"), ("2026-10-03T14:30:00Z", "API_CALLS", "1100")];
        assert_eq!(by("day", "Australia/Darwin").await, expected(darwin));
        // Sunday is the last day of its week.
        let weeks = [("2026-09-27T14:00:00Z", "API_CALLS", "111"), ("2026-10-04T13:00:00Z", "API_CALLS", "1000")];
        assert_eq!(by("week", "Australia/Sydney").await, expected(weeks));
        let sunday = query(usage, "", ("2026-10-04", "2026-10-05"), "day", "Australia/Sydney");
        let period = sums(usage, shop, &sunday, 10, Direction::Ascending).await[0].period;
        assert_eq!((period.end - period.start, period.end), (TimeDelta::hours(23), at("2026-10-04T13:00:00Z")));
    })
    .await;
}

#[tokio::test]
async fn a_day_of_25_hours_and_a_quarter_of_an_hour() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        // Sunday, 5 April 2026, has 25 hours in Adelaide: from 13:30 to 14:30 UTC.
        let shop = shop_at(&fixture, "2026-04-08T00:00:00Z").await;
        let dates =
            ["2026-04-04T13:29:59Z", "2026-04-04T13:30:00Z", "2026-04-05T14:29:59.999Z", "2026-04-05T14:30:00Z"];
        let calls: Vec<_> = dates.iter().map(|date| point("API_CALLS", "0.5", date)).collect();
        record(usage, shop, calls).await.expect("records");
        let days = query(usage, "", ("2026-04-03", "2026-04-08"), "day", "Australia/Adelaide");
        let adelaide = [
            ("2026-04-03T13:30:00Z", "API_CALLS", "0.5"),
            ("2026-04-04T13:30:00Z", "API_CALLS", "1"),
            ("2026-04-05T14:30:00Z", "API_CALLS", "0.5"),
        ];
        assert_eq!(brief(usage, shop, &days).await, expected(adelaide));
        // Eucla is 8:45 ahead.
        let dates = ["2026-04-06T15:14:59Z", "2026-04-06T15:15:00Z", "2026-04-06T15:29:59Z"];
        let users: Vec<_> = dates.iter().map(|date| point("USERS", "1", date)).collect();
        record(usage, shop, users).await.expect("records");
        let days = query(usage, "USERS", ("2026-04-03", "2026-04-08"), "day", "Australia/Eucla");
        let eucla = [("2026-04-05T15:15:00Z", "USERS", "1"), ("2026-04-06T15:15:00Z", "USERS", "2")];
        assert_eq!(brief(usage, shop, &days).await, expected(eucla));
    })
    .await;
}

#[tokio::test]
async fn weeks_and_months_at_the_turn_of_the_year() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = shop_at(&fixture, "2027-01-06T00:00:00Z").await;
        let dates = ["2026-12-27T23:59:59Z", "2026-12-28T00:00:00Z", "2026-12-31T23:59:59Z", "2027-01-01T00:00:00Z"];
        let dates = dates.into_iter().chain(["2027-01-03T23:59:59.999999Z", "2027-01-04T00:00:00Z"]);
        let calls = dates.map(|date| point("API_CALLS", "1", date)).collect();
        record(usage, shop, calls).await.expect("records");
        let by = async |granularity| {
            brief(usage, shop, &query(usage, "", ("2026-12-01", "2027-01-10"), granularity, "")).await
        };
        // Week 53 of 2026 reaches to 3 January.
        let weeks = [
            ("2026-12-21T00:00:00Z", "API_CALLS", "1"),
            ("2026-12-28T00:00:00Z", "API_CALLS", "4"),
            ("2027-01-04T00:00:00Z", "API_CALLS", "1"),
        ];
        assert_eq!(by("week").await, expected(weeks));
        let months = [("2026-12-01T00:00:00Z", "API_CALLS", "3"), ("2027-01-01T00:00:00Z", "API_CALLS", "3")];
        assert_eq!(by("month").await, expected(months));
    })
    .await;
}

#[tokio::test]
async fn a_range_may_be_as_long_as_its_periods_can_be_shown() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = shop_at(&fixture, "2026-04-08T00:00:00Z").await;
        let dates = ["2026-03-05T00:00:00Z", "2026-04-04T13:29:59Z", "2026-04-04T13:30:00Z", "2026-04-07T23:59:59.9Z"];
        record(usage, shop, dates.map(|date| point("USERS", "1", date)).to_vec()).await.expect("records");
        let by = async |from, granularity| {
            let query = query(usage, "", (from, "2026-04-09"), granularity, "Australia/Adelaide");
            brief(usage, shop, &query).await.into_iter().map(|sum| sum.2).collect::<Vec<_>>()
        };
        assert_eq!(by("2025-03-06", "day").await, ["1"; 4]);
        assert_eq!(by("2018-08-15", "week").await, ["1", "2", "1"]);
        assert_eq!(by("1993-02-01", "month").await, ["1", "3"]);
    })
    .await;
}

#[tokio::test]
async fn a_page_follows_also_when_the_range_has_moved_on() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = shop_at(&fixture, "2026-01-10T12:00:00Z").await;
        let of = |day| ["A", "B", "C"].map(|metric| point(metric, "1", &format!("2026-01-0{day}T10:00:00Z")));
        record(usage, shop, [of(2), of(3), of(4)].concat()).await.expect("records");
        let after = async |from, start: &str, metric, way| {
            let days = query(usage, "", (from, "2026-01-05"), "day", "");
            let key = Key::TimeText(start.parse().expect("a time"), String::from(metric));
            let cursor = Cursor::new("test".to_owned(), key, Uuid::nil(), 1);
            let request = page(10, UsageSort::Date, way, Start::After(cursor));
            match usage.read(shop, &days, &request).await.expect("a page") {
                UsagePage::Sums(sums) => (sums.items.len(), sums.total),
                UsagePage::Points(_) => unreachable!("sums were asked for"),
            }
        };
        use Direction::{Ascending, Descending};
        assert_eq!(after("2026-01-02", "2026-01-03T00:00:00Z", "A", Ascending).await, (5, 9));
        assert_eq!(after("2026-01-02", "2026-01-03T00:00:00Z", "B", Descending).await, (4, 9));
        assert_eq!(after("2026-01-02", "2026-01-04T00:00:00Z", "C", Ascending).await, (0, 9));
        // The day of the cursor is not in the range, or begins at another time.
        assert_eq!(after("2026-01-03", "2026-01-02T00:00:00Z", "B", Ascending).await, (6, 6));
        assert_eq!(after("2026-01-03", "2026-01-02T00:00:00Z", "B", Descending).await, (0, 6));
        assert_eq!(after("2026-01-02", "2026-01-03T08:00:00Z", "B", Ascending).await, (3, 9));
        assert_eq!(after("2026-01-02", "2026-01-03T08:00:00Z", "B", Descending).await, (6, 9));
    })
    .await;
}

/// A number below `limit`.
fn draw(entropy: &SeededEntropy, limit: u64) -> u64 {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    u64::from_le_bytes(bytes) % limit
}

/// The sums as one would do them by hand: by the zone's day on which the period of each point begins.
fn by_hand(points: &[UsagePoint], zone: Zone, first_day: impl Fn(chrono::NaiveDate) -> chrono::NaiveDate) -> Sums {
    let mut sums = Sums::new();
    for point in points {
        let start = zone.start_of(first_day(zone.day_of(point.date)));
        *sums.entry((start, point.metric_type.clone())).or_default() += i128::from(point.value.thousandths());
    }
    sums
}

type Sums = BTreeMap<(DateTime<Utc>, MetricType), i128>;

#[tokio::test]
async fn any_range_in_any_zone_is_the_sum_of_its_points() {
    use chrono::Datelike;
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = shop_at(&fixture, "2026-04-25T00:00:00Z").await;
        let entropy = SeededEntropy::new(4);
        let begin = at("2026-03-22T00:00:00Z");
        let anywhen = || begin + TimeDelta::microseconds(draw(&entropy, 34 * 86_400_000_000).cast_signed());
        let metrics = ["API_CALLS", "STORAGE", "USERS", "PARTS"];
        for _ in 0..3 {
            let some = (0..250).map(|_| {
                let value = format!("{}.{:03}", draw(&entropy, 100_000), draw(&entropy, 1_000));
                point(metrics[draw(&entropy, 4) as usize], &value, &anywhen().to_rfc3339())
            });
            record(usage, shop, some.collect()).await.expect("records");
        }
        fixture.check_rollups().await;
        let zones = ["UTC", "Australia/Sydney", "Australia/Adelaide", "Asia/Kathmandu", "America/St_Johns"];
        for round in 0..30_u64 {
            let (one, other) = (anywhen(), anywhen());
            let range = (one.min(other).to_rfc3339(), one.max(other).to_rfc3339());
            let range = (range.0.as_str(), range.1.as_str());
            let zone = zones[round as usize % zones.len()];
            let metric = ["", "STORAGE"][round as usize % 2];
            let listed = query(usage, metric, range, "raw", "");
            let listed = points(usage, shop, &listed, 100, Direction::Ascending).await;
            let known = Zone::parse("timezone", zone).expect("a zone");
            for granularity in ["day", "week", "month"] {
                let expected = by_hand(&listed, known, |day| match granularity {
                    "day" => day,
                    "week" => day - chrono::Days::new(day.weekday().num_days_from_monday().into()),
                    _ => day.with_day(1).expect("a day"),
                });
                let query = query(usage, metric, range, granularity, zone);
                let up = sums(usage, shop, &query, 7, Direction::Ascending).await;
                let found: Vec<_> = up
                    .iter()
                    .map(|sum| ((sum.period.start, sum.metric_type.clone()), sum.total.thousandths()))
                    .collect();
                assert_eq!(found, expected.into_iter().collect::<Vec<_>>(), "{granularity} of {zone}, {range:?}");
                let mut down = sums(usage, shop, &query, 3, Direction::Descending).await;
                down.reverse();
                assert_eq!(up, down);
            }
        }
    })
    .await;
}
