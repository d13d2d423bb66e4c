//! Rows to domain types and back.

use chrono::{DateTime, Utc};
use kernel::{EventId, StoreError, TenantId, input::Word as _};
use sea_orm::ActiveValue::Set;

use super::entity::{
    notification_log::{ActiveModel, Model},
    suppressions,
};
use crate::{
    domain::{Notification, NotificationId, Suppression},
    repository::Queued,
};

/// The only channel there is.
const EMAIL: &str = "EMAIL";

pub(super) fn notification(row: Model) -> Result<Notification, StoreError> {
    Ok(Notification {
        id: NotificationId(row.id),
        event_id: row.event_id.map(EventId),
        tenant_id: row.tenant_id.map(TenantId),
        recipient: row.recipient.parse().map_err(|error| StoreError::corrupt("notification_log.recipient", error))?,
        template: row.template.parse().map_err(|error| StoreError::corrupt("notification_log.template", error))?,
        subject: row.subject,
        variables: row.variables,
        status: row.status.parse().map_err(|error| StoreError::corrupt("notification_log.status", error))?,
        attempts: attempts(row.attempts),
        next_attempt_at: row.next_attempt_at,
        provider: row.provider,
        provider_message_id: row.provider_message_id,
        error_message: row.error_message,
        created_at: row.created_at,
        updated_at: row.updated_at,
        sent_at: row.sent_at,
        version: row.version,
    })
}

pub(super) fn queued(row: Model) -> Result<Queued, StoreError> {
    let first_attempt_at = row.first_attempt_at;
    let secret = row.secret.as_deref().map(str::parse).transpose();
    let secret = secret.map_err(|error| StoreError::corrupt("notification_log.secret", error))?;
    let once = row.once_key.clone();
    Ok(Queued { notification: notification(row)?, secret, once, first_attempt_at })
}

pub(super) fn attempts(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or(u32::MAX)
}

pub(super) fn new_row(queued: &Queued, rank_at: DateTime<Utc>) -> ActiveModel {
    let it = &queued.notification;
    ActiveModel {
        id: Set(it.id.uuid()),
        event_id: Set(it.event_id.map(EventId::uuid)),
        tenant_id: Set(it.tenant_id.map(TenantId::uuid)),
        recipient: Set(it.recipient.as_str().to_owned()),
        template: Set(it.template.as_str().to_owned()),
        channel: Set(EMAIL.to_owned()),
        subject: Set(it.subject.clone()),
        variables: Set(it.variables.clone()),
        secret: Set(queued.secret.as_ref().map(ToString::to_string)),
        once_key: Set(queued.once.clone()),
        status: Set(it.status.as_str().to_owned()),
        attempts: Set(i32::try_from(it.attempts).unwrap_or(i32::MAX)),
        next_attempt_at: Set(it.next_attempt_at),
        rank_at: Set(Some(rank_at)),
        first_attempt_at: Set(queued.first_attempt_at),
        provider: Set(it.provider.clone()),
        provider_message_id: Set(it.provider_message_id.clone()),
        error_message: Set(it.error_message.clone()),
        version: Set(it.version),
        created_at: Set(it.created_at),
        updated_at: Set(it.updated_at),
        sent_at: Set(it.sent_at),
    }
}

pub(super) fn suppression(row: suppressions::Model) -> Result<Suppression, StoreError> {
    Ok(Suppression {
        id: row.id,
        email: row.email.parse().map_err(|error| StoreError::corrupt("suppressions.email", error))?,
        reason: row.reason.parse().map_err(|error| StoreError::corrupt("suppressions.reason", error))?,
        notification_id: row.notification_id.map(NotificationId),
        created_at: row.created_at,
    })
}
