use async_trait::async_trait;
use kernel::{
    StoreError, TenantId, Tx,
    page::{Key, Page, PageRequest},
};
use platform::{Database, store::keyset};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    sea_query::{Expr, Func},
};

use super::{
    entity::{
        support_messages::{Column, Entity},
        support_tickets as tickets,
    },
    rows,
};
use crate::{
    domain::{Audience, MAX_MESSAGES, Message, MessageSort, TicketId},
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
    async fn list(
        &self,
        audience: Audience,
        ticket: TicketId,
        page: &PageRequest<MessageSort>,
    ) -> Result<Page<Message>, StoreError> {
        let MessageSort::CreatedAt = page.sort.field;
        let matching = Condition::all().add(Column::TicketId.eq(ticket.uuid())).add(seen_by(audience));
        let total = Entity::find().filter(matching.clone()).count(self.0.reader()).await?;
        let select = keyset::page(rows::messages().filter(matching), page, Column::CreatedAt, Column::Id);
        let rows = select.all(self.0.reader()).await?;
        let messages = rows.into_iter().map(rows::message).collect::<Result<Vec<_>, _>>()?;
        let key = |message: &Message| (Key::Time(message.created_at), message.id.uuid());
        Ok(Page::from_overfetch(messages, page.limit, total, key))
    }

    async fn insert_in(&self, tx: &mut Tx, message: &Message) -> Result<bool, StoreError> {
        if !make_room_in(tx, message.tenant_id, message.ticket_id, 1).await? {
            return Ok(false);
        }
        Entity::insert(rows::message_row(message)).exec_without_returning(tx.executor()).await?;
        Ok(true)
    }

    async fn move_in(&self, tx: &mut Tx, tenant: TenantId, from: TicketId, to: TicketId) -> Result<bool, StoreError> {
        // What came from a third ticket keeps the name of that one.
        let origin = Func::coalesce([Expr::col(Column::MergedFromId), Expr::val(from.uuid())]);
        let moved = Entity::update_many()
            .col_expr(Column::MergedFromId, origin.into())
            .col_expr(Column::TicketId, Expr::val(to.uuid()))
            .filter(Column::TenantId.eq(tenant.uuid()))
            .filter(Column::TicketId.eq(from.uuid()))
            .exec(tx.executor())
            .await?;
        one(tenant, from).col_expr(tickets::Column::MessageCount, Expr::val(0)).exec(tx.executor()).await?;
        make_room_in(tx, tenant, to, moved.rows_affected).await
    }
}

/// Counts so many more messages of a ticket, if it then holds no more than it may: the database decides, however many
/// ask at once.
async fn make_room_in(tx: &mut Tx, tenant: TenantId, ticket: TicketId, more: u64) -> Result<bool, StoreError> {
    let count = || Expr::col(tickets::Column::MessageCount).add(i64::try_from(more).unwrap_or(i64::MAX));
    let counted = one(tenant, ticket)
        .col_expr(tickets::Column::MessageCount, count())
        .filter(count().lte(i64::from(MAX_MESSAGES)))
        .exec(tx.executor())
        .await?;
    Ok(counted.rows_affected == 1)
}

fn one(tenant: TenantId, ticket: TicketId) -> sea_orm::UpdateMany<tickets::Entity> {
    tickets::Entity::update_many()
        .filter(tickets::Column::TenantId.eq(tenant.uuid()))
        .filter(tickets::Column::Id.eq(ticket.uuid()))
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
