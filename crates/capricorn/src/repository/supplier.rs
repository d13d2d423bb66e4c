use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use serde::Serialize;

use crate::domain::{
    Account, InventoryItem, Invoice, OrderNumber, Part, PartId, Quote, Stock, Submission, SupplierOrder, Tracking,
    WantedItem,
};

/// Who supplies parts. Everything that knows the supplier's shape is behind it.
///
/// Reads are tried again inside of their time; [`submit`](Self::submit), [`find`](Self::find) and [`cancel`](Self::cancel) are
/// one call each.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait PartsSupplier: Send + Sync {
    /// Whether the supplier takes these credentials.
    async fn validate(&self, account: &Account) -> Result<bool, SupplierError>;

    /// Parts that fit some words, without their fitments.
    async fn search(&self, account: &Account, q: &str, limit: u64, offset: u64) -> Result<PartsPage, SupplierError>;

    /// A part with its fitments.
    async fn part(&self, account: &Account, id: &PartId) -> Result<Part, SupplierError>;

    /// How many of a part there are, and where.
    async fn stock(&self, account: &Account, id: &PartId) -> Result<Stock, SupplierError>;

    /// A page of everything there is.
    async fn inventory(
        &self,
        account: &Account,
        limit: u64,
        cursor: Option<String>,
    ) -> Result<InventoryPage, SupplierError>;

    /// What some parts cost now. A quote that does not add up, or is for something else, is an error.
    async fn quote(&self, account: &Account, items: &[WantedItem]) -> Result<Quote, SupplierError>;

    /// Sends an order, under its number as idempotency key.
    async fn submit(&self, account: &Account, order: &Submission) -> Result<SupplierOrder, SupplierError>;

    /// All orders that the supplier has under our number: none, one, or a contradiction.
    async fn find(&self, account: &Account, number: &OrderNumber) -> Result<Vec<SupplierOrder>, SupplierError>;

    /// An order as it is now, by the supplier's number.
    async fn order(&self, account: &Account, order_id: &str) -> Result<SupplierOrder, SupplierError>;

    /// Where its parts are.
    async fn tracking(&self, account: &Account, order_id: &str) -> Result<Tracking, SupplierError>;

    /// Asks for it not to be sent.
    async fn cancel(&self, account: &Account, order_id: &str) -> Result<SupplierOrder, SupplierError>;

    /// Its invoice, once there is one.
    async fn invoice(&self, account: &Account, order_id: &str) -> Result<Invoice, SupplierError>;

    /// Its invoice as a PDF, once there is one.
    async fn invoice_pdf(&self, account: &Account, order_id: &str) -> Result<Bytes, SupplierError>;

    /// Whether calls with these credentials are let through.
    fn circuit(&self, account: &Account) -> CircuitState;
}

/// Some of the parts that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PartsPage {
    pub parts: Vec<Part>,
    /// How many were found in all.
    pub total: u64,
}

/// A page of the inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct InventoryPage {
    pub items: Vec<InventoryItem>,
    /// Where the next one begins; `None` on the last.
    pub next_cursor: Option<String>,
    /// How many there are in all.
    pub total: u64,
}

/// Whether calls are let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, strum::IntoStaticStr)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum CircuitState {
    /// They are.
    Closed,
    /// They are not.
    Open,
    /// One is, to see.
    HalfOpen,
}

/// A call to the supplier did not bring what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure}")]
pub struct SupplierError {
    /// Why.
    pub failure: SupplierFailure,
    /// Whether the supplier may have done what was asked: `false` only where it cannot have got the request, or answered
    /// that it did nothing.
    pub may_have_happened: bool,
}

/// Why a call to the supplier failed. The texts have no secret in them, and nothing that people wrote.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SupplierFailure {
    /// It does not know what was asked for.
    #[error("the supplier does not know it")]
    NotFound,
    /// It does not take the credentials (401, 403).
    #[error("the supplier refuses the credentials")]
    CredentialsRefused,
    /// It refuses what was asked (another 4xx, but 408, 425 and 429).
    #[error("the supplier refuses it: {message}")]
    Rejected {
        /// The answer's status.
        status: u16,
        /// The supplier's code, such as `PRICE_CHANGED`.
        code: String,
        /// The supplier's words; cut.
        message: String,
        /// The part that it is about.
        product_id: Option<String>,
    },
    /// It asks to wait (429), for longer than there is time.
    #[error("the supplier asks to wait")]
    Busy {
        /// For how long.
        retry_after: Duration,
    },
    /// Calls have failed too often and are paused; nothing was sent.
    #[error("calls to the supplier are paused")]
    CircuitOpen {
        /// When one will be tried again.
        retry_after: Duration,
    },
    /// No connection, or no answer, in time.
    #[error("the supplier does not answer in time")]
    Timeout,
    /// It failed: no connection, a 5xx, a redirect, an answer that cannot be read, is too long or does not add up.
    #[error("the supplier failed: {0}")]
    Failed(String),
}

impl SupplierFailure {
    /// Whether the supplier is unwell, so that what is remembered may be answered in its place.
    #[must_use]
    pub fn is_outage(&self) -> bool {
        match self {
            Self::Busy { .. } | Self::CircuitOpen { .. } | Self::Timeout | Self::Failed(_) => true,
            Self::NotFound | Self::CredentialsRefused | Self::Rejected { .. } => false,
        }
    }
}
