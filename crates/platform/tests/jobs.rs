//! Marks of scheduled jobs on both databases: a tick is run by one node, and by another when that one fails.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use kernel::{
    Clock, OsEntropy, SystemClock, Transactor,
    idempotency::{BodyHash, IdempotencyKeys, IdempotencyOptions, KeyIdentity},
    outbox::{About, DomainEvent, NewEvent, Outbox},
    sealed::KeyRing,
};
use platform::{
    Database,
    jobs::{Cadence, Job, JobError, Runner, RunnerOptions, Schedule, ScheduleMarks, TickLease},
    store::{Housekeeping, SeaIdempotency, SeaOutbox, SeaScheduleMarks, SeaWorkItems},
};
use serde::{Deserialize, Serialize};
use test_support::{FixedClock, SeededEntropy, eventually, on_each_database};
use tokio_util::sync::CancellationToken;

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
enum TestEvent {
    #[serde(rename = "test.happened.v1")]
    Happened {},
}

impl DomainEvent for TestEvent {
    fn about(&self) -> About {
        About::staff("test", "tests:read")
    }
}

const LEASE: Duration = Duration::from_secs(60);

fn marks(db: &Database, clock: &Arc<FixedClock>) -> SeaScheduleMarks {
    SeaScheduleMarks::new(db.clone(), Arc::<FixedClock>::clone(clock), Arc::new(SeededEntropy::default()))
}

fn tick(clock: &FixedClock) -> DateTime<Utc> {
    Cadence::hourly().latest_tick(clock.now())
}

async fn claim(marks: &SeaScheduleMarks, clock: &FixedClock) -> Option<TickLease> {
    marks.claim("test.job", tick(clock), LEASE).await.expect("claimed")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_twenty_nodes_one_gets_the_tick() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let marks = Arc::new(marks(test.database(), &clock));
        for _ in 0..2 {
            let claims = (0..20).map(|_| {
                let (marks, tick) = (Arc::clone(&marks), tick(&clock));
                tokio::spawn(async move { marks.claim("test.job", tick, LEASE).await.expect("claimed") })
            });
            let won: Vec<_> = join_all(claims).await.into_iter().filter_map(|claim| claim.expect("joined")).collect();
            let [lease] = won.as_slice() else { panic!("{won:?}") };
            assert_eq!(lease.attempt, 1);
            marks.finish(lease, None).await.expect("finished");
            assert_eq!(claim(&marks, &clock).await, None, "the tick is done");
            clock.advance(TimeDelta::hours(3));
        }
    })
    .await;
}

#[tokio::test]
async fn a_run_whose_node_died_is_taken_over_when_its_lease_ends() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let marks = marks(test.database(), &clock);
        let first = claim(&marks, &clock).await.expect("won");
        clock.advance(TimeDelta::seconds(50));
        assert!(marks.hold(&first, clock.now() + LEASE, None).await.expect("held"), "still at work");
        clock.advance(TimeDelta::seconds(59));
        assert_eq!(claim(&marks, &clock).await, None);
        clock.advance(TimeDelta::seconds(1));
        let second = claim(&marks, &clock).await.expect("won");
        assert_eq!(second.attempt, 2);
        assert!(!marks.hold(&first, clock.now() + LEASE, None).await.expect("asked"), "taken over");
        marks.finish(&first, None).await.expect("harmless");
        assert!(marks.hold(&second, clock.now() + LEASE, None).await.expect("held"), "not finished by the first");
    })
    .await;
}

