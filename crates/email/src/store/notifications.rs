use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    EmailAddress, StoreError, TenantId, Tx,
    input::Word as _,
    page::{Key, Page, PageRequest},
};
use platform::store::{keyset, lease};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{
    EmailStore,
    entity::notification_log::{ActiveModel, Column, Entity},
    rows,
};
use crate::{
    domain::{ByTime, DeliveryEvent, Notification, NotificationFilter, NotificationId, NotificationStatus},
    repository::{NotificationRepository, Queued},
};

/// Rows inserted by one statement; engines limit its values.
const ROWS: usize = 500;

#[async_trait]
impl NotificationRepository for EmailStore {
    async fn find(&self, id: NotificationId) -> Result<Option<Notification>, StoreError> {
        Entity::find_by_id(id.uuid()).one(self.db.reader()).await?.map(rows::notification).transpose()
    }

    async fn list(
        &self,
        filter: &NotificationFilter,
        page: &PageRequest<ByTime>,
    ) -> Result<Page<Notification>, StoreError> {
        let select = Entity::find().filter(matching(filter));
        let total = select.clone().count(self.db.reader()).await?;
        let select = keyset::page(select, page, Column::CreatedAt, Column::Id);
        let found = select.all(self.db.reader()).await?;
        let found: Result<Vec<_>, _> = found.into_iter().map(rows::notification).collect();
        Ok(Page::from_overfetch(found?, page.limit, total, |it| (Key::Time(it.created_at), it.id.uuid())))
    }

    async fn insert_in(&self, tx: &mut Tx, messages: &[Queued]) -> Result<Vec<NotificationId>, StoreError> {
        let mut added = Vec::with_capacity(messages.len());
        for some in messages.chunks(ROWS) {
            let ranks = ranks_in(tx, some, self.clock.now()).await?;
            let new: Vec<ActiveModel> = some.iter().zip(ranks).map(|(it, rank)| rows::new_row(it, rank)).collect();
            let once = OnConflict::column(Column::OnceKey).do_nothing().to_owned();
            // bound: ROWS
            let keys = Entity::insert_many(new).on_conflict(once).exec_with_returning_keys(tx.executor()).await?;
            added.extend(keys.into_iter().map(NotificationId));
        }
        if !added.is_empty() {
            tx.wake_on_commit(&self.waker);
        }
        Ok(added)
    }

    async fn find_for_update(&self, tx: &mut Tx, id: NotificationId) -> Result<Option<Queued>, StoreError> {
        let row = Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.executor()).await?;
        row.map(rows::queued).transpose()
    }

    async fn requeue_in(
        &self,
        tx: &mut Tx,
        id: NotificationId,
        now: DateTime<Utc>,
    ) -> Result<Notification, StoreError> {
        // bound: one
        let updated = Entity::update_many()
            .col_expr(Column::Status, Expr::value(NotificationStatus::Pending.as_str()))
            .col_expr(Column::Attempts, Expr::value(0))
            .col_expr(Column::NextAttemptAt, Expr::value(now))
            .col_expr(Column::RankAt, Expr::value(now))
            .col_expr(Column::FirstAttemptAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(Column::Provider, Expr::value(Option::<String>::None))
            .col_expr(Column::ProviderMessageId, Expr::value(Option::<String>::None))
            .col_expr(Column::ErrorMessage, Expr::value(Option::<String>::None))
            .col_expr(Column::SentAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.eq(id.uuid()))
            .exec_with_returning(tx.executor())
            .await?;
        tx.wake_on_commit(&self.waker);
        let row = updated.into_iter().next();
        rows::notification(row.ok_or_else(|| StoreError::corrupt("notification_log.id", "a locked row is gone"))?)
    }

    async fn note_in(
        &self,
        tx: &mut Tx,
        delivery_event: &DeliveryEvent,
        now: DateTime<Utc>,
    ) -> Result<Option<(NotificationId, EmailAddress)>, StoreError> {
        let Some(which) = subject_of(delivery_event) else { return Ok(None) };
        let row = Entity::find().filter(which).lock_exclusive().one(tx.executor()).await?;
        let Some(row) = row else { return Ok(None) };
        let overtaken = delivery_event.status.overtakes().map(NotificationStatus::as_str);
        let mut update = Entity::update_many()
            .col_expr(Column::Status, Expr::value(delivery_event.status.as_str()))
            .col_expr(Column::NextAttemptAt, Expr::value(Option::<DateTime<Utc>>::None))
            .col_expr(Column::ErrorMessage, Expr::value(delivery_event.note.clone()))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(now))
            .filter(Column::Id.eq(row.id))
            .filter(Column::Status.is_in(overtaken));
        if let Some(id) = &delivery_event.provider_message_id {
            update = update.col_expr(Column::ProviderMessageId, Expr::value(id.as_str()));
        }
        // Most delivery events tell that it was sent, whatever we know of it.
        if !delivery_event.status.may_be_retried() {
            update = update
                .col_expr(Column::SentAt, Expr::value(row.sent_at.unwrap_or(now)))
                .col_expr(Column::Secret, Expr::value(Option::<String>::None));
        }
        update.exec(tx.executor()).await?;
        let recipient = row.recipient.parse();
        let recipient = recipient.map_err(|error| StoreError::corrupt("notification_log.recipient", error))?;
        Ok(Some((NotificationId(row.id), recipient)))
    }
}

/// Where in line each of the messages begins.
async fn ranks_in(tx: &mut Tx, messages: &[Queued], now: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, StoreError> {
    let mut next = HashMap::new();
    let mut ranks = Vec::with_capacity(messages.len());
    for message in messages {
        let tenant = message.notification.tenant_id.map(TenantId::uuid);
        let first = match next.get(&tenant) {
            Some(rank) => *rank,
            None => lease::rank_in::<Entity>(tx, Condition::all(), tenant, now).await?,
        };
        next.insert(tenant, lease::rank_after(first));
        ranks.push(first);
    }
    Ok(ranks)
}

/// The message that the delivery event is of: by our name for it, unless the provider took it under another of its names since.
fn subject_of(delivery_event: &DeliveryEvent) -> Option<Condition> {
    let theirs = delivery_event.provider_message_id.as_deref();
    match (delivery_event.notification_id, theirs) {
        (Some(ours), Some(theirs)) => {
            let same = Column::ProviderMessageId.is_null().or(Column::ProviderMessageId.eq(theirs));
            Some(Condition::all().add(Column::Id.eq(ours.uuid())).add(same))
        }
        (Some(ours), None) => Some(Condition::all().add(Column::Id.eq(ours.uuid()))),
        (None, Some(theirs)) => Some(Condition::all().add(Column::ProviderMessageId.eq(theirs))),
        (None, None) => None,
    }
}

fn matching(filter: &NotificationFilter) -> Condition {
    Condition::all()
        .add_option(filter.status.map(|status| Column::Status.eq(status.as_str())))
        .add_option(filter.recipient.as_ref().map(|recipient| Column::Recipient.eq(recipient.as_str())))
        .add_option(filter.template.map(|template| Column::Template.eq(template.as_str())))
        .add_option(filter.tenant_id.map(|id: TenantId| Column::TenantId.eq(id.uuid())))
        .add_option(filter.from.map(|from| Column::CreatedAt.gte(from)))
        .add_option(filter.to.map(|to| Column::CreatedAt.lt(to)))
}
