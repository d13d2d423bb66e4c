use async_trait::async_trait;
use kernel::{AdminId, StoreError, Tx};
use sea_orm::{
    ColumnTrait, ConnectionTrait as _, EntityTrait, ExprTrait, QueryFilter,
    sea_query::{Expr, Query},
};

use super::entity::{admin_user, one_time_token};
use crate::{domain::AccountId, repository::ErasureRepository};

/// Deletes accounts and what belongs to them.
#[derive(Debug, Clone, Copy)]
pub struct ErasureStore;

#[async_trait]
impl ErasureRepository for ErasureStore {
    async fn delete_sessions_in(&self, tx: &mut Tx, subject: AccountId) -> Result<(), StoreError> {
        let mut delete = Query::delete();
        match subject {
            AccountId::Admin(id) => {
                delete.from_table("admin_sessions").and_where(Expr::col("admin_id").eq(id.uuid()));
            }
            AccountId::Tenant { tenant_id, user_id } => {
                delete
                    .from_table("tenant_sessions")
                    .and_where(Expr::col("tenant_user_id").eq(user_id.uuid()))
                    .and_where(Expr::col("tenant_id").eq(tenant_id.uuid()));
            }
        }
        tx.executor().execute(&delete).await?;
        Ok(())
    }

    async fn delete_tokens_in(&self, tx: &mut Tx, subject: AccountId) -> Result<(), StoreError> {
        let theirs = one_time_token::Column::Subject.eq(subject.id());
        one_time_token::Entity::delete_many().filter(theirs).exec(tx.executor()).await?;
        Ok(())
    }

    async fn delete_admin_in(&self, tx: &mut Tx, id: AdminId) -> Result<(), StoreError> {
        admin_user::Entity::delete_by_id(id.uuid()).exec(tx.executor()).await?;
        Ok(())
    }
}
