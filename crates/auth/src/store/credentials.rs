use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, TenantId, TenantUserId, Tx};
use platform::Database;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::entity::tenant_credential::{ActiveModel, Column, Entity, Model};
use crate::{domain::PasswordHash, repository::CredentialRepository};

/// The passwords of tenant users, in `tenant_credentials`.
#[derive(Debug, Clone)]
pub struct CredentialStore {
    db: Database,
}

impl CredentialStore {
    /// Over this database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
    }
}

#[async_trait]
impl CredentialRepository for CredentialStore {
    async fn find_hash(&self, tenant_id: TenantId, id: TenantUserId) -> Result<Option<PasswordHash>, StoreError> {
        Ok(hash(one(tenant_id, id).one(self.db.reader()).await?))
    }

    async fn find_hash_for_update(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        id: TenantUserId,
    ) -> Result<Option<PasswordHash>, StoreError> {
        Ok(hash(one(tenant_id, id).lock_exclusive().one(tx.executor()).await?))
    }

    async fn set_hash_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        id: TenantUserId,
        hash: &PasswordHash,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let row = ActiveModel {
            tenant_user_id: Set(id.uuid()),
            tenant_id: Set(tenant_id.uuid()),
            password_hash: Set(Some(hash.as_str().to_owned())),
            password_set_at: Set(Some(at)),
            mfa_enabled: Set(false),
            mfa_secret: Set(None),
            created_at: Set(at),
            updated_at: Set(at),
        };
        let replace = OnConflict::column(Column::TenantUserId)
            .update_columns([Column::PasswordHash, Column::PasswordSetAt, Column::UpdatedAt])
            .action_and_where(Expr::col((Entity, Column::TenantId)).eq(tenant_id.uuid()))
            .to_owned();
        Entity::insert(row).on_conflict(replace).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn delete_in(&self, tx: &mut Tx, tenant_id: TenantId, id: TenantUserId) -> Result<(), StoreError> {
        let theirs = Column::TenantUserId.eq(id.uuid()).and(Column::TenantId.eq(tenant_id.uuid()));
        Entity::delete_many().filter(theirs).exec(tx.executor()).await?;
        Ok(())
    }

    async fn upgrade_hash_in(
        &self,
        tx: &mut Tx,
        tenant_id: TenantId,
        id: TenantUserId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let outcome = Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(to.as_str()))
            .filter(Column::TenantUserId.eq(id.uuid()))
            .filter(Column::TenantId.eq(tenant_id.uuid()))
            .filter(Column::PasswordHash.eq(from.as_str()))
            .exec(tx.executor())
            .await?;
        Ok(outcome.rows_affected == 1)
    }
}

fn one(tenant_id: TenantId, id: TenantUserId) -> Select<Entity> {
    Entity::find_by_id(id.uuid()).filter(Column::TenantId.eq(tenant_id.uuid()))
}

fn hash(row: Option<Model>) -> Option<PasswordHash> {
    row.and_then(|row| row.password_hash).map(PasswordHash::new)
}
