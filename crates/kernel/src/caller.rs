//! Who calls. Whatever asks "may they" or "whose rows" takes a [`Caller`] or its [`Subject`], and names every kind of
//! subject: a new one does not compile until each of these places has an answer for it (`docs/adding-a-principal.md`).

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::{AdminId, AdminRole, ApiKeyId, ImpersonationId, Role, SessionId, TenantId, TenantRole, TenantUserId};

/// The two sides of the API, fully separate in keys, cookies, permissions and tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// NextCRM's staff.
    Admin,
    /// A workshop's people.
    Tenant,
}

/// Who it is that a request or a job acts for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Subject {
    /// Nobody signed in; tells which side they call.
    Anonymous(Audience),
    /// A member of staff.
    Admin {
        id: AdminId,
        /// Their role at the time.
        role: AdminRole,
    },
    /// A workshop's person.
    TenantUser {
        tenant_id: TenantId,
        id: TenantUserId,
        /// Their role at the time.
        role: TenantRole,
    },
    /// A program with a key of a workshop's.
    ApiKey {
        tenant_id: TenantId,
        id: ApiKeyId,
        /// The role of the key's owner at the time.
        role: TenantRole,
    },
    /// A member of staff who sees the API as a workshop's person does, with the workshop's consent.
    Impersonated {
        tenant_id: TenantId,
        /// As whom.
        user_id: TenantUserId,
        /// The role of the workshop's person at the time.
        role: TenantRole,
        /// The consent that this rests on.
        id: ImpersonationId,
        /// Who it really is.
        admin_id: AdminId,
        /// The role of the member of staff at the time.
        admin_role: AdminRole,
        /// Whether they may change anything.
        may_write: bool,
    },
    /// The system itself; the name tells which part (`"scheduler"`, `"seed"`, ...) and is not kept where callers are stored.
    System(#[serde(skip, default = "unnamed_part")] &'static str),
}

const fn unnamed_part() -> &'static str {
    "system"
}

/// Whose rows a caller may reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TenantScope {
    /// Every workshop's.
    All,
    /// One workshop's.
    Only(TenantId),
}

/// For whom a caller acts who is somebody else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct OnBehalfOf {
    pub tenant_id: TenantId,
    pub user_id: TenantUserId,
    pub role: TenantRole,
}

/// What a caller was granted: permissions by their number in the table of the caller's audience.
///
/// ```
/// use kernel::Grants;
/// let (all, some) = (Grants::bit(1) | Grants::bit(5), Grants::bit(5));
/// assert!(all.covers(some) && !some.covers(all) && some.covers(Grants::NONE));
/// assert_eq!(all & some, some);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Grants(u64);

impl Grants {
    /// Nothing.
    pub const NONE: Self = Self(0);

    /// The permission with this number, below 64.
    #[must_use]
    pub const fn bit(number: u32) -> Self {
        Self(1 << number)
    }

    /// Whether all of `other` is among these.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }
}

impl std::ops::BitOr for Grants {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl std::ops::BitAnd for Grants {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

/// How much of their own workshop's API is open to its people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccessLevel {
    /// All that their role may do.
    Full,
    /// Reading, and what the permission table leaves open.
    ReadOnly(ReadOnlyReason),
    /// Nothing.
    None,
}

/// Why a workshop's people may only read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadOnlyReason {
    /// The trial is over, and no plan was chosen.
    TrialExpired,
}

/// How it was shown who calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Not at all: nobody signed in, or the system itself.
    Nothing,
    /// By an access token of a session.
    Session(SessionProof),
    /// By a secret that belongs to no session.
    Secret,
}

/// What an access token says beside whom it tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct SessionProof {
    pub session_id: SessionId,
    /// The account's generation when the token was signed.
    pub generation: i64,
    /// The workshop's generation when the token was signed.
    pub tenant_generation: Option<i64>,
    /// Until the password is changed, hardly any route is open.
    pub must_change_password: bool,
}

/// A verified caller: who, with what rights, shown how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct Caller {
    pub subject: Subject,
    pub grants: Grants,
    pub access: AccessLevel,
    pub proof: Proof,
}

impl Caller {
    /// Somebody to whom nothing is granted yet.
    #[must_use]
    pub const fn new(subject: Subject) -> Self {
        Self { subject, grants: Grants::NONE, access: AccessLevel::Full, proof: Proof::Nothing }
    }

    /// Nobody signed in.
    #[must_use]
    pub const fn anonymous(audience: Audience) -> Self {
        Self::new(Subject::Anonymous(audience))
    }

