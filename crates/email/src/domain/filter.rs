use chrono::{DateTime, Utc};
use kernel::{EmailAddress, TenantId};

use super::{NotificationStatus, SuppressionReason, Template};

/// Which messages are asked for; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NotificationFilter {
    pub status: Option<NotificationStatus>,
    pub recipient: Option<EmailAddress>,
    /// Made from this template.
    pub template: Option<Template>,
    pub tenant_id: Option<TenantId>,
    /// Caused at this instant or later.
    pub from: Option<DateTime<Utc>>,
    /// Caused before this instant.
    pub to: Option<DateTime<Utc>>,
}

/// Which suppressed addresses are asked for; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct SuppressionFilter {
    pub email: Option<EmailAddress>,
    pub reason: Option<SuppressionReason>,
}

/// What both lists sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ByTime {
    /// When the row came into being.
    CreatedAt,
}
