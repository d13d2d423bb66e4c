use chrono::{DateTime, Utc};
use kernel::EmailAddress;
use serde::Deserialize;
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::NotificationId;

/// Why nothing is sent to an address any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub enum SuppressionReason {
    /// Its server refused a message for good.
    Bounce,
    /// Its owner called a message spam.
    Complaint,
    /// Staff entered it.
    Manual,
}

/// An address that nothing is sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Suppression {
    /// For the audit trail, which holds no addresses.
    pub id: Uuid,
    pub email: EmailAddress,
    pub reason: SuppressionReason,
    /// The message whose fate it was, if it was one's.
    pub notification_id: Option<NotificationId>,
    pub created_at: DateTime<Utc>,
}
