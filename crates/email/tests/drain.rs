//! Ten thousand messages, two dispatchers, on both databases.

mod fixture;

use std::{
    collections::HashSet,
    num::NonZeroU32,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use email::{
    domain::{NotificationId, Template},
    mailer::{Mailer, MailerError, Message, Receipt},
    repository::{Attempt, Backlog, MailQueue, Queued},
    service::{Dispatcher, DispatcherOptions},
    store::EmailStore,
};
use fixture::{Fixture, many, new, staff};
use kernel::StoreError;
use test_support::on_each_database;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

const MESSAGES: usize = 10_000;
const CONCURRENCY: usize = 64;

/// A dispatcher's queue that counts what its dispatcher has in hand: claimed, and its outcome not kept yet.
struct Counted {
    queue: EmailStore,
    in_hand: AtomicUsize,
    most_in_hand: AtomicUsize,
    settles: AtomicUsize,
    left: Arc<AtomicUsize>,
    done: CancellationToken,
}

#[async_trait]
impl MailQueue for Counted {
    fn waker(&self) -> Arc<Notify> {
        self.queue.waker()
    }

    async fn claim(&self, limit: u64, lease: Duration) -> Result<Vec<Queued>, StoreError> {
        let claimed = self.queue.claim(limit, lease).await?;
        assert!(claimed.len() as u64 <= limit, "{} instead of {limit}", claimed.len());
        let in_hand = self.in_hand.fetch_add(claimed.len(), Ordering::SeqCst) + claimed.len();
        self.most_in_hand.fetch_max(in_hand, Ordering::SeqCst);
        Ok(claimed)
    }

    async fn settle(&self, provider: &str, attempts: &[Attempt]) -> Result<(), StoreError> {
        self.queue.settle(provider, attempts).await?;
        self.in_hand.fetch_sub(attempts.len(), Ordering::SeqCst);
        self.settles.fetch_add(1, Ordering::SeqCst);
        if self.left.fetch_sub(attempts.len(), Ordering::SeqCst) == attempts.len() {
            self.done.cancel();
        }
        Ok(())
    }

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        self.queue.backlog().await
    }

    async fn erase_secrets(&self, ended_before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        self.queue.erase_secrets(ended_before, limit).await
    }

    async fn delete_old(&self, before: DateTime<Utc>, limit: u64) -> Result<u64, StoreError> {
        self.queue.delete_old(before, limit).await
    }
}

/// Takes everything, and counts the calls.
#[derive(Default)]
struct Provider {
    taken: Mutex<Vec<NotificationId>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    number: AtomicU64,
}

#[async_trait]
impl Mailer for Provider {
    fn name(&self) -> &'static str {
        "test"
    }

    async fn send(&self, message: &Message) -> Result<Receipt, MailerError> {
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        // An answer takes a moment, in which others are asked.
        tokio::time::sleep(Duration::from_millis(1)).await;
        self.taken.lock().expect("not poisoned").push(message.id);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        let number = self.number.fetch_add(1, Ordering::SeqCst);
        Ok(Receipt { provider_message_id: Some(format!("re_{number}")) })
    }

    async fn check(&self) -> Result<(), MailerError> {
        Ok(())
    }
}

/// Works the log off with two dispatchers, as two servers would, until `count` messages have ended.
async fn drain(fixture: &Fixture, provider: &Arc<Provider>, count: usize) -> [Arc<Counted>; 2] {
    let (left, done) = (Arc::new(AtomicUsize::new(count)), CancellationToken::new());
    let queues = [0, 1].map(|_| {
        Arc::new(Counted {
            queue: EmailStore::new(fixture.db.clone(), Arc::clone(&fixture.clock) as _),
            in_hand: AtomicUsize::new(0),
            most_in_hand: AtomicUsize::new(0),
            settles: AtomicUsize::new(0),
            left: Arc::clone(&left),
            done: done.clone(),
        })
    });
    let options =
        DispatcherOptions { concurrency: CONCURRENCY, per_second: NonZeroU32::MAX, ..DispatcherOptions::default() };
    let [first, second] = queues.clone().map(|queue| {
        let dispatcher = Dispatcher::new(queue, Arc::clone(provider) as _, &fixture.deps, options);
        let stop = done.clone();
        tokio::spawn(async move { dispatcher.run(stop).await })
    });
    let both = async { (first.await.expect("runs"), second.await.expect("runs")) };
    tokio::time::timeout(Duration::from_secs(120), both).await.expect("in time");
    queues
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn ten_thousand_messages_are_each_handed_over_once_and_few_at_a_time() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let ids: HashSet<_> = fixture.queue(many(MESSAGES)).await.into_iter().collect();
        assert_eq!(ids.len(), MESSAGES);
        let provider = Arc::new(Provider::default());
        let queues = drain(&fixture, &provider, MESSAGES).await;

        let taken = provider.taken.lock().expect("not poisoned").clone();
        assert_eq!(taken.len(), MESSAGES, "none twice");
        assert_eq!(taken.iter().copied().collect::<HashSet<_>>(), ids);
        let most = provider.most_at_once.load(Ordering::SeqCst);
        assert!(most <= 2 * CONCURRENCY, "{most} at once");
        let mut settles = 0;
        for queue in &queues {
            // What a dispatcher holds is what it has claimed: the rest stays in the database.
            let most = queue.most_in_hand.load(Ordering::SeqCst);
            assert!((1..=CONCURRENCY).contains(&most), "{most} in hand");
            assert_eq!(queue.in_hand.load(Ordering::SeqCst), 0);
            settles += queue.settles.load(Ordering::SeqCst);
        }
        assert!(settles < MESSAGES, "outcomes are kept several at a time");
        let sent = "notification_log WHERE status = 'SENT' AND attempts = 1 AND version = 3 AND provider = 'test'";
        assert_eq!(fixture.count(sent).await, i64::try_from(MESSAGES).expect("small"));
        let names = "(SELECT DISTINCT provider_message_id FROM notification_log) AS names";
        assert_eq!(fixture.count(names).await, i64::try_from(MESSAGES).expect("small"), "each with its own");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_a_drained_log_no_secret_is_left_and_the_suppressed_cost_no_call() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let resets = (0..100).map(|n| new(Template::PasswordReset, &format!("p{}@example.com", n % 10)));
        fixture.queue(resets.collect()).await;
        let mut tx = kernel::Transactor::begin(&fixture.db).await.expect("begins");
        let email = fixture::address("p3@example.com");
        fixture.suppressions.add_in(&mut tx, &staff(), email).await.expect("added");
        tx.commit().await.expect("commits");
        let provider = Arc::new(Provider::default());
        drain(&fixture, &provider, 100).await;
        assert_eq!(provider.taken.lock().expect("not poisoned").len(), 90);
        let suppressed = "notification_log WHERE status = 'SUPPRESSED' AND recipient = 'p3@example.com'";
        assert_eq!(fixture.count(suppressed).await, 10);
        assert_eq!(fixture.count("notification_log WHERE status = 'SENT' AND secret IS NULL").await, 90);
        assert_eq!(fixture.count("notification_log WHERE next_attempt_at IS NOT NULL").await, 0);
    })
    .await;
}
