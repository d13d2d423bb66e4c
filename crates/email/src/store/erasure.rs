use async_trait::async_trait;
use kernel::{EmailAddress, StoreError, Tx};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use super::{
    EmailStore,
    entity::{notification_log, suppressions},
};
use crate::repository::{ErasureRepository, Share};

/// Rows deleted by one statement.
const ROWS: u64 = 1_000;

#[async_trait]
impl ErasureRepository for EmailStore {
    async fn delete_messages_in(&self, tx: &mut Tx, email: &EmailAddress, share: Share) -> Result<u64, StoreError> {
        use notification_log::{Column, Entity};
        let theirs = Condition::all().add(Column::Recipient.eq(email.as_str())).add_option(match share {
            Share::All => None,
            Share::OfTenant(id) => Some(Column::TenantId.eq(id.uuid())),
            Share::OfStaff => Some(Column::TenantId.is_null()),
        });
        let some = Entity::find().select_only().column(Column::Id).filter(theirs).limit(ROWS).into_query();
        let deleted = Entity::delete_many().filter(Column::Id.in_subquery(some)).exec(tx.executor()).await?;
        Ok(deleted.rows_affected)
    }

    async fn delete_suppression_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<(), StoreError> {
        let theirs = suppressions::Column::Email.eq(email.as_str());
        suppressions::Entity::delete_many().filter(theirs).exec(tx.executor()).await?;
        Ok(())
    }
}
