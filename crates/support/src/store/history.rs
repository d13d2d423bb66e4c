use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};
use platform::store::batches;
use sea_orm::{ColumnTrait, EntityTrait, Iterable, QueryFilter, QueryOrder};

use super::{
    entity::support_ticket_history::{Column, Entity},
    rows,
};
use crate::{
    domain::{History, HistoryEntry, TicketId},
    repository::HistoryRepository,
};

/// [`HistoryRepository`] over the database.
#[derive(Debug, Clone, Copy, Default)]
pub struct HistoryStore;

#[async_trait]
impl HistoryRepository for HistoryStore {
    async fn read_in(&self, tx: &mut Tx, tenant: TenantId, ticket: TicketId) -> Result<History, StoreError> {
        // bound: MAX_HISTORY, which a change does not go beyond
        let rows = Entity::find()
            .filter(Column::TenantId.eq(tenant.uuid()))
            .filter(Column::TicketId.eq(ticket.uuid()))
            .order_by_asc(Column::Position)
            .all(tx.executor())
            .await?;
        Ok(History::of(rows.into_iter().map(rows::history_entry).collect::<Result<_, _>>()?))
    }

    async fn append_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        ticket: TicketId,
        entries: &[HistoryEntry],
    ) -> Result<(), StoreError> {
        for some in batches(entries, Column::iter().count()) {
            let rows = some.iter().map(|entry| rows::history_row(tenant.uuid(), ticket.uuid(), entry));
            Entity::insert_many(rows).exec_without_returning(tx.executor()).await?;
        }
        Ok(())
    }
}
