use std::collections::HashMap;

use chrono::TimeDelta;
use kernel::{
    TenantId,
    page::{Page, PageRequest},
};

use super::{Dependencies, OrderView, PlacedBy, StaffOrders, WorkshopOrders, edit::Edit};
use crate::{
    CapricornError,
    domain::{Order, OrderFilter, OrderId, OrderSort},
    repository::SupplierFailure,
};

/// How long the supplier is not asked again about one order.
const REST: TimeDelta = TimeDelta::seconds(5);

impl WorkshopOrders {
    /// An order; with `refresh` as the supplier says that it is now, unless it is in limbo, nothing follows any more, or the
    /// supplier was asked in the last 5 s.
    ///
    /// # Errors
    /// [`CapricornError::NotFound`]; with `refresh` also what a call can come to.
    pub async fn get(&self, tenant: TenantId, id: OrderId, refresh: bool) -> Result<OrderView, CapricornError> {
        let order = self.deps.get(tenant, id).await?;
        let order = if refresh { self.deps.refresh(order).await? } else { order };
        self.deps.view(order).await
    }

    /// A page of the workshop's orders.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: OrderFilter,
        page: &PageRequest<OrderSort>,
    ) -> Result<Page<OrderView>, CapricornError> {
        self.deps.list(&OrderFilter { tenant_id: Some(tenant), ..filter }, page).await
    }
}

impl StaffOrders {
    /// A page of all workshops' orders.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list(
        &self,
        filter: &OrderFilter,
        page: &PageRequest<OrderSort>,
    ) -> Result<Page<OrderView>, CapricornError> {
        self.deps.list(filter, page).await
    }

    /// How many orders people must look at.
    ///
    /// # Errors
    /// What the store says.
    pub async fn count_in_review(&self) -> Result<u64, CapricornError> {
        Ok(self.deps.orders.count_in_review().await?)
    }
}

impl Dependencies {
    pub(super) async fn get(&self, tenant: TenantId, id: OrderId) -> Result<Order, CapricornError> {
        self.orders.find(Some(tenant), id).await?.ok_or(CapricornError::NotFound("order"))
    }

    async fn list(
        &self,
        filter: &OrderFilter,
        page: &PageRequest<OrderSort>,
    ) -> Result<Page<OrderView>, CapricornError> {
        let Page { items, total, next } = self.orders.list(filter, page).await?;
        Ok(Page { items: self.views(items).await?, total, next })
    }

    pub(super) async fn view(&self, order: Order) -> Result<OrderView, CapricornError> {
        let view = self.views(vec![order]).await?.pop();
        view.ok_or(CapricornError::NotFound("order"))
    }

    async fn views(&self, orders: Vec<Order>) -> Result<Vec<OrderView>, CapricornError> {
        let people: Vec<_> = orders.iter().filter_map(|it| Some((it.tenant_id, it.placed_by?))).collect();
        let names = if people.is_empty() { Vec::new() } else { self.workshops.list_names(&people).await? };
        let names: HashMap<_, _> = names.into_iter().map(|person| (person.id, person.name)).collect();
        let view = |order: Order| {
            let placed_by = order.placed_by.map(|id| PlacedBy { id, name: names.get(&id).cloned() });
            OrderView { order, placed_by }
        };
        Ok(orders.into_iter().map(view).collect())
    }

    async fn refresh(&self, order: Order) -> Result<Order, CapricornError> {
        let (tenant, id) = (order.tenant_id, order.id);
        let Some(external_id) = order.external_id.clone().filter(|_| !order.status.is_final()) else {
            return Ok(order);
        };
        if !self.may_ask(&order).await? {
            return Ok(order);
        }
        let account = self.account(tenant).await?;
        let said = self.heed(&account, self.supplier.order(&account, &external_id).await).await;
        let mut tx = self.transactor.begin().await?;
        let edit = self.edit_in(&mut tx, Some(tenant), id).await?;
        let mut edit: Edit = edit.ok_or(CapricornError::NotFound("order"))?;
        match said {
            Ok(news) => {
                self.hear_in(&mut tx, &mut edit, &news).await?;
            }
            Err(error) if error.failure == SupplierFailure::NotFound => edit.after.doubt(GONE),
            Err(error) => return Err(error.into()),
        }
        let order = self.save_in(&mut tx, None, edit).await?;
        tx.commit().await?;
        Ok(order)
    }

    /// Whether the supplier may be asked about an order now; of many who want to, one may.
    async fn may_ask(&self, order: &Order) -> Result<bool, CapricornError> {
        let now = self.clock.now();
        let rests = |order: &Order| order.progress.asked_at.is_some_and(|asked| now - asked < REST);
        if rests(order) {
            return Ok(false);
        }
        let mut tx = self.transactor.begin().await?;
        let edit = self.edit_in(&mut tx, Some(order.tenant_id), order.id).await?;
        let mut edit: Edit = edit.ok_or(CapricornError::NotFound("order"))?;
        if rests(&edit.before) {
            return Ok(false);
        }
        edit.after.progress.asked_at = Some(now);
        self.save_in(&mut tx, None, edit).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// Why people must look at an order that the supplier had and has no more.
pub(super) const GONE: &str = "Capricorn does not know the order any more";

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
