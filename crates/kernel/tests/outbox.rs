//! The outbox on both databases: what is published is handled if and only if its transaction committed, once
//! its lease is lost by somebody else, and never twice at the same time.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{
    Clock, Database, DatabaseOptions, Engine, EventId, OsEntropy, SystemClock, TenantId, Transactor,
    outbox::{
        DeadEvents, Event, EventHandler, EventQueue, HandlerError, NewEvent, Outbox, Outcome, Relay, RelayOptions,
        secret_purpose,
    },
    sealed::{KeyRing, Reseal, Resealed, Sealed},
    store::SeaOutbox,
};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use test_support::{FixedClock, SeededEntropy, eventually, on_each_database, run_sql};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const RING: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const LEASE: Duration = Duration::from_secs(30);

fn outbox(db: &Database, clock: &Arc<FixedClock>) -> SeaOutbox {
    SeaOutbox::new(db.clone(), Arc::<FixedClock>::clone(clock), Arc::new(SeededEntropy::default()))
}

async fn publish(db: &Database, outbox: &SeaOutbox, event: NewEvent) -> EventId {
    let mut tx = db.begin().await.expect("a transaction");
    let id = outbox.publish_in(&mut tx, event).await.expect("published");
    tx.commit().await.expect("committed");
    id
}

fn plain(subject: &str) -> NewEvent {
    NewEvent::new("test.happened", subject, json!({ "n": 1 }))
}

async fn secret_in_database(db: &Database) -> Option<String> {
    let query = Statement::from_string(db.reader().get_database_backend(), "SELECT secret FROM outbox");
    let row = db.reader().query_one_raw(query).await.expect("reads").expect("a row");
    row.try_get("", "secret").expect("a column")
}

#[tokio::test]
async fn an_event_comes_back_as_published_and_its_secret_goes_when_it_is_done() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let outbox = outbox(db, &clock);
        let (ring, tenant) = (KeyRing::parse(RING, OsEntropy).expect("a ring"), TenantId(Uuid::from_u128(7)));
        let owner = tenant.to_string();
        let purpose = secret_purpose(&owner, "s1", "test.happened");
        let sealed = ring.seal(&purpose, b"token").expect("sealed");
        let id = publish(db, &outbox, plain("s1").tenant(tenant).secret(sealed)).await;

        let events = outbox.claim(10, LEASE).await.expect("claimed");
        let [event] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!((event.id, event.kind.as_str(), event.subject.as_str()), (id, "test.happened", "s1"));
        assert_eq!((event.tenant_id, &event.payload, event.attempt), (Some(tenant), &json!({ "n": 1 }), 1));
        assert_eq!(event.occurred_at, clock.now());
        let opened = ring.open(&purpose, event.secret.as_ref().expect("a secret")).expect("opens");
        assert_eq!(opened.as_slice(), b"token");

        assert!(secret_in_database(db).await.is_some());
        outbox.settle(&[(id, 1, Outcome::Done)]).await.expect("kept");
        assert_eq!(secret_in_database(db).await, None);
        assert_eq!(outbox.backlog().await.expect("a backlog").pending, 0);
    })
    .await;
}

#[tokio::test]
async fn what_was_rolled_back_never_happened() {
    on_each_database(async |test| {
        let outbox = outbox(test.database(), &Arc::new(FixedClock::default()));
        let mut tx = test.database().begin().await.expect("a transaction");
        outbox.publish_in(&mut tx, plain("s1")).await.expect("published");
        tx.rollback().await.expect("rolled back");
        assert!(outbox.claim(10, LEASE).await.expect("claimed").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_claimed_event_is_away_until_its_lease_ends() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let outbox = outbox(test.database(), &clock);
        let id = publish(test.database(), &outbox, plain("s1")).await;
        assert_eq!(outbox.claim(10, LEASE).await.expect("claimed").len(), 1);
        assert!(outbox.claim(10, LEASE).await.expect("claimed").is_empty());

        // Its node died; another takes over, and what the first says late about a failure changes nothing.
        clock.advance(TimeDelta::seconds(31));
        assert_eq!(outbox.backlog().await.expect("a backlog").lag, Duration::from_secs(1));
        let again = outbox.claim(10, LEASE).await.expect("claimed");
        assert_eq!(again.first().map(|event| event.attempt), Some(2));
        outbox.settle(&[(id, 1, Outcome::Dead { error: "late".into() })]).await.expect("kept");
        assert_eq!(outbox.backlog().await.expect("a backlog").dead, 0);
        outbox.settle(&[(id, 2, Outcome::Done)]).await.expect("kept");
        clock.advance(TimeDelta::days(1));
        assert!(outbox.claim(10, LEASE).await.expect("claimed").is_empty());
    })
    .await;
}

#[tokio::test]
async fn a_failed_event_waits_for_its_time_and_a_dead_one_for_ever() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let outbox = outbox(test.database(), &clock);
        let id = publish(test.database(), &outbox, plain("s1")).await;
        outbox.claim(10, LEASE).await.expect("claimed");
        let at = clock.now() + TimeDelta::seconds(5);
        outbox.settle(&[(id, 1, Outcome::Again { at, error: "no".into() })]).await.expect("kept");
        assert!(outbox.claim(10, LEASE).await.expect("claimed").is_empty());
        clock.advance(TimeDelta::seconds(5));
        assert_eq!(outbox.claim(10, LEASE).await.expect("claimed").len(), 1);
        outbox.settle(&[(id, 2, Outcome::Dead { error: "no".into() })]).await.expect("kept");
        clock.advance(TimeDelta::days(1));
        assert!(outbox.claim(10, LEASE).await.expect("claimed").is_empty());
        let backlog = outbox.backlog().await.expect("a backlog");
        assert_eq!((backlog.pending, backlog.dead, backlog.lag), (0, 1, Duration::ZERO));
    })
    .await;
}

