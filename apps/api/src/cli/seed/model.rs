//! What the seed puts into the database, before it is rows.

use chrono::{DateTime, Utc};
use kernel::{AdminId, AdminRole, AuditEntryId, Changes, TenantId, TenantRole, TenantUserId};
use serde_json::Value;
use tenancy::domain::{Plan, TenantStatus};

/// A member of staff.
pub(super) struct NewAdmin {
    pub(super) id: AdminId,
    pub(super) first_name: String,
    pub(super) last_name: String,
    pub(super) email: String,
    pub(super) role: AdminRole,
    pub(super) department: Option<&'static str>,
    pub(super) created_at: DateTime<Utc>,
}

/// A workshop with its people and its subscription. The first of its people is its owner.
pub(super) struct NewTenant {
    pub(super) id: TenantId,
    pub(super) name: String,
    pub(super) subdomain: String,
    pub(super) plan: Plan,
    pub(super) state: State,
    pub(super) business_details: Value,
    pub(super) created_at: DateTime<Utc>,
    pub(super) people: Vec<NewPerson>,
    pub(super) subscription: NewSubscription,
}

impl NewTenant {
    /// When anything about it last changed.
    pub(super) fn updated_at(&self) -> DateTime<Utc> {
        match self.state {
            State::Active | State::Trial { .. } => self.created_at,
            State::Suspended { at, .. } | State::TrialExpired { at } | State::Deleted { at } => at,
        }
    }
}

/// Where a workshop stands.
#[derive(Debug, Clone, Copy)]
pub(super) enum State {
    Active,
    /// Active, and still trying.
    Trial {
        ends_at: DateTime<Utc>,
    },
    Suspended {
        at: DateTime<Utc>,
        reason: &'static str,
    },
    TrialExpired {
        at: DateTime<Utc>,
    },
    Deleted {
        at: DateTime<Utc>,
    },
}

impl State {
    pub(super) fn status(self) -> TenantStatus {
        match self {
            Self::Active | Self::Trial { .. } => TenantStatus::Active,
            Self::Suspended { .. } => TenantStatus::Suspended,
            Self::TrialExpired { .. } => TenantStatus::TrialExpired,
            Self::Deleted { .. } => TenantStatus::Cancelled,
        }
    }

    pub(super) fn deleted_at(self) -> Option<DateTime<Utc>> {
        if let Self::Deleted { at } = self { Some(at) } else { None }
    }

    pub(super) fn trial_ends_at(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Trial { ends_at: at } | Self::TrialExpired { at } => Some(at),
            _ => None,
        }
    }

    pub(super) fn suspended_reason(self) -> Option<&'static str> {
        if let Self::Suspended { reason, .. } = self { Some(reason) } else { None }
    }

    /// Suspension and deletion end all sessions: each moves the generation and the version on by one.
    pub(super) fn generation(self) -> i64 {
        if matches!(self, Self::Suspended { .. } | Self::Deleted { .. }) { 2 } else { 1 }
    }

    pub(super) fn version(self) -> i64 {
        if matches!(self, Self::Active | Self::Trial { .. }) { 1 } else { 2 }
    }
}

/// A person in a workshop.
pub(super) struct NewPerson {
    pub(super) id: TenantUserId,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: String,
    pub(super) role: TenantRole,
    pub(super) last_login_at: Option<DateTime<Utc>>,
    pub(super) created_at: DateTime<Utc>,
}

/// What a workshop pays.
pub(super) struct NewSubscription {
    pub(super) id: uuid::Uuid,
    pub(super) status: &'static str,
    /// A month, in Australian cents.
    pub(super) price_cents: i64,
    pub(super) period_start: DateTime<Utc>,
    pub(super) period_end: DateTime<Utc>,
}

/// An entry of the audit trail, yet to be sealed.
pub(super) struct NewEntry {
    pub(super) id: AuditEntryId,
    /// `None` for somebody who tried to sign in as staff and was refused.
    pub(super) actor: Option<(AdminId, AdminRole)>,
    pub(super) action: &'static str,
    pub(super) resource: &'static str,
    pub(super) resource_id: Option<String>,
    pub(super) tenant_id: Option<TenantId>,
    pub(super) tenant_user_id: Option<TenantUserId>,
    pub(super) changes: Changes,
    pub(super) status_code: i32,
    pub(super) error_message: Option<&'static str>,
    pub(super) ip_address: String,
    pub(super) created_at: DateTime<Utc>,
}
