use kernel::{StoreError, Tx};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::entity::audit_identity::{Column, Entity};
use crate::domain::{checkpoint::Identity, keys::Digest};

/// `None` also when there are two: then nobody knows which is the right one.
pub(super) async fn find(connection: &impl ConnectionTrait) -> Result<Option<Identity>, StoreError> {
    let mut rows = Entity::find().limit(2).all(connection).await?;
    let row = rows.pop();
    Ok(row.filter(|_| rows.is_empty()).map(|row| Identity { id: row.id, genesis: row.genesis_hash }))
}

pub(super) async fn set_genesis_in(tx: &mut Tx, genesis: &Digest) -> Result<(), StoreError> {
    Entity::update_many()
        .col_expr(Column::GenesisHash, Expr::value(genesis.as_str()))
        .filter(Column::GenesisHash.is_null())
        .exec(tx.executor())
        .await?;
    Ok(())
}
