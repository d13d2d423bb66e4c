//! Events on both databases: written once, delivered to each consumer by itself.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use kernel::{
    Clock, EventId, OsEntropy, SystemClock, TenantId, Transactor,
    outbox::{About, DomainEvent, NewEvent, Outbox},
};
use platform::{
    Database,
    events::{Consumer, Event, EventLog, Subscription, deliver},
    queue::{ItemFilter, Outcome, QueueControl, QueueOptions, Settled, Tools, WorkItems},
    store::{SeaOutbox, SeaWorkItems},
};
use serde::{Deserialize, Serialize};
use serde_json::json;
use test_support::{FixedClock, SeededEntropy, eventually, on_each_database, run_sql};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const WELL: Subscription = Subscription { consumer: "test.well", kinds: &["test.happened.v1"], in_order: false };
const ORDERLY: Subscription =
    Subscription { consumer: "test.orderly", kinds: &["test.happened.v1", "test.other.v1"], in_order: true };

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
enum TestEvent {
    #[serde(rename = "test.happened.v1")]
    Happened { n: u8 },
    #[serde(rename = "test.other.v1")]
    Other {},
    #[serde(rename = "test.unheard.v1")]
    Unheard {},
}

impl DomainEvent for TestEvent {
    fn about(&self) -> About {
        About::staff("test", "tests:read")
    }
}

const HAPPENED: TestEvent = TestEvent::Happened { n: 1 };
const FIRST: Uuid = Uuid::from_u128(1);
const SECOND: Uuid = Uuid::from_u128(2);

fn outbox(db: &Database, clock: Arc<dyn Clock>) -> (SeaOutbox, Arc<SeaWorkItems>) {
    let items = SeaWorkItems::new(db.clone(), Arc::clone(&clock));
    let outbox = SeaOutbox::new(db.clone(), clock, Arc::new(SeededEntropy::default()));
    (outbox.delivering(items.clone(), vec![WELL, ORDERLY]), Arc::new(items))
}

async fn publish(db: &Database, outbox: &SeaOutbox, fact: TestEvent, subject: Uuid) -> EventId {
    let mut tx = db.begin().await.expect("a transaction");
    let event = NewEvent::new(subject, fact).tenant(TenantId(Uuid::from_u128(7)));
    let id = outbox.publish_in(&mut tx, event).await.expect("published");
    tx.commit().await.expect("committed");
    id
}

#[tokio::test]
async fn each_consumer_has_its_own_deliveries_of_what_it_wants() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let (outbox, items) = outbox(test.database(), Arc::<FixedClock>::clone(&clock));
        let first = publish(test.database(), &outbox, HAPPENED, FIRST).await;
        let second = publish(test.database(), &outbox, TestEvent::Other {}, FIRST).await;
        publish(test.database(), &outbox, TestEvent::Unheard {}, FIRST).await;
        let claimed = async |queue: &str| {
            let claimed = items.claim(queue, 10, Duration::from_secs(30)).await.expect("claimed");
            claimed.into_iter().map(|it| (it.id, it.event_id.expect("an event"))).collect::<Vec<_>>()
        };
        let well = claimed("test.well").await;
        assert_eq!(well.iter().map(|it| it.1).collect::<Vec<_>>(), [first]);
        let orderly = claimed("test.orderly").await;
        assert_eq!(orderly.iter().map(|it| it.1).collect::<Vec<_>>(), [first], "one at a time of a subject");

        // One consumer gives up; the other is not asked again.
        let settled = |id, outcome| Settled { id, attempt: 1, outcome };
        items
            .settle(&[settled(well[0].0, Outcome::failed("no")), settled(orderly[0].0, Outcome::Done)])
            .await
            .expect("kept");
        assert_eq!(claimed("test.orderly").await.iter().map(|it| it.1).collect::<Vec<_>>(), [second]);
        assert!(claimed("test.well").await.is_empty());
        let of_first = ItemFilter { event_id: Some(first), ..ItemFilter::default() };
        let deliveries = items.list(&of_first, 10).await.expect("a list");
        let states: Vec<_> = deliveries.iter().map(|it| (it.queue.as_str(), it.state.as_str())).collect();
        assert_eq!(states, [("test.well", "FAILED"), ("test.orderly", "DONE")]);

        let found = outbox.find_events(&[first]).await.expect("found");
        let [event] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(
            (event.kind.as_str(), event.subject.as_str(), &event.payload),
            ("test.happened.v1", FIRST.to_string().as_str(), &json!({ "n": 1 }))
        );
        assert_eq!(event.read::<TestEvent>().expect("as it was published"), HAPPENED);
        assert_eq!((event.tenant_id, event.occurred_at), (Some(TenantId(Uuid::from_u128(7))), clock.now()));
    })
    .await;
}

#[tokio::test]
async fn events_stay_as_long_as_somebody_may_still_need_them() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let (outbox, items) = outbox(db, Arc::<FixedClock>::clone(&clock));
        let waited_for = publish(db, &outbox, TestEvent::Other {}, FIRST).await;
        let unheard = publish(db, &outbox, TestEvent::Unheard {}, SECOND).await;
        let week = Duration::from_secs(7 * 24 * 60 * 60);
        assert_eq!(outbox.sweep(week, 10).await.expect("swept"), 0);
        clock.advance(TimeDelta::days(8));
        assert_eq!(outbox.sweep(week, 10).await.expect("swept"), 1);
        let left = outbox.find_events(&[waited_for, unheard]).await.expect("found");
        assert_eq!(left.iter().map(|event| event.id).collect::<Vec<_>>(), [waited_for]);
        let it = items.claim("test.orderly", 1, week).await.expect("claimed").remove(0);
        items.settle(&[Settled { id: it.id, attempt: 1, outcome: Outcome::Done }]).await.expect("kept");
        assert_eq!(outbox.sweep(week, 10).await.expect("swept"), 1);
    })
    .await;
}

/// Remembers the subjects that it was told of.
#[derive(Default)]
struct Listener(Mutex<Vec<String>>);

#[async_trait]
impl Consumer for Listener {
    fn subscription(&self) -> Subscription {
        WELL
    }

    async fn consume(&self, event: &Event) -> Outcome {
        self.0.lock().expect("a lock").push(event.subject.clone());
        Outcome::Done
    }
}

#[tokio::test]
async fn a_consumer_is_told_but_not_of_what_was_erased() {
    on_each_database(async |test| {
        let db = test.database();
        let (outbox, items) = outbox(db, Arc::new(SystemClock));
        publish(db, &outbox, HAPPENED, FIRST).await;
        run_sql(db, "DELETE FROM outbox").await.expect("erased");
        publish(db, &outbox, HAPPENED, SECOND).await;
        let (listener, stop) = (Arc::new(Listener::default()), CancellationToken::new());
        let tools = Tools { clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) };
        let running = deliver(
            Arc::<Listener>::clone(&listener),
            Arc::<SeaWorkItems>::clone(&items),
            Arc::new(outbox.clone()),
            QueueOptions::default(),
            tools,
            stop.clone(),
        );
        let watch = async {
            let all = async || (items.backlog(Some("test.well")).await.expect("a backlog").pending == 0).then_some(());
            eventually("all is delivered", all).await;
            stop.cancel();
        };
        tokio::join!(running, watch);
        assert_eq!(*listener.0.lock().expect("a lock"), [SECOND.to_string()]);
    })
    .await;
}
