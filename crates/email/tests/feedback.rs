//! Delivery events: what became of messages, on both databases.

mod fixture;

use std::sync::Arc;

use chrono::TimeDelta;
use email::{
    domain::{
        ByTime, DeliveryEvent, Notification, NotificationId, NotificationStatus as Status, SuppressionFilter,
        SuppressionReason, Template,
    },
    repository::{MailQueue, NotificationRepository, Outcome, SuppressionRepository},
};
use fixture::{Fixture, address, failed, many, race, sent, staff};
use kernel::{
    Clock, Entropy, Transactor,
    input::Word as _,
    page::{Direction, PageRequest, Sort, Start},
};
use test_support::{SeededEntropy, on_each_database};

/// What providers tell; nobody tells that a message waits.
const EVENTS: [Status; 6] =
    [Status::Sent, Status::Delivered, Status::Failed, Status::Bounced, Status::Complained, Status::Suppressed];

fn delivery_event(status: Status, id: NotificationId) -> DeliveryEvent {
    DeliveryEvent {
        status,
        notification_id: Some(id),
        provider_message_id: Some("re_1".to_owned()),
        suppress: None,
        note: Some(format!("resend: {status}")),
    }
}

/// Takes delivery events into the log, past the suppression list; tells whose message they were of.
async fn note(fixture: &Fixture, delivery_event: &DeliveryEvent) -> Option<(NotificationId, kernel::EmailAddress)> {
    let mut tx = fixture.db.begin().await.expect("begins");
    let whose = fixture.store.note_in(&mut tx, delivery_event, fixture.clock.now()).await.expect("noted");
    tx.commit().await.expect("commits");
    whose
}

fn moves(from: Status, to: Status) -> bool {
    to.overtakes().any(|old| old == from)
}

#[tokio::test]
async fn each_news_moves_each_status_forward_or_not_at_all() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        for &from in Status::ALL {
            for to in EVENTS {
                let id = fixture.one(Template::PasswordReset).await;
                fixture.claim(1).await;
                fixture.force(id, from).await;
                let before = fixture.row(id).await;
                fixture.clock.advance(TimeDelta::seconds(1));
                assert_eq!(
                    note(&fixture, &delivery_event(to, id)).await,
                    Some((id, address("jo@example.com"))),
                    "{from} {to}"
                );
                let after = fixture.row(id).await;
                if !moves(from, to) {
                    assert_eq!(after, before, "{from} {to}");
                    continue;
                }
                let it = &after.notification;
                assert_eq!((it.status, it.version), (to, before.notification.version + 1), "{from} {to}");
                assert_eq!((it.next_attempt_at, it.updated_at), (None, fixture.clock.now()));
                assert_eq!(it.provider_message_id.as_deref(), Some("re_1"));
                assert_eq!(it.error_message, Some(format!("resend: {to}")));
                // What was given up on may be sent again, with its secret; all else has been sent.
                let unsent = to.may_be_retried();
                assert_eq!((after.secret.is_some(), it.sent_at.is_none()), (unsent, unsent), "{from} {to}");

                // The provider tells it again.
                fixture.clock.advance(TimeDelta::seconds(1));
                note(&fixture, &delivery_event(to, id)).await;
                assert_eq!(fixture.row(id).await, after, "{from} {to}");
                assert!(fixture.claim(1).await.is_empty());
            }
        }
    })
    .await;
}

/// Some delivery events in some order, some of them twice.
fn some_delivery_event(entropy: &SeededEntropy) -> Vec<Status> {
    let mut bytes = [0; 8];
    entropy.fill(&mut bytes);
    let count = 1 + usize::from(bytes[0]) % 7;
    bytes[1..=count].iter().map(|byte| EVENTS[usize::from(*byte) % EVENTS.len()]).collect()
}

