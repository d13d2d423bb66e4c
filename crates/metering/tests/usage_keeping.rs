//! Room for points to come, and old points that go, on both databases.

mod fixture;

use fixture::{
    Fixture,
    readings::{at, brief, keyed, point, points, query, record},
};
use futures::future::join_all;
use kernel::page::Direction;
use metering::service::UsageHousekeeping;
use migrations::{down, status, up};
use platform::{DatabaseOptions, Engine, Maintenance, jobs::Job};
use test_support::{TestDatabase, on_each_database, run_sql};
use tokio_util::sync::CancellationToken;

const PARTS: &str = "pg_inherits WHERE inhparent = 'usage_metrics'::regclass";

const TENANT_OF_ROLLUPS: &str = "INSERT INTO tenants (id, name, name_folded, subdomain, slug, plan, status, business_details, \
     metadata, created_at, updated_at) VALUES ((SELECT tenant_id FROM usage_rollups LIMIT 1), 'Garage', 'garage', 'garage', \
     'garage', 'PROFESSIONAL', 'ACTIVE', '{}', '{}', CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)";

async fn keep_house(fixture: &Fixture) {
    UsageHousekeeping::new(fixture.usage.clone()).run(&CancellationToken::new()).await.expect("runs");
}

async fn has_part(fixture: &Fixture, month: &str) -> bool {
    fixture.count(&format!("{PARTS} AND inhrelid = to_regclass('usage_metrics_{month}')")).await == 1
}

#[tokio::test]
async fn old_points_go_and_their_sums_stay() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = fixture.open();
        let dates = ["2025-12-31T23:59:59.999999Z", "2026-01-01T00:00:00Z", "2026-01-10T10:00:00Z"];
        let old = dates.iter().map(|date| keyed(date, point("API_CALLS", "5", date)));
        record(usage, shop, old.clone().collect()).await.expect("records");
        keep_house(&fixture).await;
        assert_eq!(fixture.count("usage_metrics").await, 3, "they are young");

        // 13 months later, January 2026 is still kept.
        fixture.clock.set(at("2027-02-28T23:00:00Z"));
        let late = || vec![keyed("late", point("API_CALLS", "7", "2027-02-01T00:00:00Z"))];
        record(usage, shop, late()).await.expect("records");
        let all = query(usage, "", ("2025-12-01", "2027-03-01"), "raw", "");
        let months = query(usage, "", ("2025-12-01", "2027-03-01"), "month", "");
        let listed = points(usage, shop, &all, 1, Direction::Ascending).await;
        assert_eq!(listed.len(), 3, "nobody sees December any more, although it is still there");
        let sums = brief(usage, shop, &months).await;
        assert_eq!(sums.iter().map(|sum| sum.2.as_str()).collect::<Vec<_>>(), ["5", "10", "7"]);
        keep_house(&fixture).await;
        assert_eq!(fixture.count("usage_metrics").await, 3);
        assert_eq!(points(usage, shop, &all, 1, Direction::Ascending).await, listed);
        // Keys go 13 months after they were used.
        assert_eq!(fixture.count("usage_keys").await, 4);

        fixture.clock.set(at("2027-03-01T00:00:00Z"));
        keep_house(&fixture).await;
        assert_eq!((fixture.count("usage_metrics").await, fixture.count("usage_keys").await), (1, 1));
        assert_eq!(brief(usage, shop, &months).await, sums, "rollups stay");
        assert_eq!(record(usage, shop, late()).await.expect("records").duplicates, 1, "and so do younger keys");
        if fixture.db.engine() == Engine::Postgres {
            let parts = ["2025_12", "2026_01", "2027_02", "2027_03", "2027_04", "2027_05"];
            for (month, expected) in parts.into_iter().zip([false, false, true, true, true, true]) {
                assert_eq!(has_part(&fixture, month).await, expected, "{month}");
            }
        }
        // Sums whose points are gone, at an end within a quarter of an hour.
        let cut = query(usage, "", ("2026-01-10T10:00:00Z", "2026-01-10T10:07:00Z"), "day", "");
        assert_eq!(brief(usage, shop, &cut).await, []);
    })
    .await;
}

