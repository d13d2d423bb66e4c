use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{FieldCode, FieldError, RequestContext, StoreError, Subject, TenantId, TenantUserId, Tx};
use tokio::time::{Instant, timeout_at};

use super::{Dependencies, OrderView, WorkshopOrders, tasks::Work};
use crate::{
    CapricornError,
    domain::{
        LineFate, NewOrder, Order, OrderId, OrderLine, OrderNumber, OrderStatus, Progress, Quote, UsedCredentials,
    },
    repository::SupplierFailure,
};

/// How many numbers are drawn before something must be wrong.
const DRAWS: usize = 8;

/// How often to look whether another node has sent the order.
const LOOK: Duration = Duration::from_millis(100);

/// An order with the prices of now, about to be placed.
#[derive(Debug, Clone)]
pub struct PreparedOrder {
    tenant_id: TenantId,
    new: NewOrder,
    quote: Quote,
    credentials: UsedCredentials,
}

impl WorkshopOrders {
    /// Places an order, and waits for a while for what becomes of it: all three steps, for whoever has no idempotency key.
    ///
    /// # Errors
    /// As [`prepare`](Self::prepare), [`place_in`](Self::place_in) and [`outcome`](Self::outcome).
    pub async fn place(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        new: NewOrder,
    ) -> Result<OrderView, CapricornError> {
        let prepared = self.prepare(tenant, new).await?;
        let mut tx = self.deps.transactor.begin().await?;
        let id = self.place_in(&mut tx, context, prepared).await?;
        tx.commit().await?;
        self.outcome(tenant, id).await
    }

    /// The first step of placing an order, outside any transaction: asks what the parts cost now.
    ///
    /// # Errors
    /// [`CapricornError::PriceChanged`], [`CapricornError::Validation`] where the supplier does not know a part or does not take
    /// a quantity; [`CapricornError::NotConfigured`], [`CapricornError::CredentialsRefused`], and what else a call can come to.
    pub async fn prepare(&self, tenant: TenantId, new: NewOrder) -> Result<PreparedOrder, CapricornError> {
        let account = self.deps.account(tenant).await?;
        let said = self.deps.supplier.quote(&account, &new.wanted()).await;
        let quote = self.deps.heed(&account, said).await.map_err(|error| refusal(&new, error.failure))?;
        let fields = new.changed_prices(&quote);
        if !fields.is_empty() {
            return Err(CapricornError::PriceChanged { fields, quote: Box::new(quote) });
        }
        Ok(PreparedOrder { tenant_id: tenant, new, quote, credentials: UsedCredentials::of(&account) })
    }

    /// The second step: writes the order, with its entry, its event, and the task to send it. It is sent when the transaction
    /// has committed.
    ///
    /// # Errors
    /// [`CapricornError::IllegalTransition`] for a workshop that is suspended or gone.
    pub async fn place_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        prepared: PreparedOrder,
    ) -> Result<OrderId, CapricornError> {
        let status = self.deps.workshops.find_status_for_share(tx, prepared.tenant_id).await?;
        if !status.is_some_and(kernel::TenantStatus::is_open) {
            return Err(CapricornError::IllegalTransition("the workshop is suspended".to_owned()));
        }
        let now = self.deps.clock.now();
        let mut order = self.deps.new_order(prepared, placed_by(context), now);
        self.deps.schedule_in(tx, &mut order, Work::Submit, now).await?;
        self.deps.insert_in(tx, &mut order, now).await?;
        self.deps.announce_placement_in(tx, context, &order).await?;
        Ok(order.id)
    }

    /// The third step: waits for a while for what becomes of it, and tells how it is then.
    ///
    /// # Errors
    /// [`CapricornError::NotFound`].
    pub async fn outcome(&self, tenant: TenantId, id: OrderId) -> Result<OrderView, CapricornError> {
        let until = Instant::now() + self.deps.timing.submit_wait;
        let waiter = self.deps.waiters.wait_for(id);
        loop {
            let order = self.deps.get(tenant, id).await?;
            let is_over = order.status != OrderStatus::Submitting || order.needs_review || Instant::now() >= until;
            if is_over {
                return self.deps.view(order).await;
            }
            let look = (Instant::now() + LOOK).min(until);
            // Another node wakes nobody here.
            timeout_at(look, waiter.woken()).await.ok();
        }
    }
}

impl Dependencies {
    fn new_order(&self, prepared: PreparedOrder, placed_by: Option<TenantUserId>, now: DateTime<Utc>) -> Order {
        let PreparedOrder { tenant_id, new, quote, credentials } = prepared;
        let lines = quote.lines.into_iter().map(|line| OrderLine {
            part: line.part,
            sku: line.sku,
            name: line.name,
            quantity: line.quantity,
            unit_price: line.unit_price,
            line_total: line.line_total,
            fate: LineFate::default(),
        });
        Order {
            id: self.entropy.uuid_v7(now).into(),
            number: OrderNumber::draw(now, &*self.entropy),
            tenant_id,
            status: OrderStatus::Submitting,
            external_id: None,
            revision: None,
            lines: lines.collect(),
            subtotal: quote.subtotal,
            gst: quote.gst,
            total: quote.total,
            delivery_type: new.delivery_type,
            notes: new.notes,
            purchase_order_number: new.purchase_order_number,
            vehicle: new.vehicle,
            error_message: None,
            needs_review: false,
            review_reason: None,
            placed_by,
            credentials,
            progress: Progress::default(),
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }

    /// Writes it under a number that nobody has.
    async fn insert_in(&self, tx: &mut Tx, order: &mut Order, now: DateTime<Utc>) -> Result<(), StoreError> {
        for _ in 0..DRAWS {
            if self.orders.insert_in(tx, order).await? {
                return Ok(());
            }
            order.number = OrderNumber::draw(now, &*self.entropy);
        }
        Err(StoreError::corrupt("capricorn_orders.order_number", "no number is free"))
    }
}

/// The workshop's person who acts; `None` for a program.
fn placed_by(context: &RequestContext) -> Option<TenantUserId> {
    match context.caller.subject {
        Subject::TenantUser { id, .. } => Some(id),
        Subject::Impersonated { user_id, .. } => Some(user_id),
        Subject::ApiKey { .. } | Subject::Admin { .. } | Subject::Anonymous(_) | Subject::System(_) => None,
    }
}

/// A refused quote, by the field that it is about.
fn refusal(new: &NewOrder, failure: SupplierFailure) -> CapricornError {
    let SupplierFailure::Rejected { code, product_id, .. } = &failure else {
        return failure.into();
    };
    let Some(at) = product_id.as_deref().and_then(|part| new.position(part)) else { return failure.into() };
    let error = match code.as_str() {
        "UNKNOWN_PRODUCT" => {
            FieldError::new(format!("items[{at}].productId"), FieldCode::NotFound, "Capricorn has no such part")
        }
        "INVALID_QUANTITY" => FieldError::new(
            format!("items[{at}].quantity"),
            FieldCode::Invalid,
            "Capricorn does not sell so many of it",
        ),
        _ => return failure.into(),
    };
    error.into()
}