#[tokio::test]
async fn what_was_given_up_on_is_listed_and_comes_again_with_all_its_attempts() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let outbox = outbox(db, &clock);
        let mut ids = Vec::new();
        for subject in ["a", "b", "c"] {
            ids.push(publish(db, &outbox, plain(subject)).await);
            clock.advance(TimeDelta::seconds(1));
        }
        outbox.claim(10, LEASE).await.expect("claimed");
        let dead = |id: &EventId| (*id, 1, Outcome::Dead { error: "no luck".into() });
        outbox.settle(&ids[..2].iter().map(dead).collect::<Vec<_>>()).await.expect("kept");

        let all = outbox.list_dead(None, 10).await.expect("a list");
        assert_eq!(all.iter().map(|event| event.id).collect::<Vec<_>>(), ids[..2]);
        let told = (all[0].kind.as_str(), all[0].attempts, all[0].last_error.as_str(), all[0].dead_at);
        assert_eq!(told, ("test.happened", 1, "no luck", clock.now()));
        assert_eq!(outbox.list_dead(None, 1).await.expect("a page"), all[..1]);
        assert_eq!(outbox.list_dead(Some(ids[0]), 10).await.expect("the rest"), all[1..]);

        // What is handled or still to be handled is left alone.
        let mut tx = db.begin().await.expect("begins");
        assert_eq!(outbox.requeue_in(&mut tx, &[ids[0], ids[2]]).await.expect("requeued"), 1);
        tx.commit().await.expect("commits");
        assert_eq!(outbox.list_dead(None, 10).await.expect("a list"), all[1..]);
        let again = outbox.claim(10, LEASE).await.expect("claimed");
        assert_eq!(again.iter().map(|event| (event.id, event.attempt)).collect::<Vec<_>>(), [(ids[0], 1)]);
    })
    .await;
}

#[tokio::test]
async fn an_event_that_cannot_be_read_keeps_no_other_from_coming() {
    on_each_database(async |test| {
        let db = test.database();
        let outbox = outbox(db, &Arc::new(FixedClock::default()));
        publish(db, &outbox, plain("broken")).await;
        run_sql(db, "UPDATE outbox SET secret = 'rubbish'").await.expect("written");
        publish(db, &outbox, plain("whole")).await;
        let events = outbox.claim(10, LEASE).await.expect("claimed");
        assert_eq!(events.iter().map(|event| event.subject.as_str()).collect::<Vec<_>>(), ["whole"]);
        assert_eq!(outbox.backlog().await.expect("a backlog").dead, 1);
    })
    .await;
}

#[tokio::test]
async fn sweeping_takes_only_what_was_handled_long_ago() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let outbox = outbox(test.database(), &clock);
        for subject in ["a", "b", "c"] {
            let id = publish(test.database(), &outbox, plain(subject)).await;
            outbox.claim(1, LEASE).await.expect("claimed");
            outbox.settle(&[(id, 1, Outcome::Done)]).await.expect("kept");
            clock.advance(TimeDelta::days(4));
        }
        let week = Duration::from_secs(7 * 24 * 60 * 60);
        assert_eq!(outbox.sweep(week, 1).await.expect("swept"), 1, "12 days old, and the limit is one");
        assert_eq!(outbox.sweep(week, 10).await.expect("swept"), 1, "8 days old");
        assert_eq!(outbox.sweep(week, 10).await.expect("swept"), 0, "4 days old");
    })
    .await;
}

/// Counts deliveries by subject; fails the first of those whose subject says so.
#[derive(Default)]
struct Counter(Mutex<HashMap<String, u32>>);

