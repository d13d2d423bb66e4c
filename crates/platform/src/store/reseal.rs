//! Sealing anew what an older key sealed. Every update asks that the old value still stands, so that it does not undo what
//! happens meanwhile; what it misses for that reason is found by the next run.

use async_trait::async_trait;
use kernel::{
    StoreError, Transactor,
    idempotency::KeyIdentity,
    sealed::{KeyRing, Purpose, Reseal, Resealed, SealError, Sealed},
};
use sea_orm::{ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use super::{
    SeaIdempotency,
    entity::idempotency_key as key,
    idempotency::{BODY, BODY_HASH, purpose, row_name},
};
use crate::Database;

/// Rows read and written at a time.
const PAGE: u64 = 200;

/// The value under the ring's first key; `None` when it is that already.
fn renewed(ring: &KeyRing, purpose: &Purpose<'_>, text: &str) -> Result<Option<String>, SealError> {
    let sealed: Sealed = text.parse()?;
    if !ring.is_stale(&sealed) {
        return Ok(None);
    }
    let plain = ring.open(purpose, &sealed)?;
    Ok(Some(ring.seal(purpose, &plain)?.to_string()))
}

#[async_trait]
impl Reseal for SeaIdempotency {
    fn table(&self) -> &'static str {
        "idempotency_keys"
    }

    async fn reseal(&self, ring: &KeyRing) -> Result<Resealed, StoreError> {
        let mut count = Resealed::default();
        let mut last: Option<[String; 3]> = None;
        let columns = [key::Column::Principal, key::Column::Route, key::Column::Key];
        loop {
            let after = last.map(|values| Expr::tuple(columns.map(Expr::col)).gt(Expr::tuple(values.map(Expr::value))));
            let mut query = key::Entity::find().filter(Condition::all().add_option(after)).limit(PAGE);
            for column in columns {
                query = query.order_by_asc(column);
            }
            let rows = query.all(self.db.reader()).await?;
            let Some(end) = rows.last() else { return Ok(count) };
            last = Some([end.principal.clone(), end.route.clone(), end.key.clone()]);
            // One transaction a row: nobody waits for a whole page, and no deadlock can come of it.
            for row in rows {
                let name = format!("{} {}", row.principal, row.route);
                let result = reseal_key(&self.db, ring, row).await;
                count += Resealed::of_row(self.table(), name, result)?;
            }
        }
    }
}

async fn reseal_key(db: &Database, ring: &KeyRing, row: key::Model) -> Result<Resealed, StoreError> {
    let identity = KeyIdentity { principal: row.principal, route: row.route, key: row.key };
    let name = row_name(&identity);
    let hash = renewed(ring, &purpose(&identity, &name, BODY_HASH), &row.body_hash);
    let body = row.body.as_deref().map(|text| renewed(ring, &purpose(&identity, &name, BODY), text));
    let (Ok(hash), Ok(body)) = (hash, body.transpose()) else {
        return Ok(Resealed { done: 0, refused: 1 });
    };
    let body = body.flatten();
    if hash.is_none() && body.is_none() {
        return Ok(Resealed::default());
    }
    let same_body = match &row.body {
        Some(old) => key::Column::Body.eq(old.as_str()),
        None => key::Column::Body.is_null(),
    };
    let mut tx = db.begin().await?;
    let updated = key::Entity::update_many()
        .col_expr(key::Column::BodyHash, Expr::value(hash.unwrap_or_else(|| row.body_hash.clone())))
        .col_expr(key::Column::Body, Expr::value(body.or_else(|| row.body.clone())))
        .filter(key::Column::Principal.eq(identity.principal))
        .filter(key::Column::Route.eq(identity.route))
        .filter(key::Column::Key.eq(identity.key))
        .filter(key::Column::BodyHash.eq(row.body_hash.as_str()))
        .filter(same_body)
        .exec(tx.executor())
        .await?;
    tx.commit().await?;
    Ok(Resealed { done: updated.rows_affected, refused: 0 })
}
