//! Queues on both databases: an item is done if and only if its transaction committed, by one at a time, in a fair order.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{Clock, OsEntropy, SystemClock, TenantId, Transactor};
use platform::{
    Database, DatabaseOptions, Engine,
    queue::{
        Claimed, Handler, Item, ItemFilter, ItemId, NewItem, Outcome, Queue, QueueControl, QueueOptions, Settled,
        Tools, WorkItems,
    },
    store::SeaWorkItems,
};
use serde_json::json;
use test_support::{FixedClock, eventually, on_each_database};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const LEASE: Duration = Duration::from_secs(30);
const QUEUE: &str = "test.things";

/// A node with its queue.
struct Node {
    db: Database,
    clock: Arc<FixedClock>,
    items: SeaWorkItems,
    queue: Queue<String>,
}

impl Node {
    fn new(db: &Database) -> Self {
        let clock = Arc::new(FixedClock::default());
        let items = SeaWorkItems::new(db.clone(), Arc::<FixedClock>::clone(&clock));
        Self { db: db.clone(), clock, queue: Queue::new(QUEUE, Arc::new(items.clone())), items }
    }

    async fn push(&self, item: NewItem<String>) -> bool {
        let mut tx = self.db.begin().await.expect("a transaction");
        let added = self.queue.push_in(&mut tx, item).await.expect("added");
        tx.commit().await.expect("committed");
        added
    }

    async fn claim(&self, limit: u64) -> Vec<Claimed> {
        self.items.claim(QUEUE, limit, LEASE).await.expect("claimed")
    }

    async fn settle(&self, item: &Claimed, outcome: Outcome) {
        let settled = Settled { id: item.id, attempt: item.attempt, outcome };
        self.items.settle(&[settled]).await.expect("kept");
    }

    async fn backlog(&self) -> (u64, u64, Duration) {
        let backlog = self.items.backlog(Some(QUEUE)).await.expect("a backlog");
        (backlog.pending, backlog.dead, backlog.lag)
    }

    async fn dead(&self) -> Vec<(ItemId, String, String)> {
        let filter = ItemFilter { queue: Some(QUEUE.to_owned()), dead: true, ..ItemFilter::default() };
        let listed = self.items.list(&filter, 100).await.expect("a list");
        listed.into_iter().map(|it| (it.id, it.state, it.last_error)).collect()
    }
}

fn plain(payload: &str) -> NewItem<String> {
    NewItem::new(payload.to_owned())
}

fn payloads(items: &[Claimed]) -> Vec<&str> {
    items.iter().map(|it| it.payload.as_str().expect("a text")).collect()
}

#[tokio::test]
async fn an_item_comes_as_it_was_added_if_and_only_if_its_cause_commits() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        let mut tx = node.db.begin().await.expect("a transaction");
        node.queue.push_in(&mut tx, plain("undone")).await.expect("added");
        tx.rollback().await.expect("rolled back");
        assert!(node.claim(10).await.is_empty());

        let (added_at, tenant_id) = (node.clock.now(), Some(TenantId(Uuid::from_u128(7))));
        assert!(node.push(NewItem { tenant_id, ..plain("kept") }).await);
        node.clock.advance(TimeDelta::seconds(2));
        assert_eq!(node.backlog().await, (1, 0, Duration::from_secs(2)));
        let claimed = node.claim(10).await;
        let [it] = claimed.as_slice() else { panic!("{claimed:?}") };
        assert_eq!((&it.payload, it.tenant_id, it.attempt), (&json!("kept"), tenant_id, 1));
        assert_eq!((it.created_at, it.first_attempt_at), (added_at, node.clock.now()));
        node.settle(it, Outcome::Done).await;
        node.clock.advance(TimeDelta::days(1));
        assert!(node.claim(10).await.is_empty());
        assert_eq!(node.backlog().await, (0, 0, Duration::ZERO));
    })
    .await;
}

