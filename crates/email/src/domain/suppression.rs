use chrono::{DateTime, Utc};
use kernel::EmailAddress;
use serde::Deserialize;
use uuid::Uuid;

use super::NotificationId;

/// Why nothing is sent to an address any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum SuppressionReason {
    /// Its server refused a message for good.
    Bounce,
    /// Its owner called a message spam.
    Complaint,
    /// Staff entered it.
    Manual,
}

impl SuppressionReason {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Bounce, Self::Complaint, Self::Manual];

    /// The name on the wire and in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "BOUNCE",
            Self::Complaint => "COMPLAINT",
            Self::Manual => "MANUAL",
        }
    }
}

/// An address that nothing is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// For the audit trail, which holds no addresses.
    pub id: Uuid,
    /// The address.
    pub email: EmailAddress,
    /// Why.
    pub reason: SuppressionReason,
    /// The message whose fate it was, if it was one's.
    pub notification_id: Option<NotificationId>,
    /// Since when.
    pub created_at: DateTime<Utc>,
}
