use async_trait::async_trait;
use kernel::{
    StoreError, Transactor,
    sealed::{KeyRing, Reseal, Resealed},
};
use platform::Database;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::{
    IntegrationStore,
    entity::tenant_integrations::{Column, Entity, Model},
    integrations::{credentials_column, integration, signing_secret_column},
};
use crate::domain::sealing;

/// Rows read and written at a time.
const PAGE: u64 = 200;

#[async_trait]
impl Reseal for IntegrationStore {
    fn table(&self) -> &'static str {
        "tenant_integrations"
    }

    async fn reseal(&self, ring: &KeyRing) -> Result<Resealed, StoreError> {
        let mut count = Resealed::default();
        let mut last: Option<Uuid> = None;
        loop {
            let rows = Entity::find()
                .filter(Condition::all().add_option(last.map(|id| Column::Id.gt(id))))
                .order_by_asc(Column::Id)
                .limit(PAGE)
                .all(self.0.reader())
                .await?;
            let Some(end) = rows.last() else { return Ok(count) };
            last = Some(end.id);
            // A transaction for each: what the database refuses must not undo the others.
            for row in rows {
                let id = row.id;
                count += Resealed::of_row(self.table(), id, reseal_row(&self.0, ring, row).await)?;
            }
        }
    }
}

/// Every change of a connection raises its version, so what happens meanwhile is not undone; sealing anew is none.
async fn reseal_row(db: &Database, ring: &KeyRing, row: Model) -> Result<Resealed, StoreError> {
    const REFUSED: Resealed = Resealed { done: 0, refused: 1 };
    let Ok(before) = integration(row) else { return Ok(REFUSED) };
    if before.quarantined_at.is_some() {
        return Ok(REFUSED);
    }
    let renewed = match sealing::renew(ring, &before) {
        Ok(Some(renewed)) => renewed,
        Ok(None) => return Ok(Resealed::default()),
        Err(_) => return Ok(REFUSED),
    };
    let mut tx = db.begin().await?;
    let updated = Entity::update_many()
        .col_expr(Column::Credentials, Expr::value(credentials_column(&renewed)))
        .col_expr(Column::SigningSecret, Expr::value(signing_secret_column(&renewed)))
        .filter(Column::TenantId.eq(before.tenant_id.uuid()))
        .filter(Column::Id.eq(before.id))
        .filter(Column::Version.eq(before.version))
        .exec(tx.executor())
        .await?;
    tx.commit().await?;
    Ok(Resealed { done: updated.rows_affected, refused: 0 })
}
