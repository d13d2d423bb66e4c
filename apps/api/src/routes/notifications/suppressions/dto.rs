use chrono::{DateTime, Utc};
use email::domain::Suppression;
use kernel::input::Word as _;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An address that nothing is sent to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Suppression)]
pub struct SuppressionDto {
    #[schema(example = "jo@garage.example")]
    email: String,
    /// BOUNCE, COMPLAINT or MANUAL.
    #[schema(example = "BOUNCE")]
    reason: &'static str,
    /// The message that bounced or was complained about.
    #[schema(required = true)]
    notification_id: Option<Uuid>,
    created_at: DateTime<Utc>,
}

impl From<Suppression> for SuppressionDto {
    fn from(it: Suppression) -> Self {
        Self {
            email: it.email.to_string(),
            reason: it.reason.as_str(),
            notification_id: it.notification_id.map(|id| id.uuid()),
            created_at: it.created_at,
        }
    }
}

/// One suppressed address.
#[derive(Serialize, ToSchema)]
pub struct SuppressionAnswer {
    pub(super) suppression: SuppressionDto,
}

/// An address that is written to again.
#[derive(Serialize, ToSchema)]
pub struct RemovedSuppressionAnswer {
    message: &'static str,
    suppression: SuppressionDto,
}

impl From<Suppression> for RemovedSuppressionAnswer {
    fn from(removed: Suppression) -> Self {
        Self { message: "The address is written to again.", suppression: removed.into() }
    }
}
