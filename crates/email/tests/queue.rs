//! Queueing and claiming messages, on both databases.

mod fixture;

use std::{collections::HashSet, sync::Arc, time::Duration};

use chrono::TimeDelta;
use email::{
    domain::{NotificationId, NotificationStatus as Status, Template},
    repository::{Attempt, MailQueue, NotificationRepository},
    service::NewNotification,
    store::EmailStore,
};
use fixture::{Fixture, LEASE, SECRET, many, new, race, sent};
use kernel::{Clock, Transactor};
use secrecy::ExposeSecret as _;
use test_support::on_each_database;

#[tokio::test]
async fn a_message_is_claimed_as_queued_and_is_away_until_its_lease_ends() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let queued_at = fixture.clock.now();
        let id = fixture.one(Template::PasswordReset).await;
        let before = fixture.row(id).await;
        assert_eq!((before.notification.status, before.notification.attempts), (Status::Pending, 0));
        fixture.clock.advance(TimeDelta::seconds(5));

        let claimed = fixture.claim(10).await;
        let [message] = claimed.as_slice() else { panic!("{claimed:?}") };
        let it = &message.notification;
        assert_eq!((it.id, it.attempts, it.status), (id, 1, Status::Pending));
        assert_eq!((it.created_at, message.first_attempt_at), (queued_at, Some(fixture.clock.now())));
        assert_eq!(it.next_attempt_at, Some(fixture.clock.now() + LEASE));
        assert_eq!((it.version, it.updated_at), (2, fixture.clock.now()));
        assert_eq!((&it.variables, &it.subject), (&before.notification.variables, &before.notification.subject));
        let purpose =
            kernel::sealed::Purpose { table: "notification_log", owner: "", row: &id.to_string(), field: "secret" };
        let secret = fixture.deps.key_ring.open_text(&purpose, message.secret.as_ref().expect("a secret"));
        assert_eq!(secret.expect("opens").expose_secret(), SECRET);

        fixture.clock.advance(TimeDelta::from_std(LEASE).expect("small") - TimeDelta::microseconds(1));
        assert!(fixture.claim(10).await.is_empty());
        fixture.clock.advance(TimeDelta::microseconds(1));
        let again = fixture.claim(10).await;
        let [second] = again.as_slice() else { panic!("{again:?}") };
        assert_eq!((second.notification.attempts, second.first_attempt_at), (2, message.first_attempt_at));
    })
    .await;
}

#[tokio::test]
async fn never_more_than_asked_for_are_claimed_and_the_longest_waiting_first() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        // A planner that believes that the table is tiny may run a subquery once for each row.
        let mut queued = fixture.queue(many(1)).await;
        fixture.run("ANALYZE notification_log").await;
        for _ in 0..7 {
            fixture.clock.advance(TimeDelta::seconds(1));
            queued.extend(fixture.queue(many(1)).await);
        }
        for expected in queued {
            let claimed = fixture.claim(1).await;
            assert_eq!(claimed.iter().map(|it| it.notification.id).collect::<Vec<_>>(), [expected]);
        }
        assert!(fixture.claim(1).await.is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_message_is_there_and_the_dispatcher_woken_if_and_only_if_its_cause_commits() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        // The permit is given in the very call that commits: it is there by then, or never.
        let woken = async || {
            let waker = fixture.store.waker();
            tokio::time::timeout(Duration::ZERO, waker.notified()).await.is_ok()
        };
        let mut tx = fixture.db.begin().await.expect("begins");
        fixture.notifications.queue_in(&mut tx, many(3)).await.expect("queued");
        tx.rollback().await.expect("rolls back");
        assert!(fixture.claim(10).await.is_empty());
        assert!(!woken().await);

        let mut tx = fixture.db.begin().await.expect("begins");
        assert!(fixture.notifications.queue_in(&mut tx, Vec::new()).await.expect("queued").is_empty());
        fixture.notifications.queue_in(&mut tx, many(3)).await.expect("queued");
        assert!(!woken().await, "before the commit");
        tx.commit().await.expect("commits");
        assert!(woken().await);
        assert_eq!(fixture.claim(10).await.len(), 3);
    })
    .await;
}

fn once(key: &str) -> NewNotification {
    NewNotification { once: Some(key.to_owned()), ..new(Template::Invoice, "jo@example.com") }
}

