//! How long secrets and messages are kept, on both databases.

mod fixture;

use std::sync::Arc;

use chrono::TimeDelta;
use email::{
    domain::{NotificationStatus as Status, Template},
    repository::{MailQueue, NotificationRepository},
};
use fixture::{Fixture, failed, many, new, sent};
use kernel::{Clock, Transactor};
use platform::Engine;
use test_support::{eventually, on_each_database};

#[tokio::test]
async fn secrets_are_erased_long_after_the_end_and_not_before() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let reset = || new(Template::PasswordReset, "jo@example.com");
        let ids = fixture.queue((0..6).map(|_| reset()).collect()).await;
        fixture.claim(6).await;
        for id in &ids[..5] {
            fixture.settle(*id, 1, failed()).await;
        }
        let ended = fixture.clock.now();
        fixture.clock.advance(TimeDelta::seconds(1));
        fixture.requeue(ids[0]).await;
        let erase = async |before, limit| fixture.store.erase_secrets(before, limit).await.expect("erased");
        assert_eq!(erase(ended, 10).await, 0, "ended at that very moment, not before");
        assert_eq!(erase(fixture.clock.now(), 3).await, 3);
        assert_eq!(erase(fixture.clock.now(), 3).await, 1);
        assert_eq!(erase(fixture.clock.now() + TimeDelta::days(1), 3).await, 0, "the others still wait");
        assert_eq!(fixture.count("notification_log WHERE secret IS NOT NULL").await, 2);
        assert!(fixture.row(ids[0]).await.secret.is_some() && fixture.row(ids[5]).await.secret.is_some());
        assert_eq!(fixture.find(ids[1]).await.status, Status::Failed);
    })
    .await;
}

#[tokio::test]
async fn old_messages_are_deleted_but_never_one_that_waits() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let old = fixture.queue(many(5)).await;
        let made = fixture.clock.now();
        fixture.clock.advance(TimeDelta::seconds(1));
        let young = fixture.queue(many(2)).await;
        fixture.claim(10).await;
        for id in old[1..].iter().chain(&young) {
            fixture.settle(*id, 1, sent()).await;
        }
        let delete = async |before, limit| fixture.store.delete_old(before, limit).await.expect("deleted");
        assert_eq!(delete(made, 10).await, 0);
        assert_eq!(delete(fixture.clock.now(), 3).await, 3);
        assert_eq!(delete(fixture.clock.now(), 3).await, 1);
        assert_eq!(delete(fixture.clock.now(), 3).await, 0);
        assert_eq!(fixture.count("notification_log").await, 3);
        assert_eq!(fixture.find(old[0]).await.status, Status::Pending);
    })
    .await;
}

/// Waits until a statement of this database waits for a lock; SQLite's one writer has nothing that shows it.
async fn somebody_waits(fixture: &Fixture) {
    let waiting = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    if fixture.db.engine() == Engine::Postgres {
        eventually("somebody waits", async || (fixture.count(waiting).await > 0).then_some(())).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_queued_again_at_that_moment_is_neither_erased_nor_deleted() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        for deletes in [false, true] {
            let id = fixture.one(Template::PasswordReset).await;
            fixture.claim(1).await;
            fixture.settle(id, 1, failed()).await;
            fixture.clock.advance(TimeDelta::days(500));
            let mut tx = fixture.db.begin().await.expect("begins");
            fixture.store.requeue_in(&mut tx, id, fixture.clock.now()).await.expect("requeued");
            let (store, before) = (Arc::clone(&fixture.store), fixture.clock.now());
            let sweep = tokio::spawn(async move {
                let swept =
                    if deletes { store.delete_old(before, 9).await } else { store.erase_secrets(before, 9).await };
                swept.expect("swept")
            });
            somebody_waits(&fixture).await;
            tx.commit().await.expect("commits");
            assert_eq!(sweep.await.expect("runs"), 0);
            assert!(fixture.row(id).await.secret.is_some());
            fixture.run("DELETE FROM notification_log").await;
        }
    })
    .await;
}
