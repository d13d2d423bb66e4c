use chrono::{DateTime, Utc};
use kernel::{AdminId, TenantId};

/// Which entries are asked for; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct AuditFilter {
    pub tenant_id: Option<TenantId>,
    /// By this member of staff.
    pub admin_id: Option<AdminId>,
    pub action: Option<String>,
    /// On this kind of thing.
    pub resource: Option<String>,
    pub resource_id: Option<String>,
    /// With this HTTP status.
    pub status_code: Option<u16>,
    /// At this instant or later.
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}

impl AuditFilter {
    /// Everything of one tenant.
    #[must_use]
    pub fn of_tenant(id: TenantId) -> Self {
        Self { tenant_id: Some(id), ..Self::default() }
    }

    /// Whether it lets everything through.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The conditions as text, to tie a page cursor to them.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        format!("{self:?}")
    }
}

/// What lists of entries sort by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AuditSort {
    /// The time of the entry.
    CreatedAt,
}