#[async_trait]
impl EventHandler for Counter {
    fn name(&self) -> &'static str {
        "counter"
    }

    fn handles(&self, kind: &str) -> bool {
        kind == "test.happened"
    }

    async fn handle(&self, event: &Event) -> Result<(), HandlerError> {
        let mut counts = self.0.lock().expect("a lock");
        let count = counts.entry(event.subject.clone()).or_default();
        *count += 1;
        if event.subject.starts_with("flaky") && *count == 1 { Err("not now".into()) } else { Ok(()) }
    }
}

fn relay(db: &Database, handler: &Arc<Counter>) -> (SeaOutbox, Relay) {
    let outbox = SeaOutbox::new(db.clone(), Arc::new(SystemClock), Arc::new(OsEntropy));
    let backoff = kernel::Backoff { first: Duration::from_millis(50), most: Duration::from_secs(1) };
    let options = RelayOptions { backoff, ..RelayOptions::default() };
    let handlers: Vec<Arc<dyn EventHandler>> = vec![Arc::<Counter>::clone(handler)];
    let queue = Arc::new(outbox.clone());
    (outbox, Relay::new(queue, handlers, Arc::new(SystemClock), Arc::new(OsEntropy), options))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_share_the_work_and_each_event_is_handled_once() {
    on_each_database(async |test| {
        let db = test.database();
        let other = match test.engine() {
            Engine::Sqlite => db.clone(),
            Engine::Postgres => Database::connect(&DatabaseOptions::new(test.url())).await.expect("connected"),
        };
        let handler = Arc::new(Counter::default());
        let (outbox, first) = relay(db, &handler);
        let (_, second) = relay(&other, &handler);
        let stop = CancellationToken::new();
        let load = async {
            for n in 0..120 {
                let subject = if n % 40 == 0 { format!("flaky {n}") } else { format!("{n}") };
                publish(db, &outbox, plain(&subject)).await;
            }
            let is_done = async || (outbox.backlog().await.expect("a backlog").pending == 0).then_some(());
            eventually("all are handled", is_done).await;
            stop.cancel();
        };
        let all = async { tokio::join!(first.run(stop.clone()), second.run(stop.clone()), load) };
        tokio::time::timeout(Duration::from_secs(30), all).await.expect("in time");
        let counts = handler.0.lock().expect("a lock");
        assert_eq!(counts.len(), 120);
        for (subject, count) in counts.iter() {
            assert_eq!(*count, if subject.starts_with("flaky") { 2 } else { 1 }, "{subject}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_commit_wakes_the_relay_long_before_it_would_look() {
    on_each_database(async |test| {
        let handler = Arc::new(Counter::default());
        let (outbox, _) = relay(test.database(), &handler);
        let options = RelayOptions { poll: Duration::from_secs(3600), ..RelayOptions::default() };
        let handlers: Vec<Arc<dyn EventHandler>> = vec![Arc::<Counter>::clone(&handler)];
        let queue = Arc::new(outbox.clone());
        let relay = Relay::new(queue, handlers, Arc::new(SystemClock), Arc::new(OsEntropy), options);
        let stop = CancellationToken::new();
        let load = async {
            // The first may be found because the relay looks when it starts; the others only because it was woken.
            for number in 1..=3 {
                publish(test.database(), &outbox, plain(&format!("s{number}"))).await;
                let is_done = async || (outbox.backlog().await.expect("a backlog").pending == 0).then_some(());
                eventually("the commit wakes it", is_done).await;
                assert_eq!(handler.0.lock().expect("a lock").len(), number);
            }
            stop.cancel();
        };
        tokio::join!(relay.run(stop.clone()), load);
    })
    .await;
}

#[tokio::test]
async fn rotating_keys_seals_secrets_that_wait_anew() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let outbox = outbox(db, &clock);
        let old = KeyRing::parse(RING, OsEntropy).expect("a ring");
        let both = format!("k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=,{RING}");
        let (both, purpose) =
            (KeyRing::parse(&both, OsEntropy).expect("a ring"), secret_purpose("", "s1", "test.happened"));
        publish(db, &outbox, plain("s1").secret(old.seal(&purpose, b"token").expect("sealed"))).await;
        publish(db, &outbox, plain("no secret")).await;
        assert_eq!(outbox.reseal(&both).await.expect("resealed"), Resealed { done: 1, refused: 0 });
        assert_eq!(outbox.reseal(&both).await.expect("resealed"), Resealed::default());
        assert_eq!(outbox.reseal(&old).await.expect("resealed"), Resealed { done: 0, refused: 1 }, "k2 is not there");
        let mut events = outbox.claim(10, LEASE).await.expect("claimed").into_iter();
        let secret: Sealed = events.find_map(|event| event.secret).expect("a secret");
        assert_eq!((secret.key_id(), both.open(&purpose, &secret).expect("opens").as_slice()), ("k2", &b"token"[..]));
    })
    .await;
}
