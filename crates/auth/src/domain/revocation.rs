use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, Utc};
use kernel::{Caller, Proof, SessionId, Subject};
use strum::{EnumString, IntoStaticStr, VariantArray};
use tokio::time::Instant;
use uuid::Uuid;

/// What is revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum RevocationKind {
    /// All access tokens of a session.
    Session,
    /// A person's access tokens of older generations, in all their sessions.
    Principal,
    /// The access tokens of older generations of everybody in a workshop.
    Tenant,
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
    /// The one session of the person whose older tokens stay good.
    pub spared: Option<SessionId>,
    /// When the last token that it could concern has expired, by the clock of who wrote it.
    pub expires_at: DateTime<Utc>,
}

/// All revocations that still matter, looked up without a database read.
///
/// Generations, not times, tell old tokens from new ones: no two machines need to agree on the time.
#[derive(Debug, Clone, Default)]
pub struct RevocationSet {
    entries: HashMap<(RevocationKind, Uuid), Vec<Entry>>,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    min_generation: i64,
    spared: Option<SessionId>,
    expires_at: DateTime<Utc>,
    heard_at: Instant,
}

impl RevocationSet {
    /// Adds a revocation that was read at `heard_at`; of two for the same subject that spare the same session the stricter
    /// stands. Adding it again changes nothing.
    pub fn add(&mut self, revocation: &Revocation, heard_at: Instant) {
        let Revocation { min_generation, spared, expires_at, .. } = *revocation;
        let entries = self.entries.entry((revocation.kind, revocation.subject)).or_default();
        match entries.iter_mut().find(|entry| entry.spared == spared) {
            Some(entry) => {
                entry.min_generation = entry.min_generation.max(min_generation);
                entry.expires_at = entry.expires_at.max(expires_at);
            }
            None => entries.push(Entry { min_generation, spared, expires_at, heard_at }),
        }
    }

    /// Forgets what concerns only tokens that have expired anyway: by the clock that tokens are checked with, and known for
    /// longer than a token lives, so that a clock that is set forward and back again brings no token to life.
    pub fn drop_expired(&mut self, now: DateTime<Utc>, since: Instant, life: Duration) {
        self.entries.retain(|_, entries| {
            entries.retain(|entry| entry.expires_at > now || since.duration_since(entry.heard_at) < life);
            !entries.is_empty()
        });
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

    /// Whether the token that told of this caller must be refused.
    #[must_use]
    pub fn refuses(&self, caller: &Caller) -> bool {
        let Proof::Session(proof) = caller.proof else { return true };
        let session = proof.session_id;
        self.has_session(session)
            || match caller.subject {
                Subject::Admin { id, .. } => self.has(RevocationKind::Principal, id.uuid(), session, proof.generation),
                Subject::TenantUser { tenant_id, id, .. } => {
                    let Some(tenant_generation) = proof.tenant_generation else { return true };
                    self.has(RevocationKind::Principal, id.uuid(), session, proof.generation)
                        || self.has(RevocationKind::Tenant, tenant_id.uuid(), session, tenant_generation)
                }
                // Nothing tells yet when their tokens end.
                Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) | Subject::System(_) => {
                    true
                }
            }
    }

    fn has_session(&self, id: SessionId) -> bool {
        self.entries.contains_key(&(RevocationKind::Session, id.uuid()))
    }

    fn has(&self, kind: RevocationKind, id: Uuid, session: SessionId, generation: i64) -> bool {
        let entries = self.entries.get(&(kind, id));
        entries.into_iter().flatten().any(|entry| generation < entry.min_generation && entry.spared != Some(session))
    }
}
