use async_trait::async_trait;
use kernel::{Database, StoreError, TenantId, Tx};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, Func},
};

use super::{
    entity::support_messages::{Column, Entity},
    rows,
};
use crate::{
    domain::{Audience, Message, TicketId},
    repository::MessageRepository,
};

/// [`MessageRepository`] over the database.
#[derive(Debug, Clone)]
pub struct MessageStore(Database);

impl MessageStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl MessageRepository for MessageStore {
    async fn list(&self, audience: Audience, ticket: TicketId) -> Result<Vec<Message>, StoreError> {
        let rows = rows::messages()
            .filter(Column::TicketId.eq(ticket.uuid()))
            .filter(seen_by(audience))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .all(self.0.reader())
            .await?;
        rows.into_iter().map(rows::message).collect()
    }

    async fn insert_in(&self, tx: &mut Tx, message: &Message) -> Result<(), StoreError> {
        Entity::insert(rows::message_row(message)).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn move_in(&self, tx: &mut Tx, tenant: TenantId, from: TicketId, to: TicketId) -> Result<(), StoreError> {
        // What came from a third ticket keeps the name of that one.
        let origin = Func::coalesce([Expr::col(Column::MergedFromId), Expr::val(from.uuid())]);
        Entity::update_many()
            .col_expr(Column::MergedFromId, origin.into())
            .col_expr(Column::TicketId, Expr::val(to.uuid()))
            .filter(Column::TenantId.eq(tenant.uuid()))
            .filter(Column::TicketId.eq(from.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(())
    }
}

/// What an audience may see: a workshop its own, and no notes.
pub(super) fn seen_by(audience: Audience) -> Condition {
    match audience {
        Audience::Staff => Condition::all(),
        Audience::Workshop(tenant) => {
            Condition::all().add(Column::TenantId.eq(tenant.uuid())).add(Column::Internal.eq(false))
        }
    }
}
