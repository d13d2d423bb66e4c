use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, TenantId, Tx};
use platform::store::batches;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use uuid::Uuid;

use super::{
    AuditStore,
    entity::{
        admin_audit_log::{self, Column as Log},
        audit_person_keys::{ActiveModel, Column, Entity},
    },
};
use crate::repository::{KeptName, NameStore};

#[async_trait]
impl NameStore for AuditStore {
    async fn salt_in(
        &self,
        tx: &mut Tx,
        person: Uuid,
        new: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let row = ActiveModel {
            person_id: Set(person),
            salt: Set(Some(hex::encode(new))),
            erasure_proof: Set(None),
            created_at: Set(now),
            erased_at: Set(None),
            name_sealed: Set(None),
        };
        let unless_there = OnConflict::column(Column::PersonId).do_nothing().to_owned();
        match Entity::insert(row).on_conflict(unless_there).exec_without_returning(tx.executor()).await {
            Ok(_) | Err(DbErr::RecordNotInserted) => {}
            Err(error) => return Err(error.into()),
        }
        let row = Entity::find_by_id(person).one(tx.executor()).await?;
        Ok(row.and_then(|row| row.salt).and_then(|salt| hex::decode(salt).ok()))
    }

    async fn keep_name_in(&self, tx: &mut Tx, person: Uuid, sealed: &str) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::NameSealed, Expr::value(sealed))
            .filter(Column::PersonId.eq(person))
            .filter(Column::Salt.is_not_null())
            .exec(tx.executor())
            .await?;
        Ok(())
    }

    async fn list_kept(&self, people: &[Uuid]) -> Result<Vec<KeptName>, StoreError> {
        let mut kept = Vec::new();
        for some in batches(people, 1) {
            let these = Column::PersonId.is_in(some.iter().copied());
            let rows = Entity::find().filter(these).filter(Column::NameSealed.is_not_null());
            for row in rows.all(self.db.reader()).await? {
                let salt = row.salt.and_then(|salt| hex::decode(salt).ok());
                if let (Some(salt), Some(sealed)) = (salt, row.name_sealed) {
                    kept.push(KeptName { person: row.person_id, salt, sealed });
                }
            }
        }
        Ok(kept)
    }

    async fn mentions_in(&self, tx: &mut Tx, person: Uuid, tenant: Option<TenantId>) -> Result<bool, StoreError> {
        let theirs = match tenant {
            Some(tenant) => Condition::all()
                .add(Log::TenantId.eq(tenant.uuid()))
                .add(Condition::any().add(Log::TenantUserId.eq(person)).add(Log::ActorId.eq(person))),
            None => {
                let about_them =
                    Condition::all().add(Log::Resource.eq("admin_user")).add(Log::ResourceId.eq(person.to_string()));
                let by_them = Condition::all().add(Log::ActorType.eq("ADMIN")).add(Log::ActorId.eq(person));
                Condition::any().add(by_them).add(about_them)
            }
        };
        let one = admin_audit_log::Entity::find().select_only().column(Log::Id).filter(theirs).limit(1);
        let found: Option<Uuid> = one.into_tuple().one(tx.executor()).await?;
        Ok(found.is_some())
    }
}
