use std::collections::HashMap;

use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};
use platform::store::batches;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::entity::{
    admin_audit_log,
    audit_person_keys::{ActiveModel, Column, Entity},
};
use crate::domain::chain::PersonKey;

pub(super) async fn keys(
    connection: &impl ConnectionTrait,
    people: &[Uuid],
) -> Result<HashMap<Uuid, PersonKey>, StoreError> {
    let mut keys = HashMap::with_capacity(people.len());
    for some in batches(people, 1) {
        let rows = Entity::find().filter(Column::PersonId.is_in(some.iter().copied())).all(connection).await?;
        for row in rows {
            let key = match (row.salt, row.erasure_proof) {
                (Some(salt), _) => hex::decode(&salt).map_or(PersonKey::Missing, PersonKey::Salt),
                (None, Some(proof)) => PersonKey::Erased(proof),
                (None, None) => PersonKey::Missing,
            };
            keys.insert(row.person_id, key);
        }
    }
    Ok(keys)
}

pub(super) async fn insert_salts_in(
    tx: &mut Tx,
    salts: &[(Uuid, [u8; 32])],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    for some in batches(salts, 5) {
        let rows = some.iter().map(|(person, salt)| ActiveModel {
            person_id: Set(*person),
            salt: Set(Some(hex::encode(salt))),
            erasure_proof: Set(None),
            created_at: Set(now),
            erased_at: Set(None),
            name_sealed: Set(None),
        });
        Entity::insert_many(rows).exec_without_returning(tx.executor()).await?;
    }
    Ok(())
}

pub(super) async fn erase_in(tx: &mut Tx, person: Uuid, proof: &str, now: DateTime<Utc>) -> Result<u64, StoreError> {
    let row = ActiveModel {
        person_id: Set(person),
        salt: Set(None),
        erasure_proof: Set(Some(proof.to_owned())),
        created_at: Set(now),
        erased_at: Set(Some(now)),
        name_sealed: Set(None),
    };
    let conflict = OnConflict::column(Column::PersonId)
        .update_columns([Column::Salt, Column::ErasureProof, Column::ErasedAt, Column::NameSealed])
        .to_owned();
    Entity::insert(row).on_conflict(conflict).exec_without_returning(tx.executor()).await?;
    forget_in(tx, whose(person)).await
}

/// Whose values an entry holds: as `Entry::person` says.
fn whose(person: Uuid) -> Condition {
    use admin_audit_log::Column as Log;
    let at_their_account = Log::TenantUserId.eq(person).and(Log::ActorId.is_null());
    Condition::any().add(Log::ActorId.eq(person)).add(at_their_account)
}

pub(super) async fn forget_in(tx: &mut Tx, which: Condition) -> Result<u64, StoreError> {
    use admin_audit_log::Column as Log;
    let done = admin_audit_log::Entity::update_many()
        .col_expr(Log::IpAddress, Expr::value(Option::<String>::None))
        .col_expr(Log::UserAgent, Expr::value(Option::<String>::None))
        .filter(which)
        .filter(Condition::any().add(Log::IpAddress.is_not_null()).add(Log::UserAgent.is_not_null()))
        .exec(tx.executor())
        .await?;
    Ok(done.rows_affected)
}
