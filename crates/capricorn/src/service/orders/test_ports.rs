//! Ports in memory: orders that are written for real, a supplier that behaves like the contract and can be told to fail, and
//! tasks that a test carries out itself.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use kernel::{
    Clock as _, RequestContext, StoreError, Subject, TenantId, TenantRole, TenantStatus, Tx,
    page::{Page, PageRequest},
};
use platform::queue::{Handler as _, Item, ItemId, Outcome};
use secrecy::SecretString;
use test_support::{FixedClock, PushedItems, Recorder, RecordingTransactor, SeededEntropy};

use super::{Dependencies, OrderQueues, OrderTask, OrderWorker, StaffOrders, WorkshopOrders};
use crate::{
    domain::{
        Account, AccountSource, Order, OrderFilter, OrderId, OrderNumber, OrderSort, OrderTiming, ResolutionNote,
        SupplierOrder, SupplierStatus,
    },
    repository::{
        KeptNews, MockAccounts, MockPartsSupplier, MockWorkshops, OrderRepository, SupplierError, SupplierFailure,
    },
    test_orders::{PERSON, TENANT, news},
};

/// Orders in memory.
#[derive(Default)]
pub(crate) struct Memory {
    orders: Mutex<HashMap<OrderId, Order>>,
    news: Mutex<Vec<KeptNews>>,
}

impl Memory {
    pub(crate) fn all(&self) -> MutexGuard<'_, HashMap<OrderId, Order>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn kept(&self) -> Vec<&'static str> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|it| it.fate).collect()
    }
}

#[async_trait]
impl OrderRepository for Memory {
    async fn find(&self, tenant: Option<TenantId>, id: OrderId) -> Result<Option<Order>, StoreError> {
        let found = self.all().get(&id).cloned();
        Ok(found.filter(|it| tenant.is_none_or(|tenant| tenant == it.tenant_id)))
    }

    async fn list(&self, _: &OrderFilter, _: &PageRequest<OrderSort>) -> Result<Page<Order>, StoreError> {
        let items: Vec<_> = self.all().values().cloned().collect();
        Ok(Page { total: items.len() as u64, items, next: None })
    }

    async fn count_in_review(&self) -> Result<u64, StoreError> {
        Ok(self.all().values().filter(|it| it.needs_review).count() as u64)
    }

    async fn find_for_update(
        &self,
        _: &mut Tx,
        tenant: Option<TenantId>,
        id: OrderId,
    ) -> Result<Option<Order>, StoreError> {
        self.find(tenant, id).await
    }

    async fn insert_in(&self, _: &mut Tx, order: &Order) -> Result<bool, StoreError> {
        self.all().insert(order.id, order.clone());
        Ok(true)
    }

    async fn update_in(&self, _: &mut Tx, order: &Order) -> Result<(), StoreError> {
        if let Some(stored) = self.all().get_mut(&order.id) {
            *stored = Order { lines: std::mem::take(&mut stored.lines), ..order.clone() };
        }
        Ok(())
    }

    async fn update_lines_in(&self, _: &mut Tx, order: &Order) -> Result<(), StoreError> {
        if let Some(stored) = self.all().get_mut(&order.id) {
            stored.lines.clone_from(&order.lines);
        }
        Ok(())
    }

    async fn note_resolution_in(&self, _: &mut Tx, _: &Order, _: &ResolutionNote) -> Result<(), StoreError> {
        Ok(())
    }

    async fn keep_news_in(&self, _: &mut Tx, _: &Order, news: &KeptNews) -> Result<(), StoreError> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).push(news.clone());
        Ok(())
    }
}

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is answered.
    Fine,
    /// It never reaches the supplier.
    Refused,
    /// It does not, and nobody can tell.
    LostBefore,
    /// It is carried out, and the answer is lost.
    LostAfter,
    /// The supplier says no.
    Rejected,
}

/// A supplier that takes an order once for one number.
#[derive(Default)]
pub(crate) struct Upstream {
    pub(crate) orders: Mutex<HashMap<String, SupplierOrder>>,
    pub(crate) posts: Mutex<u32>,
    fates: Mutex<Vec<Fate>>,
}

impl Upstream {
    /// The next calls that change something fare like this; later ones are fine.
    pub(crate) fn next(&self, fates: &[Fate]) {
        *self.fates.lock().unwrap() = fates.iter().rev().copied().collect();
    }

