use kernel::{Audience, Caller, Proof, SessionId, Subject, TenantId, TenantUserId};
use uuid::Uuid;

use crate::AuthError;

/// Whose account something is: the owner of sessions, credentials and one-time tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountId {
    /// A member of staff.
    Admin(kernel::AdminId),
    /// A workshop's person.
    Tenant {
        /// Their workshop.
        tenant_id: TenantId,
        /// Who.
        user_id: TenantUserId,
    },
}

impl AccountId {
    /// The caller's own account, if it is a person who calls for themselves.
    #[must_use]
    pub const fn of(caller: &Caller) -> Option<Self> {
        match caller.subject {
            Subject::Admin { id, .. } => Some(Self::Admin(id)),
            Subject::TenantUser { tenant_id, id, .. } => Some(Self::Tenant { tenant_id, user_id: id }),
            Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) | Subject::System(_) => None,
        }
    }

    /// On which side they sign in.
    #[must_use]
    pub const fn audience(&self) -> Audience {
        match self {
            Self::Admin(_) => Audience::Admin,
            Self::Tenant { .. } => Audience::Tenant,
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

/// The session in which a person calls, and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OwnSession {
    /// The person's account.
    pub account: AccountId,
    /// The session that the access token belongs to.
    pub id: SessionId,
}

impl OwnSession {
    /// The caller's own session. Only whoever signed in themselves has one: neither a program nor somebody in another's
    /// place gets at the sessions and the password of a person.
    ///
    /// # Errors
    /// [`AuthError::Unauthenticated`].
    pub const fn of(caller: &Caller) -> Result<Self, AuthError> {
        match (AccountId::of(caller), caller.proof) {
            (Some(account), Proof::Session(proof)) => Ok(Self { account, id: proof.session_id }),
            (None, _) | (_, Proof::Nothing | Proof::Secret) => Err(AuthError::Unauthenticated),
        }
    }
}