#[tokio::test]
async fn a_failed_run_is_tried_again_in_its_time_and_a_long_one_is_not_run_twice() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let marks = marks(test.database(), &clock);
        let first = claim(&marks, &clock).await.expect("won");
        // The next tick comes while the first still runs.
        let long = clock.now() + TimeDelta::hours(2);
        assert!(marks.hold(&first, long, None).await.expect("held"));
        clock.advance(TimeDelta::hours(1));
        assert_eq!(claim(&marks, &clock).await, None);

        let later = clock.now() + TimeDelta::seconds(30);
        assert!(marks.hold(&first, later, Some("no".into())).await.expect("held"));
        assert_eq!(claim(&marks, &clock).await, None);
        clock.advance(TimeDelta::seconds(30));
        let second = claim(&marks, &clock).await.expect("won");
        assert_eq!(second.attempt, 2);
        marks.finish(&second, Some("no".into())).await.expect("given up");
        assert_eq!(claim(&marks, &clock).await, None);
        clock.advance(TimeDelta::hours(1));
        assert_eq!(claim(&marks, &clock).await.map(|lease| lease.attempt), Some(1));
    })
    .await;
}

/// Counts its runs.
#[derive(Default)]
struct Counter(AtomicU32);

#[async_trait]
impl Job for Counter {
    fn name(&self) -> &'static str {
        "test.counter"
    }

    async fn run(&self, _stop: &CancellationToken) -> Result<(), JobError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(30)).await;
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_runners_run_each_tick_once() {
    on_each_database(async |test| {
        let job = Arc::new(Counter::default());
        let start = || {
            let marks = SeaScheduleMarks::new(test.database().clone(), Arc::new(SystemClock), Arc::new(OsEntropy));
            let cadence = Cadence::every(Duration::from_secs(1));
            let schedule = Schedule { cadence, job: Arc::<Counter>::clone(&job) };
            let options = RunnerOptions { poll: Duration::from_millis(20), ..RunnerOptions::default() };
            Runner::start(vec![schedule], Arc::new(marks), Arc::new(SystemClock), Arc::new(OsEntropy), options)
        };
        let first_tick = Cadence::every(Duration::from_secs(1)).latest_tick(SystemClock.now());
        let runners = [start(), start(), start()];
        let ran_twice = async || (job.0.load(Ordering::SeqCst) >= 2).then_some(());
        eventually("two ticks run", ran_twice).await;
        for runner in runners {
            runner.stop().await;
        }
        let ticks = (SystemClock.now() - first_tick).num_seconds() + 1;
        let runs = i64::from(job.0.load(Ordering::SeqCst));
        assert!(runs >= 2 && runs <= ticks, "{runs} runs in {ticks} ticks");
    })
    .await;
}

#[tokio::test]
async fn housekeeping_deletes_old_events_and_ended_keys() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let entropy = Arc::new(SeededEntropy::default());
        let outbox =
            SeaOutbox::new(db.clone(), Arc::<FixedClock>::clone(&clock), Arc::<SeededEntropy>::clone(&entropy));
        let items = SeaWorkItems::new(db.clone(), Arc::<FixedClock>::clone(&clock));
        let ring = KeyRing::parse("k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", OsEntropy).expect("a ring");
        let options = IdempotencyOptions::default();
        let keys = SeaIdempotency::new(db.clone(), Arc::<FixedClock>::clone(&clock), entropy, ring, options);
        let keys = Arc::new(keys);

        let mut tx = db.begin().await.expect("a transaction");
        let event = NewEvent::new(uuid::Uuid::nil(), TestEvent::Happened {});
        outbox.publish_in(&mut tx, event).await.expect("published");
        tx.commit().await.expect("committed");
        let identity = KeyIdentity::new("admin:1", "POST /x", "k").expect("a key");
        keys.claim(&identity, &BodyHash::of(b"")).await.expect("claimed");

        clock.advance(TimeDelta::days(8));
        let job = Housekeeping::new(outbox.clone(), items, Arc::clone(&keys));
        job.run(&CancellationToken::new()).await.expect("done");
        assert_eq!(outbox.sweep(Duration::ZERO, 10).await.expect("swept"), 0, "nothing was left");
        assert_eq!(keys.sweep(10).await.expect("swept"), 0, "nothing was left");
    })
    .await;
}
