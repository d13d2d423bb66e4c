//! Orders over real databases and a real queue; the supplier is a stand-in that takes an order once for one number.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
    time::Duration,
};

use capricorn::{
    domain::{
        Account, AccountSource, ItemInput, NewItemInput, NewOrder, NewOrderInput, Order, OrderFilter, OrderId,
        OrderSort, OrderStatus, OrderTiming, Quote, QuoteLine, SupplierLine, SupplierOrder, SupplierStatus,
    },
    repository::{
        KeptNews, MockAccounts, MockPartsSupplier, MockWorkshops, OrderRepository as _, SupplierError, SupplierFailure,
    },
    service::orders::{Dependencies, OrderQueues, OrderWorker, WorkshopOrders},
    store::OrderStore,
};
use chrono::{DateTime, Utc};
use kernel::{
    Currency, Money, OsEntropy, RequestContext, Subject, SystemClock, TenantId, TenantRole, TenantStatus, TenantUserId,
    Transactor as _,
    page::{Direction, PageRequest, Sort, Start},
};
use platform::{
    Database,
    queue::Tools,
    store::{SeaOutbox, SeaWorkItems},
};
use secrecy::SecretString;
use serde_json::json;
use test_support::{TrailTable, count_rows, eventually, on_each_database};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

const SHOP: TenantId = TenantId(Uuid::from_u128(1));
const OTHER_SHOP: TenantId = TenantId(Uuid::from_u128(2));

fn aud(cents: i64) -> Money {
    Money::new(cents, Currency::AUD)
}

fn sam() -> RequestContext {
    let person = Subject::TenantUser { tenant_id: SHOP, id: TenantUserId(Uuid::from_u128(3)), role: TenantRole::User };
    RequestContext { caller: kernel::Caller::new(person), ..RequestContext::system("test", "r1") }
}

fn new_order() -> NewOrder {
    let item = |part: &str, quantity| NewItemInput {
        item: ItemInput { product_id: part.to_owned(), quantity },
        unit_price_cents: Some(500),
    };
    NewOrder::parse(NewOrderInput {
        items: vec![item("P-1", 2), item("P-2", 1)],
        delivery_type: "EXPRESS".to_owned(),
        notes: Some("Ring twice".to_owned()),
        purchase_order_number: Some("PO 7".to_owned()),
        vehicle: Some(capricorn::domain::VehicleInput {
            make: "Toyota".to_owned(),
            model: "HiLux".to_owned(),
            year: 2020,
            ..Default::default()
        }),
    })
    .expect("a right order")
}

/// What the supplier has, and how the next submissions fare: whether the request arrives, and whether the answer does.
#[derive(Default)]
struct Upstream {
    orders: Mutex<HashMap<String, SupplierOrder>>,
    fates: Mutex<Vec<(bool, bool)>>,
}

fn supplier(upstream: &Arc<Upstream>) -> MockPartsSupplier {
    let mut supplier = MockPartsSupplier::new();
    supplier.expect_quote().returning(|_, items| {
        let line = |item: &capricorn::domain::WantedItem| QuoteLine {
            part: item.part.clone(),
            sku: format!("SKU-{}", item.part),
            name: "A part".to_owned(),
            quantity: item.quantity,
            unit_price: aud(500),
            line_total: aud(500 * i64::from(item.quantity)),
        };
        let (subtotal, gst, total) = (aud(1_500), aud(150), aud(1_650));
        let lines = items.iter().map(line).collect();
        Ok(Quote { quote_id: "Q".to_owned(), lines, subtotal, gst, total, valid_until: DateTime::<Utc>::MAX_UTC })
    });
    let it = Arc::clone(upstream);
    supplier.expect_submit().returning(move |_, submission| {
        let (arrives, answers) = it.fates.lock().expect("not poisoned").pop().unwrap_or((true, true));
        let line = |line: &capricorn::domain::SubmissionLine| SupplierLine {
            part: line.part.to_string(),
            quantity: line.quantity.into(),
            accepted: line.quantity.into(),
            backordered: 0,
            rejected: 0,
            cancelled: 0,
            shipped: 0,
        };
        let lost = SupplierError { failure: SupplierFailure::Timeout, may_have_happened: true };
        if !arrives {
            return Err(lost);
        }
        let mut orders = it.orders.lock().expect("not poisoned");
        let next = orders.len() + 1;
        let order = orders.entry(submission.number.to_string()).or_insert_with(|| SupplierOrder {
            order_id: format!("CAP-{next}"),
            client_reference: submission.number.to_string(),
            status: SupplierStatus::Pending,
            revision: 1,
            lines: submission.lines.iter().map(line).collect(),
            raw: json!({ "odd": "\u{0}", "number": next }),
        });
        if answers { Ok(order.clone()) } else { Err(lost) }
    });
    let it = Arc::clone(upstream);
    supplier.expect_find().returning(move |_, number| {
        Ok(it.orders.lock().expect("not poisoned").get(number.as_str()).cloned().into_iter().collect())
    });
    supplier
}

