use std::collections::HashSet;

use async_trait::async_trait;
use kernel::{
    EmailAddress, StoreError, Tx,
    input::Word as _,
    page::{Key, Page, PageRequest},
};
use platform::store::{batches, keyset};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::OnConflict,
};
use uuid::Uuid;

use super::{
    EmailStore,
    entity::suppressions::{ActiveModel, Column, Entity},
    rows,
};
use crate::{
    domain::{ByTime, NotificationId, Suppression, SuppressionFilter},
    repository::SuppressionRepository,
};

#[async_trait]
impl SuppressionRepository for EmailStore {
    async fn list(
        &self,
        filter: &SuppressionFilter,
        page: &PageRequest<ByTime>,
    ) -> Result<Page<Suppression>, StoreError> {
        let select = Entity::find().filter(
            Condition::all()
                .add_option(filter.email.as_ref().map(|email| Column::Email.eq(email.as_str())))
                .add_option(filter.reason.map(|reason| Column::Reason.eq(reason.as_str()))),
        );
        let total = select.clone().count(self.db.reader()).await?;
        let found = keyset::page(select, page, Column::CreatedAt, Column::Id).all(self.db.reader()).await?;
        let found: Result<Vec<_>, _> = found.into_iter().map(rows::suppression).collect();
        Ok(Page::from_overfetch(found?, page.limit, total, |it| (Key::Time(it.created_at), it.id)))
    }

    async fn find_suppressed(&self, emails: &[EmailAddress]) -> Result<HashSet<EmailAddress>, StoreError> {
        let mut found: Vec<String> = Vec::new();
        for some in batches(emails, 1) {
            let suppressed = Entity::find()
                .select_only()
                .column(Column::Email)
                .filter(Column::Email.is_in(some.iter().map(EmailAddress::as_str)))
                .into_tuple()
                .all(self.db.reader())
                .await?;
            found.extend::<Vec<String>>(suppressed);
        }
        let found = found.into_iter().map(|email| email.parse());
        found.collect::<Result<_, _>>().map_err(|error| StoreError::corrupt("suppressions.email", error))
    }

    async fn insert_in(&self, tx: &mut Tx, suppression: &Suppression) -> Result<bool, StoreError> {
        let row = ActiveModel {
            id: Set(suppression.id),
            email: Set(suppression.email.as_str().to_owned()),
            reason: Set(suppression.reason.as_str().to_owned()),
            notification_id: Set(suppression.notification_id.map(NotificationId::uuid)),
            created_at: Set(suppression.created_at),
        };
        let unless_there = OnConflict::column(Column::Email).do_nothing().to_owned();
        let inserted = Entity::insert(row).on_conflict(unless_there).exec_without_returning(tx.executor()).await?;
        Ok(inserted > 0)
    }

    async fn find_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<Option<Suppression>, StoreError> {
        let row = Entity::find().filter(Column::Email.eq(email.as_str())).lock_exclusive().one(tx.executor()).await?;
        row.map(rows::suppression).transpose()
    }

    async fn delete_in(&self, tx: &mut Tx, id: Uuid) -> Result<bool, StoreError> {
        Ok(Entity::delete_by_id(id).exec(tx.executor()).await?.rows_affected > 0)
    }
}
