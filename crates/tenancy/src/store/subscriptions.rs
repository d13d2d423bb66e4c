use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};
use platform::Database;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select, sea_query::LockType};

use super::{
    entity::subscriptions::{Column, Entity},
    rows,
};
use crate::{domain::Subscription, repository::SubscriptionRepository};

/// [`SubscriptionRepository`] over the database.
#[derive(Debug, Clone)]
pub struct SubscriptionStore(Database);

impl SubscriptionStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl SubscriptionRepository for SubscriptionStore {
    async fn find(&self, tenant: TenantId) -> Result<Option<Subscription>, StoreError> {
        of(tenant).one(self.0.reader()).await?.map(rows::subscription).transpose()
    }

    async fn find_for_update(&self, tx: &mut Tx, tenant: TenantId) -> Result<Option<Subscription>, StoreError> {
        of(tenant).lock(LockType::NoKeyUpdate).one(tx.executor()).await?.map(rows::subscription).transpose()
    }

    async fn insert_in(&self, tx: &mut Tx, subscription: &Subscription) -> Result<(), StoreError> {
        Entity::insert(rows::subscription_row(subscription)).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn update_in(&self, tx: &mut Tx, subscription: &Subscription, from_version: i64) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .set(rows::subscription_changes(subscription))
            .filter(Column::TenantId.eq(subscription.tenant_id.uuid()))
            .filter(Column::Version.eq(from_version))
            .exec(tx.executor())
            .await?;
        Ok(updated.rows_affected == 1)
    }
}

fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.uuid()))
}