#[tokio::test]
async fn a_key_adds_one_item_ever() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        let keyed = |key: &str| NewItem { key: Some(key.to_owned()), ..plain(key) };
        assert!(node.push(keyed("a")).await && node.push(keyed("b")).await && !node.push(keyed("a")).await);
        for it in node.claim(10).await {
            node.settle(&it, Outcome::Done).await;
        }
        assert!(!node.push(keyed("a")).await, "not even when it is done");
        assert!(node.push(plain("x")).await && node.push(plain("x")).await, "those without a key are all added");
        let other = Queue::<String>::new("test.others", Arc::new(node.items.clone()));
        let mut tx = node.db.begin().await.expect("a transaction");
        assert!(other.push_in(&mut tx, keyed("a")).await.expect("added"), "another queue has keys of its own");
        tx.commit().await.expect("committed");
        assert_eq!(node.backlog().await.0, 2);
    })
    .await;
}

#[tokio::test]
async fn what_a_dead_node_had_in_hand_comes_back_when_its_lease_ends() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        node.push(plain("a")).await;
        let first = node.claim(10).await.remove(0);
        assert!(node.claim(10).await.is_empty());
        node.clock.advance(TimeDelta::seconds(31));
        let second = node.claim(10).await.remove(0);
        assert_eq!((second.id, second.attempt, second.first_attempt_at), (first.id, 2, first.first_attempt_at));

        // What the first says late changes nothing, unless it is that it was done.
        node.settle(&first, Outcome::failed("late")).await;
        assert_eq!(node.backlog().await, (1, 0, Duration::ZERO));
        node.settle(&first, Outcome::Done).await;
        node.settle(&second, Outcome::failed("twice")).await;
        assert_eq!(node.backlog().await, (0, 0, Duration::ZERO));
    })
    .await;
}

#[tokio::test]
async fn what_failed_waits_for_its_time_and_what_is_given_up_on_for_people() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        node.push(plain("a")).await;
        let it = node.claim(10).await.remove(0);
        let at = Some(node.clock.now() + TimeDelta::seconds(5));
        node.settle(&it, Outcome::Retry { at, why: "busy".into() }).await;
        assert!(node.claim(10).await.is_empty());
        node.clock.advance(TimeDelta::seconds(5));
        let it = node.claim(10).await.remove(0);
        node.settle(&it, Outcome::Unknown { why: "no answer".into() }).await;
        node.push(plain("b")).await;
        let other = node.claim(10).await.remove(0);
        node.settle(&other, Outcome::failed("never")).await;
        node.clock.advance(TimeDelta::days(1));
        assert!(node.claim(10).await.is_empty());
        assert_eq!(node.backlog().await, (0, 2, Duration::ZERO));
        let dead = [(it.id, "UNKNOWN".into(), "no answer".into()), (other.id, "FAILED".into(), "never".into())];
        assert_eq!(node.dead().await, dead);

        let mut tx = node.db.begin().await.expect("a transaction");
        assert_eq!(node.items.requeue_in(&mut tx, &[it.id, ItemId(999)]).await.expect("requeued"), 1);
        tx.commit().await.expect("committed");
        let again = node.claim(10).await;
        assert_eq!(again.iter().map(|it| (it.id, it.attempt)).collect::<Vec<_>>(), [(it.id, 1)]);
        assert_eq!(node.dead().await, dead[1..]);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_of_one_tenant_let_one_of_another_pass() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        let of = |tenant: u128, payload: &str| NewItem {
            tenant_id: Some(TenantId(Uuid::from_u128(tenant))),
            ..plain(payload)
        };
        let mut tx = node.db.begin().await.expect("a transaction");
        for _ in 0..1_000 {
            node.queue.push_in(&mut tx, of(1, "many")).await.expect("added");
        }
        tx.commit().await.expect("committed");
        node.clock.advance(TimeDelta::milliseconds(350));
        node.push(of(2, "one")).await;
        node.push(plain("nobody's")).await;
        // Four of the many came first in line and were due before; nobody else waits for the others.
        let first = node.claim(10).await;
        assert_eq!(payloads(&first)[..5], ["many"; 4].into_iter().chain(["one"]).collect::<Vec<_>>()[..]);
        assert!(payloads(&first).contains(&"nobody's"), "{first:?}");
        assert_eq!(node.claim(1_000).await.len(), 992, "and the many are no later than they can be");
    })
    .await;
}

