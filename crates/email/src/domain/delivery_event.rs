use super::{NotificationId, NotificationStatus, SuppressionReason};

/// What a provider tells of a message that it took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryEvent {
    /// What became of it.
    pub status: NotificationStatus,
    /// Which message, as we named it when we handed it over.
    pub notification_id: Option<NotificationId>,
    /// Which message, as the provider names it.
    pub provider_message_id: Option<String>,
    /// Why its recipient is not to be written to any more, if so.
    pub suppress: Option<SuppressionReason>,
    /// Why it came to this, in a few words; without addresses.
    pub note: Option<String>,
}