#[tokio::test]
async fn in_whatever_order_news_come_the_furthest_stays() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let entropy = SeededEntropy::new(3);
        for _ in 0..60 {
            let recorded = some_delivery_event(&entropy);
            let id = fixture.one(Template::Invoice).await;
            fixture.claim(1).await;
            let mut status = Status::Pending;
            for to in &recorded {
                note(&fixture, &delivery_event(*to, id)).await;
                let now = fixture.find(id).await.status;
                assert!(now == status || moves(status, now), "{recorded:?}: from {status} back to {now}");
                status = now;
            }
            assert!(recorded.iter().all(|to| !moves(status, *to)), "{recorded:?} ended at {status}");
            // Of two that tell as much the first stays, so the order decides nothing else.
            assert!(recorded.contains(&status), "{recorded:?} ended at {status}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_news_that_come_at_once_the_furthest_stays() {
    on_each_database(async |test| {
        let fixture = Arc::new(Fixture::new(test).await);
        for round in 0..10 {
            let id = fixture.one(Template::PasswordReset).await;
            fixture.claim(1).await;
            let tasks = race(14, |number| {
                let fixture = Arc::clone(&fixture);
                async move {
                    match number {
                        12 => fixture.settle(id, 1, sent()).await,
                        13 => fixture.settle(id, 1, failed()).await,
                        // In every second round nobody complains.
                        _ => drop(note(&fixture, &delivery_event(EVENTS[number % (6 - 2 * (round % 2))], id)).await),
                    }
                }
            });
            tasks.await;
            let it = fixture.row(id).await;
            let furthest = if round % 2 == 0 { Status::Complained } else { Status::Bounced };
            assert_eq!((it.notification.status, it.notification.next_attempt_at), (furthest, None));
            assert_eq!(it.secret, None);
        }
    })
    .await;
}

/// A message that the provider calls `re_1`.
async fn taken(fixture: &Fixture) -> Notification {
    let id = fixture.one(Template::Invoice).await;
    fixture.claim(1).await;
    fixture.settle(id, 1, sent()).await;
    fixture.find(id).await
}

#[tokio::test]
async fn news_are_of_the_message_that_both_of_us_mean() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let it = taken(&fixture).await;
        let named = |ours: Option<NotificationId>, theirs: Option<&str>| DeliveryEvent {
            notification_id: ours,
            provider_message_id: theirs.map(str::to_owned),
            ..delivery_event(Status::Delivered, it.id)
        };
        let nobodys = NotificationId(uuid::Uuid::from_u128(1));
        for unknown in [
            named(None, None),
            named(None, Some("re_2")),
            named(Some(nobodys), None),
            named(Some(nobodys), Some("re_1")),
            // Of an earlier round, before staff had it sent again.
            named(Some(it.id), Some("re_0")),
        ] {
            assert_eq!(note(&fixture, &unknown).await, None, "{unknown:?}");
            assert_eq!(fixture.find(it.id).await, it);
        }
        for known in [named(Some(it.id), Some("re_1")), named(Some(it.id), None), named(None, Some("re_1"))] {
            fixture.force(it.id, Status::Sent).await;
            assert!(note(&fixture, &known).await.is_some(), "{known:?}");
            let after = fixture.find(it.id).await;
            assert_eq!((after.status, after.provider_message_id.as_deref()), (Status::Delivered, Some("re_1")));
        }
    })
    .await;
}

#[tokio::test]
async fn delivery_events_that_are_quicker_than_the_dispatcher_stay() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        for (to, stays) in [(Status::Sent, "sent"), (Status::Delivered, "delivered"), (Status::Bounced, "bounced")] {
            let id = fixture.one(Template::PasswordReset).await;
            fixture.claim(1).await;
            let told_at = fixture.clock.now();
            note(&fixture, &delivery_event(to, id)).await;
            fixture.clock.advance(TimeDelta::seconds(1));
            fixture.settle(id, 1, sent()).await;
            let it = fixture.row(id).await;
            assert_eq!((it.notification.status, it.notification.sent_at), (to, Some(told_at)), "{stays}");
            assert_eq!(it.notification.provider.as_deref(), Some("test"), "who carried it is known to us alone");
            assert_eq!(it.secret, None);
            // An attempt that saw no answer has no say either.
            fixture.settle(id, 1, Outcome::Again { at: told_at, error: "late".to_owned() }).await;
            assert_eq!(fixture.row(id).await, it);
        }
        // What the provider gave up on is not sent because it took it.
        let id = fixture.one(Template::Invoice).await;
        fixture.claim(1).await;
        note(&fixture, &delivery_event(Status::Failed, id)).await;
        let before = fixture.row(id).await;
        fixture.settle(id, 1, sent()).await;
        assert_eq!(fixture.row(id).await, before);
    })
    .await;
}

fn against(status: Status, id: NotificationId, reason: SuppressionReason) -> DeliveryEvent {
    DeliveryEvent { suppress: Some(reason), ..delivery_event(status, id) }
}

