use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{StoreError, Tx};
use platform::Database;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::entity::one_time_token::{ActiveModel, Column, Entity};
use crate::{
    domain::{AccountId, OneTimeToken},
    repository::OneTimeTokenRepository,
};

/// One-time tokens in `one_time_tokens`.
#[derive(Debug, Clone)]
pub struct OneTimeTokenStore {
    db: Database,
}

impl OneTimeTokenStore {
    /// Over this database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
    }
}

#[async_trait]
impl OneTimeTokenRepository for OneTimeTokenStore {
    async fn find_token(&self, token_hash: &str) -> Result<Option<OneTimeToken>, StoreError> {
        let row = Entity::find().filter(Column::TokenHash.eq(token_hash)).one(self.db.reader()).await?;
        row.map(OneTimeToken::try_from).transpose()
    }

    async fn insert_token_in(&self, tx: &mut Tx, token: &OneTimeToken) -> Result<(), StoreError> {
        Entity::insert(ActiveModel::from(token)).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn use_token_in(&self, tx: &mut Tx, id: Uuid, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let outcome = Entity::update_many()
            .col_expr(Column::UsedAt, Expr::value(now))
            .filter(Column::Id.eq(id))
            .filter(Column::UsedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .exec(tx.executor())
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    async fn revoke_tokens_in(&self, tx: &mut Tx, subject: AccountId, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let outcome = Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(now))
            .filter(Column::Subject.eq(subject.id()))
            .filter(Column::UsedAt.is_null())
            .filter(Column::RevokedAt.is_null())
            .exec(tx.executor())
            .await?;
        Ok(outcome.rows_affected)
    }

    async fn count_tokens_since(
        &self,
        tx: &mut Tx,
        subject: AccountId,
        since: DateTime<Utc>,
    ) -> Result<u64, StoreError> {
        let made = Entity::find().filter(Column::Subject.eq(subject.id())).filter(Column::CreatedAt.gte(since));
        Ok(made.count(tx.executor()).await?)
    }

    async fn purge_tokens_in(&self, tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
        let outcome = Entity::delete_many().filter(Column::ExpiresAt.lt(before)).exec(tx.executor()).await?;
        Ok(outcome.rows_affected)
    }
}