struct World {
    db: Database,
    deps: Dependencies,
    workshop: WorkshopOrders,
    store: OrderStore,
    upstream: Arc<Upstream>,
}

impl World {
    async fn new(db: &Database) -> Self {
        let trail = TrailTable::create(db).await;
        let (clock, entropy, upstream) = (Arc::new(SystemClock), Arc::new(OsEntropy), Arc::new(Upstream::default()));
        let mut workshops = MockWorkshops::new();
        workshops.expect_find_status_for_share().returning(|_, _| Ok(Some(TenantStatus::Active)));
        workshops.expect_list_names().returning(|_| Ok(Vec::new()));
        let mut accounts = MockAccounts::new();
        accounts.expect_of().returning(|_| {
            Ok(Some(Account {
                api_key: SecretString::from("key"),
                customer_id: "C".to_owned(),
                key_fingerprint: "f".to_owned(),
                source: AccountSource::Configured,
                was_refused: false,
            }))
        });
        let deps = Dependencies {
            transactor: Arc::new(db.clone()),
            orders: Arc::new(OrderStore::new(db.clone())),
            supplier: Arc::new(supplier(&upstream)),
            accounts: Arc::new(accounts),
            workshops: Arc::new(workshops),
            audit: Arc::new(trail),
            outbox: Arc::new(SeaOutbox::new(db.clone(), clock.clone(), entropy.clone())),
            queues: OrderQueues::new(Arc::new(SeaWorkItems::new(db.clone(), clock.clone()))),
            clock,
            entropy,
            timing: OrderTiming {
                submit_wait: Duration::from_secs(20),
                reconcile: Duration::from_millis(100),
                absence: Duration::from_millis(200),
                ..OrderTiming::default()
            },
            waiters: capricorn::service::orders::Waiters::default(),
        };
        Self {
            db: db.clone(),
            workshop: WorkshopOrders::new(deps.clone()),
            deps,
            store: OrderStore::new(db.clone()),
            upstream,
        }
    }

    /// Works on both queues until told to stop.
    fn start(&self) -> (CancellationToken, tokio::task::JoinHandle<()>) {
        let stop = CancellationToken::new();
        let (deps, stopped) = (self.deps.clone(), stop.clone());
        let running = tokio::spawn(async move {
            let worker = Arc::new(OrderWorker::new(deps.clone()));
            let tools = || Tools { clock: deps.clock.clone(), entropy: deps.entropy.clone() };
            let options = || OrderQueues::options(&deps.timing);
            let (one, other) = (&deps.queues.submissions, &deps.queues.follow_ups);
            tokio::join!(
                one.run(worker.clone(), options(), tools(), stopped.clone()),
                other.run(worker.clone(), options(), tools(), stopped.clone()),
            );
        });
        (stop, running)
    }

    async fn order(&self, id: OrderId) -> Order {
        self.store.find(Some(SHOP), id).await.expect("reads").expect("is there")
    }
}

fn first(limit: u64) -> PageRequest<OrderSort> {
    PageRequest {
        limit,
        start: Start::Offset(0),
        sort: Sort { field: OrderSort::CreatedAt, direction: Direction::Descending },
    }
}

