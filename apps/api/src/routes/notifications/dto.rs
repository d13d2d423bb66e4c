use chrono::{DateTime, Utc};
use email::domain::{ByTime, Notification, samples::MASK};
use kernel::input::Word as _;
use kernel::page::{Direction, KeyType, Sort};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, Problem, SortField};

/// Both lists of this area.
impl SortField for ByTime {
    const FIELDS: &'static [(&'static str, Self)] = &[("createdAt", Self::CreatedAt)];

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Descending }
    }

    fn key_type(self) -> KeyType {
        KeyType::Time
    }
}

/// A message and what became of it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Notification)]
pub struct NotificationDto {
    id: Uuid,
    /// The workshop it concerns.
    #[schema(required = true)]
    tenant_id: Option<Uuid>,
    #[schema(example = "jo@garage.example")]
    recipient: String,
    #[schema(example = "TENANT_WELCOME")]
    template: &'static str,
    /// EMAIL; there is no other yet.
    #[schema(example = "EMAIL")]
    channel: &'static str,
    subject: String,
    /// What the template was filled in with; secrets are masked.
    #[schema(value_type = Object)]
    variables: Value,
    /// PENDING, SENT, DELIVERED, FAILED, BOUNCED, COMPLAINED or SUPPRESSED.
    #[schema(example = "SENT")]
    status: &'static str,
    /// How often it was handed over, or tried to be.
    attempts: u32,
    /// When it is handed over next; null unless PENDING.
    #[schema(required = true)]
    next_attempt_at: Option<DateTime<Utc>>,
    /// Who carried it: resend, smtp or capture.
    #[schema(required = true)]
    provider: Option<String>,
    #[schema(required = true)]
    provider_message_id: Option<String>,
    /// Why the last attempt failed, or what the provider said.
    #[schema(required = true)]
    error_message: Option<String>,
    #[schema(required = true)]
    sent_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// The `ETag`'s number.
    version: i64,
}

impl From<Notification> for NotificationDto {
    fn from(it: Notification) -> Self {
        let mut variables = it.variables;
        if let (Some(name), Value::Object(variables)) = (it.template.secret_variable(), &mut variables) {
            variables.insert(name.to_owned(), MASK.into());
        }
        Self {
            id: it.id.uuid(),
            tenant_id: it.tenant_id.map(|id| id.uuid()),
            recipient: it.recipient.to_string(),
            template: it.template.as_str(),
            channel: "EMAIL",
            subject: it.subject,
            variables,
            status: it.status.as_str(),
            attempts: it.attempts,
            next_attempt_at: it.next_attempt_at,
            provider: it.provider,
            provider_message_id: it.provider_message_id,
            error_message: it.error_message,
            sent_at: it.sent_at,
            created_at: it.created_at,
            updated_at: it.updated_at,
            version: it.version,
        }
    }
}

/// One message.
#[derive(Serialize, ToSchema)]
pub struct NotificationAnswer {
    notification: NotificationDto,
}

/// 200 with the message and its `ETag`.
pub(super) fn answer(notification: Notification) -> Result<Answer, Problem> {
    let version = notification.version;
    Ok(Answer::ok(&NotificationAnswer { notification: notification.into() })?.etag(version))
}
