use chrono::{DateTime, Utc};
use kernel::{EmailAddress, EventId, TenantId, input::Word as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

use super::Template;

kernel::typed_id!(
    /// A message in the log; also the provider's idempotency key.
    NotificationId
);

/// What became of a message.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
#[serde(rename_all = "UPPERCASE")]
#[strum(serialize_all = "UPPERCASE")]
pub enum NotificationStatus {
    /// Waits to be handed over, for the first time or again.
    Pending,
    /// The provider has it.
    Sent,
    /// The recipient's server has it.
    Delivered,
    /// Given up on; staff may try again.
    Failed,
    /// The recipient's server refused it.
    Bounced,
    /// The recipient called it spam.
    Complained,
    /// Not handed over: the address is on the suppression list.
    Suppressed,
}

impl NotificationStatus {
    /// How much is known: a delivery event never moves a message to a lower or an equal rank. Our own giving up ranks below the delivery event of
    /// a delivery, for the provider may have had the message all the same.
    #[must_use]
    const fn rank(self) -> u8 {
        match self {
            Self::Pending => 0,
            Self::Sent => 1,
            Self::Failed | Self::Suppressed => 2,
            Self::Delivered => 3,
            Self::Bounced => 4,
            Self::Complained => 5,
        }
    }

    /// The statuses that the delivery event of this one moves forward.
    pub fn overtakes(self) -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(move |old| old.rank() < self.rank())
    }

    /// Whether staff may have it sent again.
    #[must_use]
    pub const fn may_be_retried(self) -> bool {
        matches!(self, Self::Failed | Self::Suppressed)
    }
}

/// A row of the log.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Notification {
    pub id: NotificationId,
    /// The event that caused it.
    pub event_id: Option<EventId>,
    /// Which workshop it concerns.
    pub tenant_id: Option<TenantId>,
    /// Whom it is for.
    pub recipient: EmailAddress,
    /// What it is made from.
    pub template: Template,
    /// The subject line; without secrets.
    pub subject: String,
    /// The template's variables; the secret one is not among them.
    pub variables: Value,
    pub status: NotificationStatus,
    /// How often it was handed over, or tried to be.
    pub attempts: u32,
    /// When it is handed over next; while it waits.
    pub next_attempt_at: Option<DateTime<Utc>>,
    /// Who carried it: `resend`, `smtp`, `capture`.
    pub provider: Option<String>,
    /// What the provider calls it.
    pub provider_message_id: Option<String>,
    /// Why the last attempt failed, or what the provider said; without addresses and secrets.
    pub error_message: Option<String>,
    /// When it came into being.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// When the provider took it.
    pub sent_at: Option<DateTime<Utc>>,
    /// One more at every change; the ETag.
    pub version: i64,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_only_moves_forward() {
        use NotificationStatus as S;
        for &delivery_event in S::ALL {
            assert!(delivery_event.overtakes().all(|old| old != delivery_event), "{delivery_event} repeated");
        }
        assert_eq!(S::Sent.overtakes().collect::<Vec<_>>(), [S::Pending]);
        assert!(S::Delivered.overtakes().any(|old| old == S::Failed), "what we gave up on may have arrived");
        assert!(!S::Sent.overtakes().any(|old| old == S::Delivered));
        assert!(!S::Delivered.overtakes().any(|old| old == S::Bounced || old == S::Complained));
        assert_eq!(S::Complained.overtakes().count(), 6);
    }
}
