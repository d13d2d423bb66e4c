use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};
use serde_json::Value;

use crate::domain::{Order, OrderFilter, OrderId, OrderSort, ResolutionNote};

/// An answer of the supplier's about an order, whole, and whether it was believed.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct KeptNews {
    /// When it came.
    pub at: DateTime<Utc>,
    pub revision: i64,
    /// `TAKEN`, `STALE` or `DOUBTED`.
    pub fate: &'static str,
    pub answer: Value,
}

/// Orders, and all that the supplier said of them. With `None` for a workshop, those of all.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait OrderRepository: Send + Sync {
    /// An order, if it is there for the workshop.
    async fn find(&self, tenant: Option<TenantId>, id: OrderId) -> Result<Option<Order>, StoreError>;

    /// A page of orders.
    async fn list(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>, StoreError>;

    /// How many people must look at.
    async fn count_in_review(&self) -> Result<u64, StoreError>;

    /// [`find`](Self::find), locked until the transaction ends.
    async fn find_for_update(
        &self,
        tx: &mut Tx,
        tenant: Option<TenantId>,
        id: OrderId,
    ) -> Result<Option<Order>, StoreError>;

    /// Writes a new order; tells whether its number was free.
    async fn insert_in(&self, tx: &mut Tx, order: &Order) -> Result<bool, StoreError>;

    /// Writes what can change of an order that is locked, but for its lines.
    async fn update_in(&self, tx: &mut Tx, order: &Order) -> Result<(), StoreError>;

    /// Writes what became of the lines of an order that is locked.
    async fn update_lines_in(&self, tx: &mut Tx, order: &Order) -> Result<(), StoreError>;

    /// Keeps why people decided what became of an order.
    async fn note_resolution_in(&self, tx: &mut Tx, order: &Order, note: &ResolutionNote) -> Result<(), StoreError>;

    /// Keeps an answer; of those of one order only the latest stay.
    async fn keep_news_in(&self, tx: &mut Tx, order: &Order, news: &KeptNews) -> Result<(), StoreError>;
}
