use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, TenantId, Tx, input::Word as _};
use platform::Database;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict, Query},
};
use uuid::Uuid;

use super::entity::{subscriptions, tenants, trial_warnings};
use crate::{
    domain::{EndingTrial, SubscriptionStatus, TenantStatus, TrialWarning},
    repository::TrialRepository,
};

/// The workshop of an outer query.
const TENANT: (tenants::Entity, tenants::Column) = (tenants::Entity, tenants::Column::Id);

/// [`TrialRepository`] over the database.
#[derive(Debug, Clone)]
pub struct TrialStore(Database);

impl TrialStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl TrialRepository for TrialStore {
    async fn list_unwarned(
        &self,
        warning: &TrialWarning,
        after: Option<TenantId>,
        limit: u64,
    ) -> Result<Vec<EndingTrial>, StoreError> {
        use tenants::Column;
        let warned = Query::select()
            .expr(Expr::value(1))
            .from(trial_warnings::Entity)
            .and_where(Expr::col((trial_warnings::Entity, trial_warnings::Column::TenantId)).equals(TENANT))
            .and_where(
                Expr::col((trial_warnings::Entity, trial_warnings::Column::TrialEndsAt))
                    .equals((tenants::Entity, Column::TrialEndsAt)),
            )
            .and_where(trial_warnings::Column::Days.eq(days(warning.days)))
            .to_owned();
        let due = Condition::all()
            .add(Column::TrialEndsAt.gt(warning.after))
            .add(Column::TrialEndsAt.lte(warning.until))
            .add(Expr::exists(warned).not());
        self.list(due, after, limit).await
    }

    async fn list_over(
        &self,
        now: DateTime<Utc>,
        after: Option<TenantId>,
        limit: u64,
    ) -> Result<Vec<EndingTrial>, StoreError> {
        self.list(Condition::all().add(tenants::Column::TrialEndsAt.lte(now)), after, limit).await
    }

    async fn mark_warned_in(
        &self,
        tx: &mut Tx,
        trial: EndingTrial,
        warning: u32,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        use trial_warnings::{ActiveModel, Column, Entity};
        let row = ActiveModel {
            tenant_id: Set(trial.tenant_id.uuid()),
            trial_ends_at: Set(trial.ends_at),
            days: Set(days(warning)),
            created_at: Set(now),
        };
        let key = [Column::TenantId, Column::TrialEndsAt, Column::Days];
        let once = OnConflict::columns(key).do_nothing().to_owned();
        Ok(Entity::insert(row).on_conflict(once).exec_without_returning(tx.executor()).await? > 0)
    }
}

impl TrialStore {
    /// Workshops that work on a trial of this kind, without a subscription beyond it.
    async fn list(
        &self,
        trials: Condition,
        after: Option<TenantId>,
        limit: u64,
    ) -> Result<Vec<EndingTrial>, StoreError> {
        use tenants::Column;
        let subscribed = Query::select()
            .expr(Expr::value(1))
            .from(subscriptions::Entity)
            .and_where(Expr::col((subscriptions::Entity, subscriptions::Column::TenantId)).equals(TENANT))
            .and_where(subscriptions::Column::Status.ne(SubscriptionStatus::Trialing.as_str()))
            .to_owned();
        let rows: Vec<(Uuid, DateTime<Utc>)> = tenants::Entity::find()
            .select_only()
            .columns([Column::Id, Column::TrialEndsAt])
            .filter(trials)
            .filter(Column::Status.eq(TenantStatus::Active.as_str()))
            .filter(Column::DeletedAt.is_null())
            .filter(Expr::exists(subscribed).not())
            .filter(Condition::all().add_option(after.map(|id| Column::Id.gt(id.uuid()))))
            .order_by_asc(Column::Id)
            .limit(limit)
            .into_tuple()
            .all(self.0.reader())
            .await?;
        Ok(rows.into_iter().map(|(id, ends_at)| EndingTrial { tenant_id: TenantId(id), ends_at }).collect())
    }
}

fn days(days: u32) -> i32 {
    i32::try_from(days).unwrap_or(i32::MAX)
}