#[tokio::test]
async fn items_of_a_sequence_are_taken_one_after_the_other() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        let of = |sequence: &str, payload: &str| NewItem { sequence: Some(sequence.to_owned()), ..plain(payload) };
        for item in [of("a", "a1"), of("a", "a2"), of("b", "b1"), of("a", "a3"), plain("free")] {
            node.push(item).await;
        }
        let mut first = node.claim(10).await;
        assert_eq!(payloads(&first), ["a1", "b1", "free"]);
        assert!(node.claim(10).await.is_empty(), "a1 is in hand");
        let a1 = first.remove(0);
        node.settle(&a1, Outcome::Retry { at: Some(node.clock.now() + TimeDelta::hours(1)), why: "busy".into() }).await;
        assert!(node.claim(10).await.is_empty(), "a1 waits");
        node.clock.advance(TimeDelta::hours(1));
        let due = node.claim(10).await;
        assert!(due.iter().all(|it| it.payload != "a2" && it.payload != "a3"), "{due:?}");
        let a1 = due.iter().find(|it| it.payload == "a1").expect("it is due");
        node.settle(a1, Outcome::failed("never")).await;
        let next = node.claim(10).await;
        assert_eq!(payloads(&next), ["a2"], "what was given up on holds nobody up");
        node.settle(&next[0], Outcome::Done).await;
        assert_eq!(payloads(&node.claim(10).await), ["a3"]);
    })
    .await;
}

#[tokio::test]
async fn a_paused_queue_keeps_everything_and_gives_nothing() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        for _ in 0..2 {
            let mut tx = node.db.begin().await.expect("a transaction");
            node.items.pause_in(&mut tx, QUEUE).await.expect("paused");
            tx.commit().await.expect("committed");
        }
        node.push(plain("a")).await;
        assert!(node.claim(10).await.is_empty());
        assert_eq!(node.items.list_paused().await.expect("a list"), [QUEUE]);
        assert_eq!(node.backlog().await.0, 1);
        let mut tx = node.db.begin().await.expect("a transaction");
        node.items.resume_in(&mut tx, QUEUE).await.expect("resumed");
        tx.commit().await.expect("committed");
        assert_eq!(node.claim(10).await.len(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn workers_that_share_a_queue_never_have_the_same_item_at_once() {
    on_each_database(async |test| {
        let node = Arc::new(Node::new(test.database()));
        let mut tx = node.db.begin().await.expect("a transaction");
        for number in 0..300 {
            node.queue.push_in(&mut tx, plain(&number.to_string())).await.expect("added");
        }
        tx.commit().await.expect("committed");
        let claims = (0..8).map(|_| {
            let node = Arc::clone(&node);
            tokio::spawn(async move {
                let mut claimed = Vec::new();
                loop {
                    let some = node.claim(7).await;
                    assert!(some.len() <= 7);
                    if some.is_empty() {
                        return claimed;
                    }
                    claimed.extend(some.iter().map(|it| it.id));
                }
            })
        });
        let mut all = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            all.extend(claim.await.expect("runs"));
        }
        assert_eq!((all.len(), all.iter().collect::<HashSet<_>>().len()), (300, 300));
    })
    .await;
}

#[tokio::test]
async fn sweeping_takes_only_what_was_done_long_ago() {
    on_each_database(async |test| {
        let node = Node::new(test.database());
        for outcome in [Outcome::Done, Outcome::Done, Outcome::failed("never"), Outcome::Done] {
            node.push(plain("a")).await;
            let it = node.claim(1).await.remove(0);
            node.settle(&it, outcome).await;
            node.clock.advance(TimeDelta::days(4));
        }
        let week = Duration::from_secs(7 * 24 * 60 * 60);
        assert_eq!(node.items.sweep(week, 1).await.expect("swept"), 1, "16 days old, and the limit is one");
        assert_eq!(node.items.sweep(week, 10).await.expect("swept"), 1, "12 days old");
        assert_eq!(node.items.sweep(week, 10).await.expect("swept"), 0, "given up on, and 4 days old");
        assert_eq!(node.backlog().await.1, 1);
    })
    .await;
}

/// Counts what it does; fails the first try of what says so.
#[derive(Default)]
struct Counter(Mutex<HashMap<String, u32>>);

#[async_trait]
impl Handler<String> for Counter {
    async fn handle(&self, item: &Item<String>) -> Outcome {
        let mut counts = self.0.lock().expect("a lock");
        let count = counts.entry(item.payload.clone()).or_default();
        *count += 1;
        if item.payload.starts_with("flaky") && *count == 1 { Outcome::retry("not now") } else { Outcome::Done }
    }
}

/// A queue by the machine's clock.
fn real(db: &Database) -> (Arc<SeaWorkItems>, Queue<String>, Tools) {
    let tools = Tools { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) };
    let items = Arc::new(SeaWorkItems::new(db.clone(), Arc::clone(&tools.clock)));
    let queue = Queue::new(QUEUE, Arc::clone(&items) as _);
    (items, queue, tools)
}

