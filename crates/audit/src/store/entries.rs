use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use kernel::{
    AdminId, StoreError, TenantId, Tx,
    input::Word as _,
    page::{Direction, Key, Page, PageRequest},
};
use platform::store::keyset;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use super::{
    AuditStore,
    entity::{
        admin_audit_log::{ActiveModel, Column, Entity, Model},
        audit_archives::{self, Column as Archives},
    },
};
use crate::{
    domain::{
        entry::{ActorType, Entry},
        filter::{AuditFilter, AuditSort},
    },
    error::AuditError,
    repository::{Counts, EntryStore, Position},
};

#[async_trait]
impl EntryStore for AuditStore {
    async fn insert_in(&self, tx: &mut Tx, entry: &Entry) -> Result<(), StoreError> {
        Entity::insert(ActiveModel::from(entry)).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn list(&self, filter: &AuditFilter, page: &PageRequest<AuditSort>) -> Result<Page<Entry>, AuditError> {
        let total = self.total(filter).await?;
        let query = Entity::find().filter(condition(filter));
        let query = keyset::page(query, page, Column::CreatedAt, Column::Id);
        let rows = entries(query.all(self.db.reader()).await.map_err(StoreError::from)?)?;
        Ok(Page::from_overfetch(rows, page.limit, total, |entry| (Key::Time(entry.created_at), entry.id.uuid())))
    }

    async fn batch(
        &self,
        filter: &AuditFilter,
        after: Option<Position>,
        until: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError> {
        let mut query = Entity::find()
            .filter(condition(filter))
            .filter(Column::CreatedAt.lt(until))
            .order_by_asc(Column::CreatedAt)
            .order_by_asc(Column::Id)
            .limit(limit);
        if let Some(position) = after {
            query = query.filter(keyset::beyond(
                Column::CreatedAt,
                Column::Id,
                &Key::Time(position.created_at),
                position.id.uuid(),
                Direction::Ascending,
            ));
        }
        entries(query.all(self.db.reader()).await?)
    }

    async fn counts(&self, tenant: Option<TenantId>, now: DateTime<Utc>) -> Result<Counts, StoreError> {
        #[derive(FromQueryResult)]
        struct Row {
            last_7d: i64,
            last_24h: i64,
            failures_24h: i64,
        }
        let count_if = |condition: Expr| Expr::case(condition, 1).finally(Option::<i32>::None).count();
        let recent = || Column::CreatedAt.gte(now - TimeDelta::hours(24));
        let row = of_tenant(tenant)
            .filter(Column::CreatedAt.gte(now - TimeDelta::days(7)))
            .select_only()
            .column_as(Column::Id.count(), "last_7d")
            .column_as(count_if(recent()), "last_24h")
            .column_as(count_if(recent().and(Column::StatusCode.gte(400))), "failures_24h")
            .into_model::<Row>()
            .one(self.db.reader())
            .await?;
        Ok(row.map_or_else(Counts::default, |row| Counts {
            last_24h: row.last_24h.unsigned_abs(),
            last_7d: row.last_7d.unsigned_abs(),
            failures_24h: row.failures_24h.unsigned_abs(),
        }))
    }

    async fn top_admins(
        &self,
        tenant: Option<TenantId>,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<(AdminId, u64)>, StoreError> {
        let rows: Vec<(Uuid, i64)> = of_tenant(tenant)
            .filter(Column::CreatedAt.gte(since))
            .filter(Column::ActorType.eq(ActorType::Admin.as_str()))
            .filter(Column::ActorId.is_not_null())
            .select_only()
            .column(Column::ActorId)
            .column_as(Column::Id.count(), "entries")
            .group_by(Column::ActorId)
            .order_by_desc(Expr::col("entries"))
            .order_by_asc(Column::ActorId)
            .limit(limit)
            .into_tuple()
            .all(self.db.reader())
            .await?;
        Ok(rows.into_iter().map(|(id, count)| (AdminId(id), count.unsigned_abs())).collect())
    }

    async fn top_actions(
        &self,
        tenant: Option<TenantId>,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let rows: Vec<(String, i64)> = of_tenant(tenant)
            .filter(Column::CreatedAt.gte(since))
            .select_only()
            .column(Column::Action)
            .column_as(Column::Id.count(), "entries")
            .group_by(Column::Action)
            .order_by_desc(Expr::col("entries"))
            .order_by_asc(Column::Action)
            .limit(limit)
            .into_tuple()
            .all(self.db.reader())
            .await?;
        Ok(rows.into_iter().map(|(action, count)| (action, count.unsigned_abs())).collect())
    }
}

impl AuditStore {
    /// Exact. Without a filter it is the chain's head less what was archived plus what is not sealed yet, which
    /// costs the same however long the trail is; with a filter an index is counted.
    async fn total(&self, filter: &AuditFilter) -> Result<u64, StoreError> {
        let reader = self.db.reader();
        if !filter.is_empty() {
            return Ok(Entity::find().filter(condition(filter)).count(reader).await?);
        }
        // One statement, so that an entry that is sealed meanwhile is counted once.
        let unsealed =
            Query::select().expr(Column::Id.count()).from(Entity).and_where(Column::Sequence.is_null()).take();
        let head = Query::select().expr(Column::Sequence.max()).from(Entity).take();
        let archived = Query::select().expr(Archives::LastSequence.max()).from(audit_archives::Entity).take();
        let statement =
            Query::select().expr_as(unsealed, "unsealed").expr_as(head, "head").expr_as(archived, "archived").take();
        let row = reader.query_one(&statement).await?;
        let Some(row) = row else { return Ok(0) };
        let unsealed: i64 = row.try_get("", "unsealed")?;
        let archived: i64 = row.try_get::<Option<i64>>("", "archived")?.unwrap_or_default();
        let head = row.try_get::<Option<i64>>("", "head")?.unwrap_or(archived);
        Ok(u64::try_from(head - archived + unsealed).unwrap_or_default())
    }
}

fn of_tenant(tenant: Option<TenantId>) -> sea_orm::Select<Entity> {
    let filter = AuditFilter { tenant_id: tenant, ..AuditFilter::default() };
    Entity::find().filter(condition(&filter))
}

fn condition(filter: &AuditFilter) -> Condition {
    Condition::all()
        .add_option(filter.tenant_id.map(|id| Column::TenantId.eq(id.uuid())))
        .add_option(
            filter
                .admin_id
                .map(|id| Column::ActorId.eq(id.uuid()).and(Column::ActorType.eq(ActorType::Admin.as_str()))),
        )
        .add_option(filter.action.as_ref().map(|action| Column::Action.eq(action)))
        .add_option(filter.resource.as_ref().map(|resource| Column::Resource.eq(resource)))
        .add_option(filter.resource_id.as_ref().map(|id| Column::ResourceId.eq(id)))
        .add_option(filter.status_code.map(|status| Column::StatusCode.eq(i32::from(status))))
        .add_option(filter.from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.to.map(|to| Column::CreatedAt.lt(to)))
}

/// Rows after a given one in the list's order, as one comparison of pairs, which the indexes answer.
pub(super) fn entries(rows: Vec<Model>) -> Result<Vec<Entry>, StoreError> {
    rows.into_iter().map(Entry::try_from).collect()
}
