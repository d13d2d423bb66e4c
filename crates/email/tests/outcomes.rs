//! What comes of attempts, on both databases.

mod fixture;

use std::time::Duration;

use chrono::TimeDelta;
use email::{
    domain::{NotificationStatus as Status, Template},
    repository::{Attempt, MailQueue, Outcome},
};
use fixture::{Fixture, LEASE, failed, many, sent};
use kernel::Clock;
use test_support::on_each_database;

#[tokio::test]
async fn outcomes_move_a_message_on() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.one(Template::PasswordReset).await;
        let queued = fixture.claim(1).await;
        let at = fixture.clock.now() + TimeDelta::seconds(90);
        fixture.settle(id, 1, Outcome::Again { at, error: "busy".to_owned() }).await;
        let it = fixture.find(id).await;
        assert_eq!((it.status, it.next_attempt_at, it.attempts), (Status::Pending, Some(at), 1));
        assert_eq!((it.error_message.as_deref(), it.provider.as_deref()), (Some("busy"), Some("test")));
        assert_eq!(fixture.row(id).await.secret, queued[0].secret, "it is needed again");
        fixture.clock.set(at - TimeDelta::microseconds(1));
        assert!(fixture.claim(1).await.is_empty());
        fixture.clock.set(at);
        assert_eq!(fixture.claim(1).await.len(), 1);

        fixture.settle(id, 2, failed()).await;
        let it = fixture.find(id).await;
        assert_eq!((it.status, it.next_attempt_at, it.sent_at), (Status::Failed, None, None));
        assert_eq!(it.error_message.as_deref(), Some("no such mailbox"));
        assert!(fixture.row(id).await.secret.is_some(), "staff may have it sent all the same");

        fixture.requeue(id).await;
        fixture.claim(1).await;
        fixture.settle(id, 1, Outcome::Suppressed).await;
        let it = fixture.find(id).await;
        assert_eq!((it.status, it.next_attempt_at, it.provider), (Status::Suppressed, None, None));

        fixture.requeue(id).await;
        fixture.claim(1).await;
        fixture.settle(id, 1, sent()).await;
        let it = fixture.find(id).await;
        assert_eq!((it.status, it.next_attempt_at, it.sent_at), (Status::Sent, None, Some(at)));
        assert_eq!((it.provider.as_deref(), it.provider_message_id.as_deref()), (Some("test"), Some("re_1")));
        assert_eq!((it.error_message, fixture.row(id).await.secret), (None, None));
        assert_eq!(it.version, 11, "queued, then ten changes");
    })
    .await;
}

#[tokio::test]
async fn many_outcomes_are_kept_together_each_with_its_own() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let ids = fixture.queue(many(9)).await;
        fixture.claim(9).await;
        let at = fixture.clock.now() + TimeDelta::seconds(90);
        let outcome = |number: usize| match number {
            0 | 4 | 8 => Outcome::Sent { provider_message_id: Some(format!("re_{number}")) },
            1 => Outcome::Sent { provider_message_id: None },
            2 | 5 => failed(),
            3 => Outcome::Suppressed,
            _ => Outcome::Again { at, error: format!("busy {number}") },
        };
        let attempts: Vec<_> =
            (0..9).map(|number| Attempt { id: ids[number], number: 1, outcome: outcome(number) }).collect();
        // Keeping them again is harmless: a commit may have gone through without an answer.
        for _ in 0..2 {
            fixture.store.settle("test", &attempts).await.expect("kept");
        }
        for (number, id) in ids.iter().enumerate() {
            let it = fixture.find(*id).await;
            let (status, theirs, next) = match outcome(number) {
                Outcome::Sent { provider_message_id } => (Status::Sent, provider_message_id, None),
                Outcome::Failed { .. } => (Status::Failed, None, None),
                Outcome::Suppressed => (Status::Suppressed, None, None),
                Outcome::Again { .. } => (Status::Pending, None, Some(at)),
            };
            assert_eq!((it.status, it.provider_message_id, it.next_attempt_at), (status, theirs, next), "{number}");
            if status != Status::Pending {
                assert_eq!(it.version, 3, "{number}: queued, claimed, ended");
            }
        }
        fixture.store.settle("test", &[]).await.expect("nothing to keep");
    })
    .await;
}

#[tokio::test]
async fn of_two_attempts_the_later_has_the_say_unless_the_first_has_sent_it() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let at = fixture.clock.now();
        for late in [Outcome::Again { at, error: "late".to_owned() }, failed(), Outcome::Suppressed, sent()] {
            let id = fixture.one(Template::PasswordReset).await;
            assert_eq!(fixture.claim(1).await.len(), 1);
            fixture.clock.advance(TimeDelta::from_std(LEASE).expect("small"));
            let second = fixture.claim(1).await;
            assert_eq!(second.first().map(|it| it.notification.attempts), Some(2));
            let before = fixture.row(id).await;

            fixture.settle(id, 1, late.clone()).await;
            if late != sent() {
                assert_eq!(fixture.row(id).await, before, "{late:?}");
                fixture.settle(id, 2, failed()).await;
                assert_eq!(fixture.find(id).await.status, Status::Failed);
                continue;
            }
            let after = fixture.row(id).await;
            assert_eq!((after.notification.status, &after.secret), (Status::Sent, &None));
            // The second attempt under the same key gets the same answer, or another; it was sent.
            for outcome in [sent(), failed(), Outcome::Again { at, error: "again".to_owned() }, Outcome::Suppressed] {
                fixture.settle(id, 2, outcome).await;
                assert_eq!(fixture.row(id).await, after);
            }
            assert!(fixture.claim(10).await.is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn what_is_queued_again_begins_anew() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.one(Template::PasswordReset).await;
        let first = fixture.claim(1).await;
        fixture.settle(id, 1, sent()).await;
        fixture.force(id, Status::Failed).await;
        fixture.clock.advance(TimeDelta::hours(30));
        let after = fixture.requeue(id).await;
        assert_eq!(after, fixture.find(id).await);
        assert_eq!((after.status, after.attempts), (Status::Pending, 0));
        assert_eq!((after.next_attempt_at, after.updated_at), (Some(fixture.clock.now()), fixture.clock.now()));
        assert_eq!((after.provider, after.provider_message_id, after.error_message), (None, None, None));
        assert_eq!((after.sent_at, after.version), (None, 4));
        assert_eq!(after.created_at, first[0].notification.created_at);
        tokio::time::timeout(Duration::from_secs(5), fixture.store.waker().notified()).await.expect("woken");

        let again = fixture.claim(1).await;
        assert_eq!((again[0].notification.attempts, again[0].first_attempt_at), (1, Some(fixture.clock.now())));
    })
    .await;
}

#[tokio::test]
async fn the_backlog_tells_what_waits_and_for_how_long() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let lag = async || {
            let backlog = fixture.store.backlog().await.expect("measured");
            (backlog.pending, backlog.failed, backlog.lag.as_secs())
        };
        assert_eq!(lag().await, (0, 0, 0));
        let ids = fixture.queue(many(3)).await;
        fixture.clock.advance(TimeDelta::seconds(40));
        assert_eq!(lag().await, (3, 0, 40));
        fixture.claim(2).await;
        assert_eq!(lag().await, (3, 0, 40), "two are in hand, and one waits");
        fixture.claim(1).await;
        assert_eq!(lag().await, (3, 0, 0));
        fixture.settle(ids[0], 1, failed()).await;
        fixture.settle(ids[1], 1, sent()).await;
        assert_eq!(lag().await, (1, 1, 0));
    })
    .await;
}
