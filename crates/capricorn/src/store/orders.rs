use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{
    StoreError, TenantId, Tx,
    input::Word as _,
    page::{Key, Page, PageRequest},
};
use platform::{Database, store::keyset};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockType, OnConflict},
};
use uuid::Uuid;

use super::{
    entity::{
        capricorn_order_lines as lines, capricorn_order_news as news,
        capricorn_orders::{self, Column, Entity},
    },
    order_rows as rows,
};
use crate::{
    domain::{MAX_ITEMS, Order, OrderFilter, OrderId, OrderSort, ResolutionNote},
    repository::{KeptNews, OrderRepository},
};

/// How many of the supplier's answers are kept of one order.
const KEPT_NEWS: i32 = 50;

/// [`OrderRepository`] over the database.
#[derive(Debug, Clone)]
pub struct OrderStore(Database);

impl OrderStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl OrderRepository for OrderStore {
    async fn find(&self, tenant: Option<TenantId>, id: OrderId) -> Result<Option<Order>, StoreError> {
        let row = one(tenant, id).one(self.0.reader()).await?;
        with_lines(self.0.reader(), row).await
    }

    async fn list(&self, filter: &OrderFilter, page: &PageRequest<OrderSort>) -> Result<Page<Order>, StoreError> {
        let select = Entity::find().filter(matching(filter));
        let total = select.clone().count(self.0.reader()).await?;
        let column = match page.sort.field {
            OrderSort::CreatedAt => Column::CreatedAt,
            OrderSort::UpdatedAt => Column::UpdatedAt,
        };
        let found = keyset::page(select, page, column, Column::Id).all(self.0.reader()).await?;
        let mut lines = lines_of(self.0.reader(), found.iter().map(|row| row.id).collect()).await?;
        let order = |row: capricorn_orders::Model| {
            let lines = lines.remove(&row.id).unwrap_or_default();
            rows::order(row, lines)
        };
        let orders = found.into_iter().map(order).collect::<Result<Vec<_>, _>>()?;
        let key = |order: &Order| {
            let at = match page.sort.field {
                OrderSort::CreatedAt => order.created_at,
                OrderSort::UpdatedAt => order.updated_at,
            };
            (Key::Time(at), order.id.uuid())
        };
        Ok(Page::from_overfetch(orders, page.limit, total, key))
    }

    async fn count_in_review(&self) -> Result<u64, StoreError> {
        Ok(Entity::find().filter(Column::NeedsReview.eq(true)).count(self.0.reader()).await?)
    }

    async fn find_for_update(
        &self,
        tx: &mut Tx,
        tenant: Option<TenantId>,
        id: OrderId,
    ) -> Result<Option<Order>, StoreError> {
        // NO KEY: foreign keys to the row, which never changes its id, need not wait.
        let row = one(tenant, id).lock(LockType::NoKeyUpdate).one(tx.executor()).await?;
        with_lines(tx.executor(), row).await
    }

    async fn insert_in(&self, tx: &mut Tx, order: &Order) -> Result<bool, StoreError> {
        // A statement that fails would end the transaction on PostgreSQL.
        let free = OnConflict::column(Column::OrderNumber).do_nothing().to_owned();
        let insert = Entity::insert(rows::order_row(order)?).on_conflict(free);
        if insert.exec_without_returning(tx.executor()).await? != 1 {
            return Ok(false);
        }
        lines::Entity::insert_many(rows::line_rows(order)).exec_without_returning(tx.executor()).await?;
        Ok(true)
    }

    async fn update_in(&self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        Entity::update_many()
            .set(rows::order_changes(order)?)
            .filter(Column::TenantId.eq(order.tenant_id.uuid()))
            .filter(Column::Id.eq(order.id.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(())
    }

    async fn update_lines_in(&self, tx: &mut Tx, order: &Order) -> Result<(), StoreError> {
        let fates = OnConflict::columns([lines::Column::OrderId, lines::Column::Position])
            .update_columns([
                lines::Column::Accepted,
                lines::Column::Backordered,
                lines::Column::Rejected,
                lines::Column::Cancelled,
                lines::Column::Shipped,
            ])
            .to_owned();
        let insert = lines::Entity::insert_many(rows::line_rows(order)).on_conflict(fates);
        insert.exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn note_resolution_in(&self, tx: &mut Tx, order: &Order, note: &ResolutionNote) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::ResolutionNote, Expr::value(note.as_str()))
            .filter(Column::TenantId.eq(order.tenant_id.uuid()))
            .filter(Column::Id.eq(order.id.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(())
    }

    async fn keep_news_in(&self, tx: &mut Tx, order: &Order, kept: &KeptNews) -> Result<(), StoreError> {
        let of_order = || {
            Condition::all()
                .add(news::Column::TenantId.eq(order.tenant_id.uuid()))
                .add(news::Column::OrderId.eq(order.id.uuid()))
        };
        let latest =
            news::Entity::find().filter(of_order()).order_by_desc(news::Column::Position).one(tx.executor()).await?;
        let answer = kept.answer.to_string();
        // The same once more says nothing.
        if latest.as_ref().is_some_and(|it| it.answer == answer) {
            return Ok(());
        }
        let position = latest.map_or(0, |it| it.position.saturating_add(1));
        let row = news::ActiveModel {
            order_id: Set(order.id.uuid()),
            position: Set(position),
            tenant_id: Set(order.tenant_id.uuid()),
            revision: Set(kept.revision),
            fate: Set(kept.fate.to_owned()),
            answer: Set(answer),
            created_at: Set(kept.at),
        };
        news::Entity::insert(row).exec_without_returning(tx.executor()).await?;
        let old = of_order().add(news::Column::Position.lte(position - KEPT_NEWS));
        news::Entity::delete_many().filter(old).exec(tx.executor()).await?;
        Ok(())
    }
}

fn one(tenant: Option<TenantId>, id: OrderId) -> Select<Entity> {
    let tenant = tenant.map(|tenant| Column::TenantId.eq(tenant.uuid()));
    Entity::find().filter(Condition::all().add(Column::Id.eq(id.uuid())).add_option(tenant))
}

fn matching(filter: &OrderFilter) -> Condition {
    Condition::all()
        .add_option(filter.tenant_id.map(|id| Column::TenantId.eq(id.uuid())))
        .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(filter.needs_review.map(|needs| Column::NeedsReview.eq(needs)))
}

async fn with_lines(
    connection: &impl ConnectionTrait,
    row: Option<capricorn_orders::Model>,
) -> Result<Option<Order>, StoreError> {
    let Some(row) = row else { return Ok(None) };
    let lines = lines_of(connection, vec![row.id]).await?.remove(&row.id).unwrap_or_default();
    rows::order(row, lines).map(Some)
}

/// The lines of orders, each order's in their order.
async fn lines_of(
    connection: &impl ConnectionTrait,
    orders: Vec<Uuid>,
) -> Result<HashMap<Uuid, Vec<lines::Model>>, StoreError> {
    let most = orders.len().saturating_mul(MAX_ITEMS);
    let found = lines::Entity::find()
        .filter(lines::Column::OrderId.is_in(orders))
        .order_by_asc(lines::Column::OrderId)
        .order_by_asc(lines::Column::Position)
        .limit(u64::try_from(most).unwrap_or(u64::MAX))
        .all(connection)
        .await?;
    let mut by_order: HashMap<Uuid, Vec<lines::Model>> = HashMap::new();
    for line in found {
        by_order.entry(line.order_id).or_default().push(line);
    }
    Ok(by_order)
}
