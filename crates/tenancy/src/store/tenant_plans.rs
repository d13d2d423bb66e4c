use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};
use platform::store::batches;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::{
    TenantStore,
    entity::tenants::{Column, Entity},
    rows::word,
};
use crate::repository::{TenantPlan, TenantPlans};

#[async_trait]
impl TenantPlans for TenantStore {
    async fn list_plans(&self, tenants: &[TenantId]) -> Result<Vec<TenantPlan>, StoreError> {
        list(self.0.reader(), tenants).await
    }

    async fn list_plans_in(&self, tx: &mut Tx, tenants: &[TenantId]) -> Result<Vec<TenantPlan>, StoreError> {
        list(tx.executor(), tenants).await
    }
}

async fn list(connection: &impl ConnectionTrait, tenants: &[TenantId]) -> Result<Vec<TenantPlan>, StoreError> {
    let mut plans = Vec::with_capacity(tenants.len());
    for some in batches(tenants, 1) {
        // bound: the ids that were asked for
        let rows: Vec<(Uuid, String, bool)> = Entity::find()
            .select_only()
            .columns([Column::Id, Column::Plan])
            .expr(Expr::col((Entity, Column::DeletedAt)).is_not_null())
            .filter(Column::Id.is_in(some.iter().map(|tenant| tenant.uuid())))
            .into_tuple()
            .all(connection)
            .await?;
        for (id, plan, is_deleted) in rows {
            plans.push(TenantPlan { tenant_id: id.into(), plan: word("tenants.plan", &plan)?, is_deleted });
        }
    }
    Ok(plans)
}