#[tokio::test]
async fn a_key_queues_one_message_ever() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let plain = || new(Template::Invoice, "jo@example.com");
        // Conflicts within the statement, and between rows without a key.
        let first = fixture.queue(vec![plain(), once("a"), once("b"), once("a"), plain()]).await;
        assert_eq!(first.len(), 4);
        assert_eq!(fixture.count("notification_log").await, 4);
        for id in &first {
            assert!(fixture.store.find(*id).await.expect("reads").is_some(), "only those that are there are answered");
        }
        let second = fixture.queue(vec![once("b"), once("c"), once("a")]).await;
        assert_eq!(second.len(), 1);
        assert_eq!(fixture.row(second[0]).await.once.as_deref(), Some("c"));
        assert!(fixture.queue(vec![once("a")]).await.is_empty());

        let mut tx = fixture.db.begin().await.expect("begins");
        assert_eq!(fixture.notifications.queue_in(&mut tx, vec![once("d")]).await.expect("queued").len(), 1);
        tx.rollback().await.expect("rolls back");
        assert_eq!(fixture.queue(vec![once("d")]).await.len(), 1, "what was undone used no key");

        // Not even after its message was sent.
        for message in fixture.claim(10).await {
            fixture.settle(message.notification.id, 1, sent()).await;
        }
        assert!(fixture.queue(vec![once("a"), once("d")]).await.is_empty());
        assert_eq!(fixture.count("notification_log").await, 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_that_use_a_key_at_once_one_queues_a_message() {
    on_each_database(async |test| {
        let fixture = Arc::new(Fixture::new(test).await);
        let added = race(20, |_| {
            let fixture = Arc::clone(&fixture);
            async move { fixture.queue(vec![once("a"), once("b"), once("c")]).await.len() }
        });
        assert_eq!(added.await.into_iter().sum::<usize>(), 3);
        assert_eq!(fixture.count("notification_log").await, 3);
    })
    .await;
}

#[tokio::test]
async fn more_than_one_statement_holds_are_queued_together() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        assert_eq!(fixture.queue(many(3_500)).await.into_iter().collect::<HashSet<_>>().len(), 3_500);
        assert_eq!(fixture.store.backlog().await.expect("measured").pending, 3_500);
    })
    .await;
}

/// Claims with several tasks of two nodes until nothing is due, and answers what was claimed.
async fn claim_all(fixture: &Fixture, tasks: usize) -> Vec<(NotificationId, u32)> {
    let nodes = [0, 1].map(|_| EmailStore::new(fixture.db.clone(), Arc::clone(&fixture.clock) as _));
    let claimed = race(tasks, |number| {
        let node = nodes[number % 2].clone();
        async move {
            let mut claimed = Vec::new();
            loop {
                let some = node.claim(7, LEASE).await.expect("claimed");
                assert!(some.len() <= 7);
                if some.is_empty() {
                    return claimed;
                }
                claimed.extend(some.iter().map(|it| (it.notification.id, it.notification.attempts)));
                let attempt = |it: &email::repository::Queued| Attempt {
                    id: it.notification.id,
                    number: it.notification.attempts,
                    outcome: sent(),
                };
                // Every other batch is sent; the others wait for the end of their leases.
                if claimed.len() % 2 == 0 {
                    let attempts: Vec<_> = some.iter().map(attempt).collect();
                    node.settle("test", &attempts).await.expect("kept");
                }
            }
        }
    });
    claimed.await.into_iter().flatten().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn dispatchers_that_share_the_log_never_have_the_same_message_at_once() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let ids: HashSet<_> = fixture.queue(many(400)).await.into_iter().collect();
        let first = claim_all(&fixture, 12).await;
        assert_eq!(first.len(), 400, "each once");
        assert_eq!(first.iter().map(|it| it.0).collect::<HashSet<_>>(), ids);
        assert!(first.iter().all(|it| it.1 == 1));

        fixture.clock.advance(TimeDelta::from_std(LEASE).expect("small"));
        let unsent = usize::try_from(fixture.count("notification_log WHERE status = 'PENDING'").await).expect("few");
        assert!(unsent > 0);
        let second = claim_all(&fixture, 12).await;
        assert_eq!(second.iter().map(|it| it.0).collect::<HashSet<_>>().len(), unsent);
        assert_eq!(second.len(), unsent, "each once more");
        assert!(second.iter().all(|it| it.1 == 2));
    })
    .await;
}

#[tokio::test]
async fn a_message_that_cannot_be_read_keeps_no_other_from_being_sent() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let ids = fixture.queue(many(3)).await;
        fixture.run(&format!("UPDATE notification_log SET secret = 'rubbish' WHERE {}", fixture.is(ids[0]))).await;
        fixture.run(&format!("UPDATE notification_log SET template = 'GONE' WHERE {}", fixture.is(ids[1]))).await;
        let claimed = fixture.claim(10).await;
        assert_eq!(claimed.iter().map(|it| it.notification.id).collect::<Vec<_>>(), [ids[2]]);
        let backlog = fixture.store.backlog().await.expect("measured");
        assert_eq!((backlog.failed, backlog.pending), (2, 1));
        let unread = fixture.find(ids[0]).await;
        assert_eq!(unread.error_message.as_deref(), Some("the stored message cannot be read"));
        assert_eq!(unread.provider, None);
    })
    .await;
}
