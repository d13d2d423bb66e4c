use async_trait::async_trait;
use kernel::{
    StoreError, Transactor,
    sealed::{KeyRing, Reseal, Resealed, Sealed},
};
use platform::Database;
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::{
    EmailStore,
    entity::notification_log::{Column, Entity, Model},
};
use crate::domain::secret::{self, Owner};

/// Rows read and written at a time.
const PAGE: u64 = 200;

#[async_trait]
impl Reseal for EmailStore {
    fn table(&self) -> &'static str {
        "notification_log"
    }

    async fn reseal(&self, ring: &KeyRing) -> Result<Resealed, StoreError> {
        let mut count = Resealed::default();
        let mut last: Option<Uuid> = None;
        loop {
            let rows = Entity::find()
                .filter(Column::Secret.is_not_null())
                .filter(Condition::all().add_option(last.map(|id| Column::Id.gt(id))))
                .order_by_asc(Column::Id)
                .limit(PAGE)
                .all(self.db.reader())
                .await?;
            let Some(end) = rows.last() else { return Ok(count) };
            last = Some(end.id);
            for row in &rows {
                count += Resealed::of_row(self.table(), row.id, reseal_row(&self.db, ring, row).await)?;
            }
        }
    }
}

/// A transaction for each: over several, it and a dispatcher that keeps outcomes could wait for each other.
async fn reseal_row(db: &Database, ring: &KeyRing, row: &Model) -> Result<Resealed, StoreError> {
    let renewed = match renewed(ring, row) {
        Ok(Some(renewed)) => renewed,
        Ok(None) => return Ok(Resealed::default()),
        Err(_) => return Ok(Resealed { done: 0, refused: 1 }),
    };
    let mut tx = db.begin().await?;
    // What was sent meanwhile stays erased.
    let updated = Entity::update_many()
        .col_expr(Column::Secret, Expr::value(renewed))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Secret.eq(row.secret.as_deref()))
        .exec(tx.executor())
        .await?;
    tx.commit().await?;
    Ok(Resealed { done: updated.rows_affected, refused: 0 })
}

/// The secret under the ring's first key; `None` when it is that already.
fn renewed(ring: &KeyRing, row: &Model) -> Result<Option<String>, kernel::sealed::SealError> {
    let sealed: Sealed = row.secret.as_deref().unwrap_or_default().parse()?;
    if !ring.is_stale(&sealed) {
        return Ok(None);
    }
    let owner = Owner::new(row.id.into(), row.tenant_id.map(Into::into));
    Ok(Some(secret::seal(ring, &owner, &secret::open(ring, &owner, &sealed)?)?.to_string()))
}