    pub(crate) fn count(&self) -> usize {
        self.orders.lock().unwrap().len()
    }

    /// The supplier's order moves.
    pub(crate) fn move_to(&self, number: &OrderNumber, status: SupplierStatus) {
        let mut orders = self.orders.lock().unwrap();
        let order = orders.get_mut(number.as_str()).expect("has it");
        order.status = status;
        order.revision += 1;
    }

    fn call<T>(&self, work: impl FnOnce() -> Result<T, SupplierFailure>) -> Result<T, SupplierError> {
        let fate = self.fates.lock().unwrap().pop().unwrap_or(Fate::Fine);
        let failed = |may_have_happened| SupplierError {
            failure: SupplierFailure::Failed("no answer".to_owned()),
            may_have_happened,
        };
        match fate {
            Fate::Fine => work().map_err(|failure| SupplierError { failure, may_have_happened: false }),
            Fate::Refused => Err(failed(false)),
            Fate::LostBefore => Err(failed(true)),
            Fate::LostAfter => work().map_or_else(|_| Err(failed(true)), |_| Err(failed(true))),
            Fate::Rejected => Err(SupplierError { failure: rejected(), may_have_happened: false }),
        }
    }
}

pub(crate) fn rejected() -> SupplierFailure {
    SupplierFailure::Rejected {
        status: 409,
        code: "ALREADY_SHIPPED".to_owned(),
        message: "no".to_owned(),
        product_id: None,
    }
}

/// A world with one workshop.
pub(crate) struct World {
    pub(crate) deps: Dependencies,
    pub(crate) workshop: WorkshopOrders,
    pub(crate) staff: StaffOrders,
    pub(crate) memory: Arc<Memory>,
    pub(crate) upstream: Arc<Upstream>,
    pub(crate) recorded: Arc<Recorder>,
    pub(crate) transactor: Arc<RecordingTransactor>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) pushed: Arc<PushedItems>,
    pub(crate) suspended: Arc<Mutex<bool>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let (memory, upstream) = (Arc::new(Memory::default()), Arc::new(Upstream::default()));
        let (recorded, transactor) = (Arc::new(Recorder::default()), Arc::new(RecordingTransactor::new()));
        let (clock, pushed) = (Arc::new(FixedClock::default()), Arc::new(PushedItems::default()));
        let suspended = Arc::new(Mutex::new(false));
        let is_suspended = Arc::clone(&suspended);
        let mut workshops = MockWorkshops::new();
        workshops.expect_find_status_for_share().returning(move |_, _| {
            let suspended = *is_suspended.lock().unwrap();
            Ok(Some(if suspended { TenantStatus::Suspended } else { TenantStatus::Active }))
        });
        workshops.expect_list_names().returning(|_| Ok(Vec::new()));
        let mut accounts = MockAccounts::new();
        accounts.expect_of().returning(|_| Ok(Some(account())));
        let deps = Dependencies {
            transactor: Arc::clone(&transactor) as _,
            orders: Arc::clone(&memory) as _,
            supplier: Arc::new(supplier(&upstream, &memory)),
            accounts: Arc::new(accounts),
            workshops: Arc::new(workshops),
            audit: Arc::clone(&recorded) as _,
            outbox: Arc::clone(&recorded) as _,
            queues: OrderQueues::new(Arc::clone(&pushed) as _),
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(SeededEntropy::default()),
            timing: OrderTiming { submit_wait: std::time::Duration::ZERO, ..OrderTiming::default() },
            waiters: super::waiters::Waiters::default(),
        };
        Self {
            workshop: WorkshopOrders::new(deps.clone()),
            staff: StaffOrders::new(deps.clone()),
            deps,
            memory,
            upstream,
            recorded,
            transactor,
            clock,
            pushed,
            suspended,
        }
    }

    /// Puts an order there, with its task.
    pub(crate) async fn with(&self, order: Order) -> OrderId {
        let mut tx = self.deps.transactor.begin().await.expect("begins");
        let mut order = order;
        let work = if order.status.is_limbo() { super::Work::Submit } else { super::Work::Poll };
        let now = self.clock.now();
        self.deps.schedule_in(&mut tx, &mut order, work, now).await.expect("schedules");
        self.memory.all().insert(order.id, order.clone());
        tx.commit().await.expect("commits");
        order.id
    }

    pub(crate) fn order(&self, id: OrderId) -> Order {
        self.memory.all().get(&id).expect("is there").clone()
    }

    /// The tasks that are not done yet, with the time at which each is due, the earliest first.
    pub(crate) fn tasks(&self) -> Vec<(chrono::DateTime<chrono::Utc>, OrderTask)> {
        let all = self.pushed.all();
        let task = |item: &platform::queue::NewItem<serde_json::Value>| {
            (item.due.expect("due"), serde_json::from_value(item.payload.clone()).expect("a task"))
        };
        let mut tasks: Vec<_> = all.iter().map(|(_, item)| task(item)).collect();
        tasks.sort_by_key(|(due, _)| *due);
        tasks
    }

    /// Does one task, whenever it is due.
    pub(crate) async fn perform(&self, task: OrderTask) -> Outcome {
        let now = self.clock.now();
        let item = Item {
            id: ItemId(1),
            payload: task,
            tenant_id: Some(TENANT),
            event_id: None,
            attempt: 1,
            first_attempt_at: now,
            created_at: now,
        };
        OrderWorker::new(self.deps.clone()).handle(&item).await
    }

    /// Moves the clock to the next task and does it; tells which it was, if there was one.
    pub(crate) async fn step(&self) -> Option<OrderTask> {
        let (due, task) = self.tasks().first().copied()?;
        self.pushed
            .all()
            .retain(|(_, item)| serde_json::from_value::<OrderTask>(item.payload.clone()).ok() != Some(task));
        if due > self.clock.now() {
            self.clock.set(due);
        }
        assert_eq!(self.perform(task).await, Outcome::Done);
        Some(task)
    }
}