    /// A part of the system.
    #[must_use]
    pub const fn system(part: &'static str) -> Self {
        Self::new(Subject::System(part))
    }

    /// The same, shown by an access token.
    #[must_use]
    pub const fn in_session(self, proof: SessionProof) -> Self {
        Self { proof: Proof::Session(proof), ..self }
    }

    /// The same, with so much of the workshop's API open to them.
    #[must_use]
    pub const fn with_access(self, access: AccessLevel) -> Self {
        Self { access, ..self }
    }

    /// Whose routes are theirs; none are the system's.
    #[must_use]
    pub const fn audience(&self) -> Option<Audience> {
        match self.subject {
            Subject::Anonymous(audience) => Some(audience),
            Subject::Admin { .. } => Some(Audience::Admin),
            Subject::TenantUser { .. } | Subject::ApiKey { .. } | Subject::Impersonated { .. } => {
                Some(Audience::Tenant)
            }
            Subject::System(_) => None,
        }
    }

    /// Whose rows they may reach. Nobody signed in is bound to no workshop: a sign-in does not know it yet.
    #[must_use]
    pub const fn tenant_scope(&self) -> TenantScope {
        match self.subject {
            Subject::Anonymous(_) | Subject::Admin { .. } | Subject::System(_) => TenantScope::All,
            Subject::TenantUser { tenant_id, .. }
            | Subject::ApiKey { tenant_id, .. }
            | Subject::Impersonated { tenant_id, .. } => TenantScope::Only(tenant_id),
        }
    }

    /// The role that bounds what they may do.
    #[must_use]
    pub const fn role(&self) -> Option<Role> {
        match self.subject {
            Subject::Admin { role, .. } => Some(Role::Admin(role)),
            Subject::TenantUser { role, .. } | Subject::ApiKey { role, .. } | Subject::Impersonated { role, .. } => {
                Some(Role::Tenant(role))
            }
            Subject::Anonymous(_) | Subject::System(_) => None,
        }
    }

    /// For whom they act, if it is somebody else.
    #[must_use]
    pub const fn on_behalf_of(&self) -> Option<OnBehalfOf> {
        match self.subject {
            Subject::Impersonated { tenant_id, user_id, role, .. } => Some(OnBehalfOf { tenant_id, user_id, role }),
            Subject::Anonymous(_)
            | Subject::Admin { .. }
            | Subject::TenantUser { .. }
            | Subject::ApiKey { .. }
            | Subject::System(_) => None,
        }
    }

    /// What tells their requests from those of others, for as long as they are known: whose idempotency keys and rates
    /// these are. Nobody has none, and the system makes no requests.
    #[must_use]
    pub fn identity(&self) -> Option<String> {
        match self.subject {
            Subject::Admin { id, .. } => Some(format!("admin:{id}")),
            Subject::TenantUser { id, .. } => Some(format!("tenant:{id}")),
            Subject::ApiKey { id, .. } => Some(format!("api-key:{id}")),
            Subject::Impersonated { id, .. } => Some(format!("impersonation:{id}")),
            Subject::Anonymous(_) | Subject::System(_) => None,
        }
    }
}

/// Everything about a request that services and the audit trail need to know.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub struct RequestContext {
    pub caller: Caller,
    /// Where from; `None` for the system.
    pub ip: Option<IpAddr>,
    /// The client's `User-Agent`, cut to 512 characters.
    pub user_agent: Option<String>,
    /// The request's id as answered in `X-Request-Id`.
    pub request_id: String,
}

impl RequestContext {
    /// The context of work that nobody asked for over HTTP.
    #[must_use]
    pub fn system(part: &'static str, request_id: impl Into<String>) -> Self {
        Self { caller: Caller::system(part), ip: None, user_agent: None, request_id: request_id.into() }
    }

    /// The same request, acting for somebody else (a sign-in that has just found out who it is).
    #[must_use]
    pub fn acting_as(&self, caller: Caller) -> Self {
        Self { caller, ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_stored_without_its_part() {
        let stored = serde_json::to_string(&Subject::System("seed")).unwrap();
        assert_eq!(stored, r#""System""#);
        assert_eq!(serde_json::from_str::<Subject>(&stored).unwrap(), Subject::System("system"));
        let anonymous = Subject::Anonymous(Audience::Tenant);
        let stored = serde_json::to_string(&anonymous).unwrap();
        assert_eq!(stored, r#"{"Anonymous":"tenant"}"#);
        assert_eq!(serde_json::from_str::<Subject>(&stored).unwrap(), anonymous);
    }
}
