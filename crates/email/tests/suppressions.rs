//! The suppression list, on both databases.

mod fixture;

use std::{collections::HashSet, sync::Arc};

use chrono::TimeDelta;
use email::{
    EmailError,
    domain::{ByTime, Suppression, SuppressionFilter, SuppressionReason},
    repository::SuppressionRepository,
};
use fixture::{Fixture, address, race, staff};
use kernel::{
    Clock, Transactor,
    input::Word as _,
    page::{Cursor, Direction, PageRequest, Sort, Start},
};
use test_support::on_each_database;
use uuid::Uuid;

fn page(limit: u64, direction: Direction, start: Start) -> PageRequest<ByTime> {
    PageRequest { limit, start, sort: Sort { field: ByTime::CreatedAt, direction } }
}

async fn add(fixture: &Fixture, email: &str) -> (Suppression, bool) {
    let mut tx = fixture.db.begin().await.expect("begins");
    let added = fixture.suppressions.add_in(&mut tx, &staff(), address(email)).await.expect("added");
    tx.commit().await.expect("commits");
    added
}

/// Puts `count` addresses on the list, for all reasons, some at the same time.
async fn fill(fixture: &Fixture, count: usize) -> Vec<Suppression> {
    let mut all = Vec::new();
    for number in 0..count {
        let entry = Suppression {
            id: kernel::Entropy::uuid_v7(&*fixture.deps.entropy, fixture.clock.now()),
            email: address(&format!("p{number}@example.com")),
            reason: SuppressionReason::ALL[number % 3],
            notification_id: (number % 2 == 0).then(|| Uuid::from_u128(number as u128).into()),
            created_at: fixture.clock.now(),
        };
        let mut tx = fixture.db.begin().await.expect("begins");
        assert!(fixture.store.insert_in(&mut tx, &entry).await.expect("added"));
        tx.commit().await.expect("commits");
        all.push(entry);
        fixture.clock.advance(TimeDelta::microseconds(i64::from(number % 3 == 0)));
    }
    all
}

#[tokio::test]
async fn every_filter_pages_through_exactly_its_rows_in_both_orders() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let all = fill(&fixture, 25).await;
        let emails = [None, Some(address("p4@example.com")), Some(address("nobody@example.com"))];
        let reasons = [None, Some(SuppressionReason::Bounce), Some(SuppressionReason::Complaint)];
        let filters = emails.iter().flat_map(|email| {
            reasons.iter().map(move |reason| SuppressionFilter { email: email.clone(), reason: *reason })
        });
        for filter in filters {
            for direction in [Direction::Ascending, Direction::Descending] {
                let mut expected: Vec<_> = all
                    .iter()
                    .filter(|it| filter.email.as_ref().is_none_or(|email| email == &it.email))
                    .filter(|it| filter.reason.is_none_or(|reason| reason == it.reason))
                    .cloned()
                    .collect();
                expected.sort_by_key(|it| (it.created_at, it.id));
                if direction == Direction::Descending {
                    expected.reverse();
                }
                let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
                loop {
                    let found = fixture.suppressions.list(&filter, &page(4, direction, start)).await.expect("a page");
                    assert_eq!(found.total, expected.len() as u64, "{filter:?}");
                    seen.extend(found.items);
                    let Some((value, id)) = found.next else { break };
                    start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
                }
                assert_eq!(seen, expected, "{direction:?} {filter:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn which_of_many_addresses_are_on_the_list_is_told_at_once() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        fill(&fixture, 5).await;
        let asked: Vec<_> = [0, 3, 7, 9, 3].iter().map(|number| address(&format!("P{number}@Example.com"))).collect();
        let found = fixture.store.find_suppressed(&asked).await.expect("reads");
        assert_eq!(found, HashSet::from([address("p0@example.com"), address("p3@example.com")]));
        assert!(fixture.store.find_suppressed(&[]).await.expect("reads").is_empty());
    })
    .await;
}