#[tokio::test]
async fn an_order_is_placed_sent_and_kept_as_it_is() {
    on_each_database(async |test| {
        let world = World::new(test.database()).await;
        let (stop, running) = world.start();
        let placed = world.workshop.place(&sam(), SHOP, new_order()).await.expect("places").order;
        assert_eq!((placed.status, placed.external_id.as_deref()), (OrderStatus::Pending, Some("CAP-1")));
        let read = world.order(placed.id).await;
        assert_eq!((read.number, read.vehicle, read.notes), (placed.number, new_order().vehicle, new_order().notes));
        assert_eq!((read.total, read.lines[0].fate.accepted, read.lines.len()), (aud(1_650), 2, 2));
        assert_eq!(world.store.find(Some(OTHER_SHOP), placed.id).await.expect("reads"), None);
        assert_eq!(count_rows(&world.db, "test_trail WHERE action = 'ORDER_PLACED'").await, 1);
        for kind in ["order.placed.v1", "order.submitted.v1"] {
            assert_eq!(count_rows(&world.db, &format!("outbox WHERE kind = '{kind}'")).await, 1, "{kind}");
        }
        assert_eq!(count_rows(&world.db, "capricorn_order_news").await, 1);
        stop.cancel();
        running.await.expect("stops");
    })
    .await;
}

#[tokio::test]
async fn lost_answers_and_lost_requests_end_in_one_order_each() {
    on_each_database(async |test| {
        let world = World::new(test.database()).await;
        *world.upstream.fates.lock().expect("not poisoned") = [(true, false), (false, false)].repeat(5);
        let (stop, running) = world.start();
        let mut ids = Vec::new();
        for _ in 0..10 {
            ids.push(world.workshop.place(&sam(), SHOP, new_order()).await.expect("places").order.id);
        }
        for id in ids {
            let out_of_limbo = async || (!world.order(id).await.status.is_limbo()).then_some(());
            eventually("the order leaves limbo", out_of_limbo).await;
        }
        assert_eq!(world.upstream.orders.lock().expect("not poisoned").len(), 10);
        stop.cancel();
        running.await.expect("stops");
    })
    .await;
}

#[tokio::test]
async fn lists_filter_and_go_on() {
    on_each_database(async |test| {
        let world = World::new(test.database()).await;
        let mut ids = Vec::new();
        for _ in 0..3 {
            let prepared = world.workshop.prepare(SHOP, new_order()).await.expect("prepares");
            let mut tx = world.db.begin().await.expect("begins");
            ids.push(world.workshop.place_in(&mut tx, &sam(), prepared).await.expect("places"));
            tx.commit().await.expect("commits");
        }
        let mut tx = world.db.begin().await.expect("begins");
        let mut order = world.store.find_for_update(&mut tx, None, ids[1]).await.expect("reads").expect("is there");
        order.doubt("odd");
        order.lines[0].fate.rejected = 1;
        world.store.update_in(&mut tx, &order).await.expect("writes");
        world.store.update_lines_in(&mut tx, &order).await.expect("writes");
        let answer = |number: i64| json!({ "number": number, "text": "\u{0}" });
        for number in 0..60 {
            let kept = KeptNews { at: world.deps.clock.now(), revision: number, fate: "STALE", answer: answer(number) };
            world.store.keep_news_in(&mut tx, &order, &kept).await.expect("keeps");
            world.store.keep_news_in(&mut tx, &order, &kept).await.expect("keeps it once");
        }
        tx.commit().await.expect("commits");
        assert_eq!(count_rows(&world.db, "capricorn_order_news").await, 50);

        let review = OrderFilter { needs_review: Some(true), ..OrderFilter::default() };
        let found = world.store.list(&review, &first(10)).await.expect("lists");
        assert_eq!((found.items, found.total), (vec![order], 1));
        assert_eq!(world.store.count_in_review().await.expect("counts"), 1);
        let page = world.store.list(&OrderFilter::default(), &first(2)).await.expect("lists");
        assert_eq!((page.items.len(), page.total, page.next.is_some()), (2, 3, true));
        let foreign = OrderFilter { tenant_id: Some(OTHER_SHOP), ..OrderFilter::default() };
        assert_eq!(world.store.list(&foreign, &first(2)).await.expect("lists").total, 0);
        let sent = OrderFilter { status: Some(OrderStatus::Pending), ..OrderFilter::default() };
        assert_eq!(world.store.list(&sent, &first(2)).await.expect("lists").total, 0);
    })
    .await;
}
