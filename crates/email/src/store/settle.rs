//! Keeping what came of attempts.

use chrono::{DateTime, Utc};
use kernel::{StoreError, Transactor, Tx, input::Word as _};
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, UpdateMany,
    sea_query::{CaseStatement, Expr},
};
use uuid::Uuid;

use super::{
    EmailStore,
    entity::notification_log::{Column, Entity},
};
use crate::{
    domain::NotificationStatus as Status,
    repository::{Attempt, Outcome},
};

/// Keeps outcomes: what was sent, mostly all, in one statement, and each failure with its own time and text.
pub(super) async fn keep(store: &EmailStore, provider: Option<&str>, attempts: &[Attempt]) -> Result<(), StoreError> {
    let now = store.clock.now();
    let mut tx = store.db.begin().await?;
    let mut sent = Vec::new();
    for attempt in attempts {
        match &attempt.outcome {
            Outcome::Sent { provider_message_id } => sent.push((attempt.id.uuid(), provider_message_id.as_deref())),
            _ => unsent_in(&mut tx, provider, attempt, now).await?,
        }
    }
    if !sent.is_empty() {
        sent_in(&mut tx, provider, &sent, now).await?;
    }
    tx.commit().await
}

/// Sent is sent, whichever attempt it was.
async fn sent_in(
    tx: &mut Tx,
    provider: Option<&str>,
    sent: &[(Uuid, Option<&str>)],
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ids = || Column::Id.is_in(sent.iter().map(|(id, _)| *id));
    let named = |case: CaseStatement, (id, name): &(Uuid, Option<&str>)| {
        case.case(Column::Id.eq(*id), Expr::value(name.map(str::to_owned)))
    };
    let updated = moved(Status::Sent, now)
        .col_expr(Column::NextAttemptAt, Expr::value(Option::<DateTime<Utc>>::None))
        .col_expr(Column::Provider, Expr::value(provider))
        .col_expr(Column::ProviderMessageId, sent.iter().fold(CaseStatement::new(), named).into())
        .col_expr(Column::SentAt, Expr::value(now))
        .col_expr(Column::Secret, Expr::value(Option::<String>::None))
        .col_expr(Column::ErrorMessage, Expr::value(Option::<String>::None))
        .filter(ids())
        .exec(tx.executor())
        .await?;
    if updated.rows_affected < u64::try_from(sent.len()).unwrap_or(u64::MAX) {
        // Delivery events were quicker, and do not tell who carried it.
        changed(now)
            .col_expr(Column::Provider, Expr::value(provider))
            .filter(ids())
            .filter(Column::Provider.is_null())
            .filter(Column::SentAt.is_not_null())
            .exec(tx.executor())
            .await?;
    }
    Ok(())
}

/// An attempt that lost its lease to another has no say.
async fn unsent_in(
    tx: &mut Tx,
    provider: Option<&str>,
    attempt: &Attempt,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let ended = || Expr::value(Option::<DateTime<Utc>>::None);
    let (status, next, error) = match &attempt.outcome {
        Outcome::Sent { .. } => return Ok(()),
        Outcome::Again { at, error } => (Status::Pending, Expr::value(*at), Some(error)),
        Outcome::Failed { error } => (Status::Failed, ended(), Some(error)),
        Outcome::Suppressed => (Status::Suppressed, ended(), None),
    };
    let mut update = moved(status, now).col_expr(Column::NextAttemptAt, next.clone()).col_expr(Column::RankAt, next);
    if let Some(error) = error {
        update = update
            .col_expr(Column::Provider, Expr::value(provider))
            .col_expr(Column::ErrorMessage, Expr::value(error.as_str()));
    }
    update
        .filter(Column::Id.eq(attempt.id.uuid()))
        .filter(Column::Attempts.eq(i32::try_from(attempt.number).unwrap_or(i32::MAX)))
        .exec(tx.executor())
        .await?;
    Ok(())
}

/// An update of what still waits.
fn moved(status: Status, now: DateTime<Utc>) -> UpdateMany<Entity> {
    changed(now)
        .col_expr(Column::Status, Expr::value(status.as_str()))
        .filter(Column::Status.eq(Status::Pending.as_str()))
}

fn changed(now: DateTime<Utc>) -> UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
}