#[tokio::test]
async fn an_address_is_on_the_list_once_and_comes_off_once() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let (first, new) = add(&fixture, "jo@example.com").await;
        assert!(new);
        assert_eq!((first.reason, first.created_at), (SuppressionReason::Manual, fixture.clock.now()));
        fixture.clock.advance(TimeDelta::hours(1));
        assert_eq!(add(&fixture, "Jo@Example.COM").await, (first.clone(), false));

        let removed = fixture.suppressions.remove(&staff(), &address("jo@example.com")).await.expect("removed");
        assert_eq!(removed, first);
        let again = fixture.suppressions.remove(&staff(), &address("jo@example.com")).await;
        assert!(matches!(again, Err(EmailError::SuppressionNotFound)), "{again:?}");
        assert!(add(&fixture, "jo@example.com").await.1, "and on again");
        assert_eq!(fixture.count("test_trail WHERE action = 'SUPPRESSION_ADDED'").await, 2);
        assert_eq!(fixture.count("test_trail WHERE action = 'SUPPRESSION_REMOVED'").await, 1);
        assert_eq!(fixture.count("test_trail WHERE entry LIKE '%@%'").await, 0);
    })
    .await;
}

#[tokio::test]
async fn what_is_rolled_back_or_has_no_entry_is_not_on_the_list() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let mut tx = fixture.db.begin().await.expect("begins");
        fixture.suppressions.add_in(&mut tx, &staff(), address("jo@example.com")).await.expect("added");
        tx.rollback().await.expect("rolls back");
        assert_eq!((fixture.count("suppressions").await, fixture.count("test_trail").await), (0, 0));

        add(&fixture, "jo@example.com").await;
        fixture.run("DROP TABLE test_trail").await;
        fixture.suppressions.remove(&staff(), &address("jo@example.com")).await.expect_err("no trail");
        assert_eq!(fixture.count("suppressions").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_add_or_remove_an_address_at_once_one_does() {
    on_each_database(async |test| {
        let fixture = Arc::new(Fixture::new(test).await);
        for _ in 0..5 {
            let added = race(12, |_| {
                let fixture = Arc::clone(&fixture);
                async move { add(&fixture, "jo@example.com").await }
            });
            let added = added.await;
            assert_eq!(added.iter().filter(|it| it.1).count(), 1);
            assert_eq!(added.iter().map(|it| it.0.id).collect::<HashSet<_>>().len(), 1, "all see the same entry");
            let removed = race(12, |_| {
                let fixture = Arc::clone(&fixture);
                async move { fixture.suppressions.remove(&staff(), &address("jo@example.com")).await }
            });
            let removed = removed.await;
            assert_eq!(removed.iter().filter(|it| it.is_ok()).count(), 1);
            let lost: Vec<_> = removed.iter().filter_map(|it| it.as_ref().err()).collect();
            assert!(lost.iter().all(|error| matches!(error, EmailError::SuppressionNotFound)), "{lost:?}");
        }
        assert_eq!((fixture.count("suppressions").await, fixture.count("test_trail").await), (0, 10));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_adds_while_others_remove_gets_an_entry() {
    on_each_database(async |test| {
        let fixture = Arc::new(Fixture::new(test).await);
        let outcomes = race(16, |number| {
            let fixture = Arc::clone(&fixture);
            async move {
                for _ in 0..10 {
                    if number % 2 == 0 {
                        add(&fixture, "jo@example.com").await;
                    } else {
                        let _ = fixture.suppressions.remove(&staff(), &address("jo@example.com")).await;
                    }
                }
            }
        });
        assert_eq!(outcomes.await.len(), 16, "nobody who adds is told that it is not there");
        let (added, removed) =
            ("test_trail WHERE action = 'SUPPRESSION_ADDED'", "test_trail WHERE action LIKE '%MOVED'");
        assert_eq!(fixture.count(added).await - fixture.count(removed).await, fixture.count("suppressions").await);
    })
    .await;
}
