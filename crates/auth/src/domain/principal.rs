use kernel::{Actor, AdminId, AdminRole, PrincipalKind, SessionId, TenantId, TenantRole, TenantUserId};
use uuid::Uuid;

/// A member of staff, as a verified access token tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdminPrincipal {
    /// Who.
    pub admin_id: AdminId,
    /// The session the token belongs to.
    pub session_id: SessionId,
    /// Their role when the token was signed; a change of role revokes the token.
    pub role: AdminRole,
    /// Until they have changed their password, hardly any route is open.
    pub must_change_password: bool,
    /// The account's generation when the token was signed.
    pub generation: i64,
}

impl AdminPrincipal {
    /// For the request context.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::Admin { id: self.admin_id, role: self.role }
    }

    /// Whose sessions and credentials these are.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        Subject::Admin(self.admin_id)
    }
}

/// A workshop's person, as a verified access token tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantPrincipal {
    /// Their workshop; every query of theirs carries it.
    pub tenant_id: TenantId,
    /// Who.
    pub user_id: TenantUserId,
    /// The session the token belongs to.
    pub session_id: SessionId,
    /// Their role when the token was signed; a change of role revokes the token.
    pub role: TenantRole,
    /// The workshop's trial is over: reading only, but for support tickets.
    pub trial_expired: bool,
    /// The person's generation when the token was signed.
    pub generation: i64,
    /// The workshop's generation when the token was signed.
    pub tenant_generation: i64,
}

impl TenantPrincipal {
    /// For the request context.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        Actor::TenantUser { tenant_id: self.tenant_id, id: self.user_id, role: self.role }
    }

    /// Whose sessions and credentials these are.
    #[must_use]
    pub const fn subject(&self) -> Subject {
        Subject::Tenant { tenant_id: self.tenant_id, user_id: self.user_id }
    }
}

/// Whose account something is: the owner of sessions, credentials and one-time tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A member of staff.
    Admin(AdminId),
    /// A workshop's person.
    Tenant {
        /// Their workshop.
        tenant_id: TenantId,
        /// Who.
        user_id: TenantUserId,
    },
}

impl Subject {
    /// At which of the two doors they sign in.
    #[must_use]
    pub const fn kind(&self) -> PrincipalKind {
        match self {
            Self::Admin(_) => PrincipalKind::Admin,
            Self::Tenant { .. } => PrincipalKind::Tenant,
        }
    }

    /// The person's id, without its type.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Admin(id) => id.uuid(),
            Self::Tenant { user_id, .. } => user_id.uuid(),
        }
    }

    /// The workshop, for a workshop's person.
    #[must_use]
    pub const fn tenant_id(&self) -> Option<TenantId> {
        match self {
            Self::Admin(_) => None,
            Self::Tenant { tenant_id, .. } => Some(*tenant_id),
        }
    }

    /// What the audit trail calls the account.
    #[must_use]
    pub const fn resource(&self) -> &'static str {
        match self {
            Self::Admin(_) => "admin_user",
            Self::Tenant { .. } => "tenant_user",
        }
    }
}
