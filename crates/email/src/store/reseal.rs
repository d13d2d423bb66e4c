use async_trait::async_trait;
use kernel::{
    StoreError, Transactor,
    sealed::{KeyRing, Reseal, Resealed, Sealed},
};
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
                let Some(renewed) = renewed(ring, row).transpose() else { continue };
                let Ok(renewed) = renewed else {
                    count.refused += 1;
                    continue;
                };
                // A transaction for each: over several, it and a courier that keeps outcomes could wait for each other.
                let mut tx = self.db.begin().await?;
                // What was sent meanwhile stays erased.
                let update = Entity::update_many()
                    .col_expr(Column::Secret, Expr::value(renewed))
                    .filter(Column::Id.eq(row.id))
                    .filter(Column::Secret.eq(row.secret.as_deref()));
                count.done += update.exec(tx.executor()).await?.rows_affected;
                tx.commit().await?;
            }
        }
    }
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
