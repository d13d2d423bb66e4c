use std::{
    collections::VecDeque,
    num::NonZeroU32,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{DateTime, Utc};
use kernel::{OsEntropy, SystemClock, Tx};
use serde_json::{Value, json};
use test_support::eventually;

use super::*;
use crate::queue::{Backlog, Handler, Item, ItemId, NewItem, Pace, Queue};

/// Items in memory, each handed out once, and what came of them.
#[derive(Default)]
struct Memory {
    waker: Arc<Notify>,
    due: Mutex<VecDeque<Claimed>>,
    settled: Mutex<Vec<Settled>>,
    broken_settles: AtomicUsize,
}

#[async_trait]
impl WorkItems for Memory {
    fn waker(&self, _queue: &str) -> Arc<Notify> {
        Arc::clone(&self.waker)
    }

    async fn push_in(&self, _tx: &mut Tx, _queue: &str, _item: NewItem<Value>) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn claim(&self, _queue: &str, limit: u64, _lease: Duration) -> Result<Vec<Claimed>, StoreError> {
        let mut due = self.due.lock().expect("a lock");
        let take = due.len().min(usize::try_from(limit).expect("small"));
        Ok(due.drain(..take).collect())
    }

    async fn settle(&self, outcomes: &[Settled]) -> Result<(), StoreError> {
        if self.broken_settles.load(Ordering::SeqCst) > 0 {
            self.broken_settles.fetch_sub(1, Ordering::SeqCst);
            return Err(StoreError::Unavailable(sea_orm::DbErr::Custom("gone".into())));
        }
        self.settled.lock().expect("a lock").extend_from_slice(outcomes);
        Ok(())
    }

    async fn backlog(&self, _queue: Option<&str>) -> Result<Backlog, StoreError> {
        Ok(Backlog::default())
    }
}

/// Does what the payload says.
#[derive(Default)]
struct Scripted {
    calls: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

#[async_trait]
impl Handler<String> for Scripted {
    async fn handle(&self, item: &Item<String>) -> Outcome {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        if item.payload == "hang" {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        match item.payload.as_str() {
            "later" => Outcome::Retry { at: Some(DateTime::UNIX_EPOCH), why: "busy".into() },
            "retry" => Outcome::retry("no\nluck"),
            "fail" => Outcome::failed("never"),
            "unknown" => Outcome::Unknown { why: "no answer".into() },
            "panic" => panic!("oh"),
            _ => Outcome::Done,
        }
    }
}

fn item(payload: Value, attempt: u32) -> Claimed {
    let now: DateTime<Utc> = SystemClock.now();
    Item {
        id: ItemId(i64::from(attempt)),
        payload,
        tenant_id: None,
        event_id: None,
        attempt,
        first_attempt_at: now,
        created_at: now,
    }
}

fn options() -> QueueOptions {
    QueueOptions { timeout: Duration::from_millis(200), max_attempts: 3, concurrency: 4, ..QueueOptions::default() }
}

fn tools() -> Tools {
    Tools { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) }
}

/// Works on the items until each has an outcome that is kept.
async fn work(items: Vec<Claimed>, options: QueueOptions, broken_settles: usize) -> (Arc<Scripted>, Vec<Settled>) {
    let wanted = items.len();
    let memory = Arc::new(Memory { due: Mutex::new(items.into()), ..Memory::default() });
    memory.broken_settles.store(broken_settles, Ordering::SeqCst);
    let handler = Arc::new(Scripted::default());
    let queue = Queue::<String>::new("test", Arc::<Memory>::clone(&memory));
    let stop = CancellationToken::new();
    let running = queue.run(Arc::<Scripted>::clone(&handler), options, tools(), stop.clone());
    let watch = async {
        let all = async || (memory.settled.lock().expect("a lock").len() >= wanted).then_some(());
        eventually("all outcomes are kept", all).await;
        stop.cancel();
    };
    tokio::join!(running, watch);
    let settled = memory.settled.lock().expect("a lock").clone();
    (handler, settled)
}

async fn outcome_of(payload: &str, attempt: u32) -> Outcome {
    let (_, settled) = work(vec![item(json!(payload), attempt)], options(), 0).await;
    let [it] = settled.as_slice() else { panic!("{settled:?}") };
    assert_eq!((it.id, it.attempt), (ItemId(i64::from(attempt)), attempt));
    it.outcome.clone()
}

#[tokio::test]
async fn outcomes_are_what_the_handler_says() {
    assert_eq!(outcome_of("ok", 1).await, Outcome::Done);
    assert_eq!(outcome_of("fail", 1).await, Outcome::failed("never"));
    assert_eq!(outcome_of("unknown", 3).await, Outcome::Unknown { why: "no answer".into() });
    let at = Some(DateTime::UNIX_EPOCH);
    assert_eq!(outcome_of("later", 1).await, Outcome::Retry { at, why: "busy".into() });
    let (handler, settled) = work(vec![item(json!({ "no": "text" }), 1)], options(), 0).await;
    assert!(matches!(&settled[0].outcome, Outcome::Failed { why } if why.starts_with("the payload cannot be read")));
    assert_eq!(handler.calls.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn failures_panics_and_hanging_handlers_come_again_and_at_last_are_given_up_on() {
    for (payload, reason) in
        [("retry", "noluck"), ("panic", "the handler panicked"), ("hang", "the handler took too long")]
    {
        let Outcome::Retry { at: Some(at), why } = outcome_of(payload, 2).await else { panic!("{payload}") };
        assert_eq!(why, reason);
        let wait = at - SystemClock.now();
        assert!(wait.num_milliseconds() > 800 && wait.num_milliseconds() <= 2000, "{wait}");
        assert_eq!(outcome_of(payload, 3).await, Outcome::failed(reason));
    }
}

#[tokio::test]
async fn no_more_are_in_hand_than_allowed_and_all_are_done() {
    let (handler, settled) = work((1..=30).map(|n| item(json!("ok"), n)).collect(), options(), 0).await;
    assert_eq!(handler.most_at_once.load(Ordering::SeqCst), 4);
    assert_eq!(settled.len(), 30);
}

#[tokio::test]
async fn no_more_are_begun_in_a_second_than_allowed() {
    let pace = Pace::new(NonZeroU32::new(20).expect("not zero"));
    let options = QueueOptions { pace: Some(Arc::new(pace)), concurrency: 32, ..options() };
    let started = tokio::time::Instant::now();
    let (_, settled) = work((1..=7).map(|n| item(json!("ok"), n)).collect(), options, 0).await;
    assert!(settled.len() == 7 && started.elapsed() >= Duration::from_millis(300), "{:?}", started.elapsed());
}

#[test]
fn no_more_are_taken_than_have_their_turn_within_the_lease() {
    let paced = |per_second: u32| {
        let pace = Arc::new(Pace::new(NonZeroU32::new(per_second).expect("not zero")));
        QueueOptions { pace: Some(pace), concurrency: 32, timeout: Duration::from_secs(20), ..QueueOptions::default() }
    };
    assert_eq!([1, 2, 100].map(|per_second| paced(per_second).in_hand()), [10, 20, 32]);
    let none = QueueOptions { lease: Duration::ZERO, ..paced(1) };
    assert_eq!(none.in_hand(), 1);
}

#[tokio::test]
async fn outcomes_survive_a_database_that_is_away_for_a_while() {
    let (handler, settled) = work((1..=3).map(|n| item(json!("ok"), n)).collect(), options(), 2).await;
    assert_eq!((handler.calls.load(Ordering::SeqCst), settled.len()), (3, 3));
}

#[tokio::test]
async fn a_stopped_worker_finishes_what_is_in_hand() {
    let memory = Arc::new(Memory { due: Mutex::new(vec![item(json!("ok"), 1)].into()), ..Memory::default() });
    let handler = Arc::new(Scripted::default());
    let queue = Queue::<String>::new("test", Arc::<Memory>::clone(&memory));
    let stop = CancellationToken::new();
    let late = async {
        let in_hand = async || (handler.at_once.load(Ordering::SeqCst) == 1).then_some(());
        eventually("it is in hand", in_hand).await;
        stop.cancel();
    };
    tokio::join!(queue.run(Arc::<Scripted>::clone(&handler), options(), tools(), stop.clone()), late);
    assert_eq!(memory.settled.lock().expect("a lock").len(), 1);
}