pub(crate) fn account() -> Account {
    Account {
        api_key: SecretString::from("key"),
        customer_id: "C".to_owned(),
        key_fingerprint: "f".to_owned(),
        source: AccountSource::Configured,
        was_refused: false,
    }
}

/// One of the workshop's people.
pub(crate) fn sam() -> RequestContext {
    let person = Subject::TenantUser { tenant_id: TENANT, id: PERSON, role: TenantRole::User };
    RequestContext { caller: kernel::Caller::new(person), ..RequestContext::system("test", "r1") }
}

fn supplier(upstream: &Arc<Upstream>, memory: &Arc<Memory>) -> MockPartsSupplier {
    let mut supplier = MockPartsSupplier::new();
    let (it, ours) = (Arc::clone(upstream), Arc::clone(memory));
    supplier.expect_submit().returning(move |_, submission| {
        *it.posts.lock().unwrap() += 1;
        it.call(|| {
            let ours = ours.all().values().find(|order| order.number == submission.number).cloned().expect("is stored");
            let mut orders = it.orders.lock().unwrap();
            let next = format!("CAP-{}", orders.len() + 1);
            let taken = orders.entry(submission.number.to_string()).or_insert_with(|| {
                let mut order = news(&ours, SupplierStatus::Pending, 1);
                order.order_id = next;
                order
            });
            Ok(taken.clone())
        })
    });
    let it = Arc::clone(upstream);
    supplier.expect_find().returning(move |_, number| {
        it.call(|| Ok(it.orders.lock().unwrap().get(number.as_str()).cloned().into_iter().collect()))
    });
    let it = Arc::clone(upstream);
    supplier.expect_order().returning(move |_, id| it.call(|| by_id(&it, id)));
    let it = Arc::clone(upstream);
    supplier.expect_cancel().returning(move |_, id| {
        it.call(|| {
            let order = by_id(&it, id)?;
            if matches!(order.status, SupplierStatus::Shipped | SupplierStatus::Delivered) {
                return Err(rejected());
            }
            let mut orders = it.orders.lock().unwrap();
            let order = orders.get_mut(&order.client_reference).ok_or(SupplierFailure::NotFound)?;
            if order.status != SupplierStatus::Cancelled {
                order.status = SupplierStatus::Cancelled;
                order.revision += 1;
            }
            Ok(order.clone())
        })
    });
    supplier
}

fn by_id(upstream: &Upstream, id: &str) -> Result<SupplierOrder, SupplierFailure> {
    let orders = upstream.orders.lock().unwrap();
    orders.values().find(|order| order.order_id == id).cloned().ok_or(SupplierFailure::NotFound)
}
