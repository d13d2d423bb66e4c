use std::collections::HashMap;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{AdminPrincipal, TenantPrincipal};

/// What is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RevocationKind {
    /// All access tokens of a session.
    Session,
    /// A person's access tokens of older generations, in all their sessions.
    Principal,
    /// The access tokens of older generations of everybody in a workshop.
    Tenant,
}

impl RevocationKind {
    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "SESSION",
            Self::Principal => "PRINCIPAL",
            Self::Tenant => "TENANT",
        }
    }

    /// Reads a name of the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Session, Self::Principal, Self::Tenant].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Access tokens that must no longer be believed although their signatures are good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Revocation {
    /// What is revoked.
    pub kind: RevocationKind,
    /// The session's, person's or workshop's id.
    pub subject: Uuid,
    /// Tokens of this generation and later stay good; without meaning for a session.
    pub min_generation: i64,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the last token that it could concern has expired.
    pub expires_at: DateTime<Utc>,
}

/// All revocations that still matter, looked up without a database read.
///
/// Generations, not times, tell old tokens from new ones: no two machines need to agree on the time.
#[derive(Debug, Clone, Default)]
pub struct RevocationSet {
    entries: HashMap<(RevocationKind, Uuid), Entry>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    min_generation: i64,
    expires_at: DateTime<Utc>,
}

impl RevocationSet {
    /// Adds a revocation; of two for the same subject the stricter stands. Adding it again changes nothing.
    pub fn add(&mut self, revocation: &Revocation) {
        let entry = self
            .entries
            .entry((revocation.kind, revocation.subject))
            .or_insert(Entry { min_generation: revocation.min_generation, expires_at: revocation.expires_at });
        entry.min_generation = entry.min_generation.max(revocation.min_generation);
        entry.expires_at = entry.expires_at.max(revocation.expires_at);
    }

    /// Forgets what concerns only tokens that have expired anyway.
    pub fn drop_expired(&mut self, now: DateTime<Utc>) {
        self.entries.retain(|_, entry| entry.expires_at > now);
    }

    /// How many subjects are revoked.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is revoked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether the token that told of this admin must be refused.
    #[must_use]
    pub fn refuses_admin(&self, principal: &AdminPrincipal) -> bool {
        self.refuses_session(principal.session_id.uuid())
            || self.refuses(RevocationKind::Principal, principal.admin_id.uuid(), principal.generation)
    }

    /// Whether the token that told of this person must be refused.
    #[must_use]
    pub fn refuses_tenant(&self, principal: &TenantPrincipal) -> bool {
        self.refuses_session(principal.session_id.uuid())
            || self.refuses(RevocationKind::Principal, principal.user_id.uuid(), principal.generation)
            || self.refuses(RevocationKind::Tenant, principal.tenant_id.uuid(), principal.tenant_generation)
    }

    fn refuses_session(&self, id: Uuid) -> bool {
        self.entries.contains_key(&(RevocationKind::Session, id))
    }

    fn refuses(&self, kind: RevocationKind, id: Uuid, generation: i64) -> bool {
        self.entries.get(&(kind, id)).is_some_and(|entry| generation < entry.min_generation)
    }
}
