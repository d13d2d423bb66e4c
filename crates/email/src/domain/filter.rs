use chrono::{DateTime, Utc};
use kernel::{EmailAddress, TenantId};

use super::{NotificationStatus, SuppressionReason, Template};

/// Which messages are asked for; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NotificationFilter {
    /// Standing here.
    pub status: Option<NotificationStatus>,
    /// To this address.
    pub recipient: Option<EmailAddress>,
    /// Made from this template.
    pub template: Option<Template>,
    /// Concerning this workshop.
    pub tenant_id: Option<TenantId>,
    /// Caused at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Caused before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// Which suppressed addresses are asked for; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SuppressionFilter {
    /// This address.
    pub email: Option<EmailAddress>,
    /// For this reason.
    pub reason: Option<SuppressionReason>,
}

/// What both lists sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByTime {
    /// When the row came into being.
    CreatedAt,
}
