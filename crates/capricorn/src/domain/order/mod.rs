//! An order, how far it is, and what moves it.

mod list;
mod new_order;
mod news;
mod reconcile;
mod status;

use chrono::{DateTime, Utc};
use kernel::{Money, Subject, TenantId, TenantUserId};
use uuid::Uuid;

use super::{Account, AccountSource, DeliveryType, OrderNumber, PartId, Submission, SubmissionLine, Vehicle};

pub use list::{OrderFilter, OrderSort};
pub use new_order::{
    NewItem, NewItemInput, NewOrder, NewOrderInput, OrderNotes, Outcome, PurchaseOrderNumber, Resolution,
    ResolutionInput, ResolutionNote,
};
pub use news::{Doubt, News, apply};
pub use reconcile::{Answer, OrderTiming, Verdict, reconcile};
pub use status::{OrderStatus, Step};

kernel::typed_id!(
    /// An order.
    OrderId
);

/// How often an order is sent at most, unless people decide otherwise.
pub const MAX_SENDS: u32 = 4;

/// What a workshop ordered, and what became of it.
#[derive(Debug, Clone, PartialEq)]
#[allow(missing_docs)]
pub struct Order {
    pub id: OrderId,
    pub number: OrderNumber,
    pub tenant_id: TenantId,
    pub status: OrderStatus,
    /// The supplier's number, once it is known to have the order.
    pub external_id: Option<String>,
    /// The supplier's count of changes, as far as they are known here.
    pub revision: Option<i64>,
    /// One for each part.
    pub lines: Vec<OrderLine>,
    /// Before GST.
    pub subtotal: Money,
    pub gst: Money,
    pub total: Money,
    pub delivery_type: DeliveryType,
    pub notes: Option<OrderNotes>,
    pub purchase_order_number: Option<PurchaseOrderNumber>,
    /// What the parts are for.
    pub vehicle: Option<Vehicle>,
    /// Why it failed.
    pub error_message: Option<String>,
    /// Whether somebody must look at it.
    pub needs_review: bool,
    /// Why.
    pub review_reason: Option<String>,
    /// Who ordered; `None` for a program.
    pub placed_by: Option<TenantUserId>,
    pub credentials: UsedCredentials,
    pub progress: Progress,
    pub version: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct OrderLine {
    pub part: PartId,
    pub sku: String,
    pub name: String,
    pub quantity: u32,
    /// Before GST.
    pub unit_price: Money,
    /// Before GST.
    pub line_total: Money,
    pub fate: LineFate,
}

/// What became of a line; all zero until the supplier says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct LineFate {
    pub accepted: u32,
    pub backordered: u32,
    pub rejected: u32,
    pub cancelled: u32,
    pub shipped: u32,
}

/// With whose credentials an order was sent; never the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UsedCredentials {
    /// The workshop's connection; `None` for the configured ones.
    pub integration_id: Option<Uuid>,
    /// Of the key.
    pub key_fingerprint: String,
}

impl UsedCredentials {
    /// Those of an account.
    #[must_use]
    pub fn of(account: &Account) -> Self {
        let integration_id = match account.source {
            AccountSource::Configured => None,
            AccountSource::Integration { integration_id, .. } => Some(integration_id),
        };
        Self { integration_id, key_fingerprint: account.key_fingerprint.clone() }
    }
}

/// Where the work on an order stands; nobody outside sees it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Progress {
    /// The number of the task that is next. One with another number is out of date.
    pub task: i64,
    /// When a try to send it began of which no outcome is known: it may have been sent.
    pub sending_since: Option<DateTime<Utc>>,
    /// How often it may have been sent.
    pub sends: u32,
    /// How often the same thing was tried without anything new.
    pub tries: u32,
    /// When the answer was lost.
    pub lost_at: Option<DateTime<Utc>>,
    /// When the supplier was first found not to have it, since then.
    pub absent_at: Option<DateTime<Utc>>,
    /// When the supplier was last asked on somebody's behalf.
    pub asked_at: Option<DateTime<Utc>>,
    /// The highest revision that could not be believed.
    pub doubted_revision: Option<i64>,
    /// A cancellation of which no outcome is known.
    pub cancel: Option<CancelAsked>,
}

/// A cancellation that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct CancelAsked {
    pub by: Subject,
    pub at: DateTime<Utc>,
}

impl Order {
    /// As it is sent to the supplier.
    #[must_use]
    pub fn submission(&self) -> Submission {
        let line = |line: &OrderLine| SubmissionLine {
            part: line.part.clone(),
            quantity: line.quantity,
            unit_price: line.unit_price,
        };
        Submission {
            number: self.number.clone(),
            lines: self.lines.iter().map(line).collect(),
            delivery_type: self.delivery_type,
            notes: self.notes.as_ref().map(|notes| notes.as_str().to_owned()),
            purchase_order_number: self.purchase_order_number.as_ref().map(|it| it.as_str().to_owned()),
            total: self.total,
        }
    }

    /// Whether it is certain that the supplier has not got it: nothing is on its way, and no try before can have reached it.
    #[must_use]
    pub fn is_unsent(&self) -> bool {
        self.status == OrderStatus::Submitting && self.progress.sending_since.is_none()
    }

    /// The supplier has not got it, and never will.
    pub fn withdraw(&mut self) {
        self.end(OrderStatus::Cancelled);
        for line in &mut self.lines {
            line.fate = LineFate { cancelled: line.quantity, ..LineFate::default() };
        }
    }

    /// Nothing comes of it, because of `why`.
    pub fn fail(&mut self, why: &str) {
        self.end(OrderStatus::Failed);
        self.error_message = Some(why.chars().filter(|c| !c.is_control()).collect());
    }

    /// Whatever people were to look at is settled with it.
    fn end(&mut self, status: OrderStatus) {
        self.status = status;
        (self.needs_review, self.review_reason) = (false, None);
    }

    /// Marks it for people to look at, without news.
    pub fn doubt(&mut self, reason: impl Into<String>) {
        self.needs_review = true;
        self.review_reason = Some(reason.into());
        self.progress.doubted_revision = self.progress.doubted_revision.max(self.revision);
    }
}