#[tokio::test]
async fn many_old_points_go_in_steps() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let shop = fixture.open();
        for hour in 0..3 {
            let date = format!("2026-01-10T0{hour}:00:00Z");
            let some = (0..900).map(|number| keyed(&format!("{hour}-{number}"), point("API_CALLS", "1", &date)));
            record(&fixture.usage, shop, some.collect()).await.expect("records");
        }
        fixture.clock.set(at("2027-06-01T00:00:00Z"));
        let stopped = CancellationToken::new();
        stopped.cancel();
        let job = UsageHousekeeping::new(fixture.usage.clone());
        job.run(&stopped).await.expect_err("has not finished");
        job.run(&CancellationToken::new()).await.expect("finishes");
        assert_eq!((fixture.count("usage_metrics").await, fixture.count("usage_keys").await), (0, 0));
        assert_eq!(fixture.count("usage_rollups").await, 3 + 3 + 1 + 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nodes_make_and_drop_months_side_by_side() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let fixture = Fixture::new(&db).await;
    let shop = fixture.open();
    let before = fixture.count(PARTS).await;
    let nodes: Vec<_> = (0..6).map(|_| fixture.usage_of_another_node()).collect();
    let all = |nodes: Vec<metering::service::Usage>| {
        join_all(nodes.into_iter().map(|usage| {
            tokio::spawn(async move { UsageHousekeeping::new(usage).run(&CancellationToken::new()).await })
        }))
    };
    // Some keep house while others record in a month that nobody has made yet.
    let december = || vec![point("USERS", "1", "2025-12-20T00:00:00Z")];
    let recording = join_all(nodes.iter().map(|usage| record(usage, shop, december())));
    let (stored, recorded) = futures::join!(all(nodes.clone()), recording);
    assert!(stored.iter().all(|outcome| matches!(outcome, Ok(Ok(())))), "{stored:?}");
    assert!(recorded.iter().all(Result::is_ok), "{recorded:?}");
    // January to March by the job, December by whoever recorded first.
    assert_eq!(fixture.count(PARTS).await, before + 4);
    let stored = all(nodes.clone()).await;
    assert!(stored.iter().all(|outcome| matches!(outcome, Ok(Ok(())))), "{stored:?}");
    assert_eq!(fixture.count(PARTS).await, before + 4, "again: nothing");

    fixture.clock.set(at("2027-03-10T00:00:00Z"));
    let stored = all(nodes).await;
    assert!(stored.iter().all(|outcome| matches!(outcome, Ok(Ok(())))), "{stored:?}");
    assert!(!has_part(&fixture, "2025_12").await && !has_part(&fixture, "2026_01").await);
    assert!(has_part(&fixture, "2026_02").await && has_part(&fixture, "2027_05").await);
    assert_eq!((fixture.count("usage_metrics").await, fixture.count("usage_rollups").await), (0, 4));
}

#[tokio::test]
async fn a_month_that_was_undone_is_made_again() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let usage = &fixture.usage;
        let shop = fixture.open();
        let new = || vec![point("USERS", "1", "2026-01-05T00:00:00Z")];
        // The transaction that makes January's room fails.
        run_sql(&fixture.db, "ALTER TABLE test_trail RENAME TO hidden").await.expect("renames");
        record(usage, shop, new()).await.expect_err("there is no trail");
        run_sql(&fixture.db, "ALTER TABLE hidden RENAME TO test_trail").await.expect("renames");
        assert_eq!((fixture.count("usage_metrics").await, fixture.count("usage_rollups").await), (0, 0));
        record(usage, shop, new()).await.expect("records");
        fixture.check_rollups().await;
    })
    .await;
}

#[tokio::test]
async fn the_step_can_be_undone_and_done_again() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let shop = fixture.open();
        let new = || vec![keyed("k", point("USERS", "1", "2026-01-05T00:00:00Z"))];
        record(&fixture.usage, shop, new()).await.expect("records");
        // Before the step that took it off, rollups had a foreign key.
        run_sql(db.database(), TENANT_OF_ROLLUPS).await.expect("is there");
        let maintenance = Maintenance::connect(&DatabaseOptions::new(db.url())).await.expect("connects");
        let connection = maintenance.connection();
        let steps = status(connection).await.expect("tells");
        let since = steps.iter().rev().position(|step| step.name.contains("usage")).expect("it is there") + 1;
        down(connection, since as u32).await.expect("undone");
        let left = match db.engine() {
            Engine::Sqlite => "sqlite_master WHERE name LIKE '%usage_%'",
            Engine::Postgres => {
                "(SELECT relname AS name FROM pg_class UNION ALL SELECT proname FROM pg_proc) all_names \
                                 WHERE name ~ '^usage_(metrics|keys|rollups|make|drop)'"
            }
        };
        assert_eq!(fixture.count(left).await, 0);
        assert_eq!(up(connection).await.expect("done again"), since);
        let usage = fixture.usage_of_another_node();
        assert_eq!(record(&usage, shop, new()).await.expect("records").recorded, 1);
        fixture.check_rollups().await;
    })
    .await;
}
