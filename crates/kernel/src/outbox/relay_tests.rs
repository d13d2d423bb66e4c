use std::{
    collections::VecDeque,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use async_trait::async_trait;
use serde_json::json;
use test_support::eventually;
use tokio::sync::Notify;
use uuid::Uuid;

use super::*;
use crate::{OsEntropy, SystemClock};

/// A queue in memory that hands each event out once and notes the outcomes.
#[derive(Default)]
struct Queue {
    waker: Arc<Notify>,
    due: Mutex<VecDeque<Event>>,
    settled: Mutex<Vec<Settled>>,
    broken_settles: AtomicUsize,
}

#[async_trait]
impl EventQueue for Queue {
    fn waker(&self) -> Arc<Notify> {
        Arc::clone(&self.waker)
    }

    async fn claim(&self, limit: u64, _lease: Duration) -> Result<Vec<Event>, StoreError> {
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

    async fn backlog(&self) -> Result<Backlog, StoreError> {
        Ok(Backlog::default())
    }
}

/// Acts on `test.<what it does>`.
#[derive(Default)]
struct Scripted {
    calls: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

#[async_trait]
impl EventHandler for Scripted {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn handles(&self, kind: &str) -> bool {
        kind.starts_with("test.")
    }

    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        if event.kind == "test.hang" {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        match event.kind.as_str() {
            "test.fail" => Err("no\nluck".into()),
            "test.panic" => panic!("oh"),
            _ => Ok(()),
        }
    }
}

fn event(kind: &str, attempt: u32) -> Event {
    Event {
        id: EventId(Uuid::from_u128(u128::from(attempt))),
        kind: kind.to_owned(),
        subject: String::new(),
        tenant_id: None,
        payload: json!({}),
        secret: None,
        occurred_at: SystemClock.now(),
        attempt,
    }
}

fn options() -> RelayOptions {
    RelayOptions { handler_timeout: Duration::from_millis(200), max_attempts: 3, concurrency: 4, ..Default::default() }
}

/// Runs a relay over the events until `turns` outcomes are kept.
async fn relay(events: Vec<Event>, broken_settles: usize) -> (Arc<Scripted>, Vec<Settled>) {
    let wanted = events.len();
    let queue = Arc::new(Queue { due: Mutex::new(events.into()), ..Queue::default() });
    queue.broken_settles.store(broken_settles, Ordering::SeqCst);
    let handler = Arc::new(Scripted::default());
    let handlers: Vec<Arc<dyn EventHandler>> = vec![Arc::<Scripted>::clone(&handler)];
    let (clock, entropy) = (Arc::new(SystemClock), Arc::new(OsEntropy));
    let relay = Relay::new(Arc::<Queue>::clone(&queue), handlers, clock, entropy, options());
    let stop = CancellationToken::new();
    let (running, stopper) = (relay.run(stop.clone()), stop.clone());
    let watch = async {
        let all = async || (queue.settled.lock().expect("a lock").len() >= wanted).then_some(());
        eventually("all outcomes are kept", all).await;
        stopper.cancel();
    };
    tokio::join!(running, watch);
    let settled = queue.settled.lock().expect("a lock").clone();
    (handler, settled)
}

#[tokio::test]
async fn a_handled_event_is_done_and_one_that_nobody_wants_too() {
    let (handler, settled) = relay(vec![event("test.ok", 1), event("other.kind", 2)], 0).await;
    assert_eq!(handler.calls.load(Ordering::SeqCst), 1);
    assert!(settled.iter().all(|it| it.2 == Outcome::Done), "{settled:?}");
}

#[tokio::test]
async fn failures_panics_and_hanging_handlers_come_again_and_at_last_are_dead() {
    for (kind, reason) in [
        ("test.fail", "scripted: noluck"),
        ("test.panic", "scripted: the handler panicked"),
        ("test.hang", "scripted: the handler took too long"),
    ] {
        let (_, settled) = relay(vec![event(kind, 2)], 0).await;
        let Some((_, 2, Outcome::Again { at, error })) = settled.first() else { panic!("{settled:?}") };
        assert_eq!(error, reason);
        let wait = *at - SystemClock.now();
        assert!(wait.num_milliseconds() > 800 && wait.num_milliseconds() <= 2000, "{wait}");
        let (_, settled) = relay(vec![event(kind, 3)], 0).await;
        assert_eq!(settled.first().map(|it| &it.2), Some(&Outcome::Dead { error: reason.to_owned() }));
    }
}

#[tokio::test]
async fn no_more_are_in_hand_than_allowed_and_all_are_handled() {
    let (handler, settled) = relay((1..=30).map(|n| event("test.ok", n)).collect(), 0).await;
    assert_eq!(handler.most_at_once.load(Ordering::SeqCst), 4);
    assert_eq!(settled.len(), 30);
}

#[tokio::test]
async fn outcomes_survive_a_database_that_is_away_for_a_while() {
    let (handler, settled) = relay((1..=3).map(|n| event("test.ok", n)).collect(), 2).await;
    assert_eq!((handler.calls.load(Ordering::SeqCst), settled.len()), (3, 3));
}

#[tokio::test]
async fn a_stopped_relay_finishes_what_is_in_hand() {
    let queue = Arc::new(Queue { due: Mutex::new(vec![event("test.ok", 1)].into()), ..Queue::default() });
    let handler = Arc::new(Scripted::default());
    let handlers: Vec<Arc<dyn EventHandler>> = vec![Arc::<Scripted>::clone(&handler)];
    let relay =
        Relay::new(Arc::<Queue>::clone(&queue), handlers, Arc::new(SystemClock), Arc::new(OsEntropy), options());
    let stop = CancellationToken::new();
    let late = async {
        let in_hand = async || (handler.at_once.load(Ordering::SeqCst) == 1).then_some(());
        eventually("it is in hand", in_hand).await;
        stop.cancel();
    };
    tokio::join!(relay.run(stop.clone()), late);
    assert_eq!(queue.settled.lock().expect("a lock").len(), 1);
}