#[tokio::test]
async fn a_bounce_suppresses_its_address_until_staff_clear_it() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let it = taken(&fixture).await;
        let bounce = against(Status::Bounced, it.id, SuppressionReason::Bounce);
        for _ in 0..3 {
            fixture.feedback.take(&bounce).await.expect("taken");
        }
        // A complaint about the same message moves it, and the address stays on the list for its first reason.
        fixture.feedback.take(&against(Status::Complained, it.id, SuppressionReason::Complaint)).await.expect("taken");
        assert_eq!(fixture.find(it.id).await.status, Status::Complained);
        let all = PageRequest {
            limit: 10,
            start: Start::Offset(0),
            sort: Sort { field: ByTime::CreatedAt, direction: Direction::Ascending },
        };
        let list = fixture.suppressions.list(&SuppressionFilter::default(), &all).await.expect("a list").items;
        let [entry] = list.as_slice() else { panic!("{list:?}") };
        assert_eq!((entry.email.as_str(), entry.reason), ("jo@example.com", SuppressionReason::Bounce));
        assert_eq!((entry.notification_id, entry.created_at), (Some(it.id), fixture.clock.now()));
        assert_eq!(fixture.count("test_trail WHERE action = 'SUPPRESSION_ADDED'").await, 1);
        assert_eq!(fixture.count("test_trail WHERE entry LIKE '%@%'").await, 0);

        let next = fixture.one(Template::Invoice).await;
        fixture.claim(1).await;
        fixture.settle(next, 1, Outcome::Suppressed).await;
        let retry = fixture.notifications.retry(&staff(), next, &kernel::VersionMatch::Any).await;
        assert!(matches!(retry, Err(email::EmailError::AddressSuppressed)), "{retry:?}");
        fixture.suppressions.remove(&staff(), &address("jo@example.com")).await.expect("cleared");
        let version = fixture.find(next).await.version;
        let versions = kernel::VersionMatch::OneOf(vec![version]);
        let queued = fixture.notifications.retry(&staff(), next, &versions).await.expect("queued");
        assert_eq!((queued.status, queued.version), (Status::Pending, version + 1));
        assert_eq!(fixture.claim(10).await.len(), 1);
        assert_eq!(fixture.count("test_trail WHERE action = 'NOTIFICATION_RETRIED'").await, 1);
    })
    .await;
}

#[tokio::test]
async fn delivery_events_of_what_is_not_ours_suppress_nobody() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        taken(&fixture).await;
        let nobodys = NotificationId(uuid::Uuid::from_u128(1));
        let delivery_event = against(Status::Bounced, nobodys, SuppressionReason::Bounce);
        fixture.feedback.take(&delivery_event).await.expect("passed over");
        assert_eq!((fixture.count("suppressions").await, fixture.count("test_trail").await), (0, 0));
    })
    .await;
}

#[tokio::test]
async fn without_its_entry_neither_the_status_nor_the_list_changes() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let it = taken(&fixture).await;
        fixture.run("DROP TABLE test_trail").await;
        let bounce = against(Status::Bounced, it.id, SuppressionReason::Bounce);
        fixture.feedback.take(&bounce).await.expect_err("no trail");
        assert_eq!(fixture.find(it.id).await, it);
        assert_eq!(fixture.count("suppressions").await, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_bounces_of_one_address_at_once_suppress_it_once() {
    on_each_database(async |test| {
        let fixture = Arc::new(Fixture::new(test).await);
        let mut new = many(12);
        new.iter_mut().for_each(|it| it.recipient = address("jo@example.com"));
        let ids = fixture.queue(new).await;
        fixture.claim(12).await;
        let all_taken = race(24, |number| {
            let (fixture, id) = (Arc::clone(&fixture), ids[number % 12]);
            async move { fixture.feedback.take(&against(Status::Bounced, id, SuppressionReason::Bounce)).await }
        });
        for outcome in all_taken.await {
            outcome.expect("taken");
        }
        assert_eq!(fixture.count("notification_log WHERE status = 'BOUNCED'").await, 12);
        assert_eq!((fixture.count("suppressions").await, fixture.count("test_trail").await), (1, 1));
        let found = fixture.store.find_suppressed(&[address("jo@example.com"), address("al@example.com")]).await;
        assert_eq!(found.expect("reads").into_iter().collect::<Vec<_>>(), [address("jo@example.com")]);
        assert_eq!(fixture.store.backlog().await.expect("measured").pending, 0);
    })
    .await;
}