async fn done(items: &SeaWorkItems) {
    let is_done = async || (items.backlog(Some(QUEUE)).await.expect("a backlog").pending == 0).then_some(());
    eventually("all are done", is_done).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_the_work_and_each_item_is_done_once() {
    on_each_database(async |test| {
        let db = test.database();
        let other = match test.engine() {
            Engine::Sqlite => db.clone(),
            Engine::Postgres => Database::connect(&DatabaseOptions::new(test.url())).await.expect("connected"),
        };
        let handler = Arc::new(Counter::default());
        let ((items, first, tools), (_, second, _)) = (real(db), real(&other));
        let backoff = kernel::Backoff { first: Duration::from_millis(50), most: Duration::from_secs(1) };
        let options = QueueOptions { backoff, ..QueueOptions::default() };
        let stop = CancellationToken::new();
        let load = async {
            for n in 0..120 {
                let mut tx = db.begin().await.expect("a transaction");
                let payload = if n % 40 == 0 { format!("flaky {n}") } else { format!("{n}") };
                first.push_in(&mut tx, plain(&payload)).await.expect("added");
                tx.commit().await.expect("committed");
            }
            done(&items).await;
            stop.cancel();
        };
        let run = |queue: &Queue<String>| {
            let queue = Queue::<String>::clone(queue);
            let (handler, options, tools, stop) = (Arc::clone(&handler), options.clone(), tools.clone(), stop.clone());
            async move { queue.run(handler, options, tools, stop).await }
        };
        let all = async { tokio::join!(run(&first), run(&second), load) };
        tokio::time::timeout(Duration::from_secs(30), all).await.expect("in time");
        let counts = handler.0.lock().expect("a lock");
        assert_eq!(counts.len(), 120);
        for (payload, count) in counts.iter() {
            assert_eq!(*count, if payload.starts_with("flaky") { 2 } else { 1 }, "{payload}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_wakes_the_workers_long_before_they_would_look() {
    on_each_database(async |test| {
        let handler = Arc::new(Counter::default());
        let (items, queue, tools) = real(test.database());
        let options = QueueOptions { poll: Duration::from_secs(3600), ..QueueOptions::default() };
        let stop = CancellationToken::new();
        let load = async {
            // The first may be found because the workers look when they start; the others only because they were woken.
            for number in 1..=3 {
                let mut tx = test.database().begin().await.expect("a transaction");
                queue.push_in(&mut tx, plain(&number.to_string())).await.expect("added");
                tx.commit().await.expect("committed");
                done(&items).await;
                assert_eq!(handler.0.lock().expect("a lock").len(), number);
            }
            stop.cancel();
        };
        tokio::join!(queue.run(Arc::<Counter>::clone(&handler), options, tools, stop.clone()), load);
    })
    .await;
}
