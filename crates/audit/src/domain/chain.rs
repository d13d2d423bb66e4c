//! How entries are chained: each hash covers the entry, its place and the hash before it.

use kernel::input::Word as _;
use uuid::Uuid;

use super::{
    archive::Archive,
    canonical::{self, Encoder},
    entry::{Entry, Seal},
    keys::{AuditKeys, Digest, GENESIS, KeyUse},
};

/// The end of the chain so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The last sequence number; 0 before the first entry.
    pub sequence: i64,
    /// Its hash.
    pub hash: Digest,
}

impl Head {
    /// Before the first entry.
    #[must_use]
    pub fn genesis() -> Self {
        Self { sequence: 0, hash: GENESIS.to_owned() }
    }

    /// Where the chain in the database begins: at the end of the last archive.
    #[must_use]
    pub fn after(archive: Option<&Archive>) -> Self {
        archive.map_or_else(Self::genesis, |archive| Self { sequence: archive.last, hash: archive.head_hash.clone() })
    }
}

/// What is known of the person whose address an entry holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PersonKey {
    /// The salt of their key (32 bytes).
    Salt(Vec<u8>),
    /// Erased, with a proof under a key outside the database.
    Erased(Digest),
    /// Nothing is known (a missing row).
    Missing,
}

/// Gives an entry the next place in the chain.
#[must_use]
pub fn seal(keys: &AuditKeys, head: &Head, entry: &Entry, salt: Option<(Uuid, &[u8])>) -> Seal {
    let sequence = head.sequence + 1;
    let personal = personal_encoding(entry);
    let personal_digest = keys.sign_personal(salt, &[&personal]);
    let encoding = encode(entry, sequence, &personal_digest);
    let hash = keys.sign(KeyUse::Chain, &[head.hash.as_bytes(), &encoding]);
    Seal { sequence, personal_digest, previous_hash: head.hash.clone(), hash }
}

/// Whether a sealed entry is what was sealed; address and user agent are checked by [`personal_intact`].
#[must_use]
pub fn entry_intact(keys: &AuditKeys, entry: &Entry, seal: &Seal) -> bool {
    let encoding = encode(entry, seal.sequence, &seal.personal_digest);
    seal.previous_hash.len() == GENESIS.len()
        && keys.verify(KeyUse::Chain, &[seal.previous_hash.as_bytes(), &encoding], &seal.hash)
}

/// Whether address and user agent are what was sealed, or are gone because their person was erased.
#[must_use]
pub fn personal_intact(keys: &AuditKeys, entry: &Entry, seal: &Seal, person: Option<(Uuid, &PersonKey)>) -> bool {
    let encoding = personal_encoding(entry);
    match person {
        None => keys.verify_personal(None, &[&encoding], &seal.personal_digest),
        Some((id, PersonKey::Salt(salt))) => {
            keys.verify_personal(Some((id, salt)), &[&encoding], &seal.personal_digest)
        }
        Some((id, PersonKey::Erased(proof))) => {
            entry.ip_address.is_none() && entry.user_agent.is_none() && erasure_proven(keys, id, proof)
        }
        Some((_, PersonKey::Missing)) => false,
    }
}

/// Proves that a person's salt was taken away on purpose.
#[must_use]
pub fn prove_erasure(keys: &AuditKeys, person: Uuid) -> Digest {
    keys.sign(KeyUse::Erasure, &[person.as_bytes()])
}

fn erasure_proven(keys: &AuditKeys, person: Uuid, proof: &str) -> bool {
    keys.verify(KeyUse::Erasure, &[person.as_bytes()], proof)
}

/// The id is in it, so that equal addresses do not show as equal digests.
fn personal_encoding(entry: &Entry) -> Vec<u8> {
    Encoder::new(1)
        .bytes(entry.id.uuid().as_bytes())
        .optional(entry.ip_address.as_deref().map(str::as_bytes))
        .optional(entry.user_agent.as_deref().map(str::as_bytes))
        .finish()
}

fn text(value: &Option<String>) -> Option<&[u8]> {
    value.as_deref().map(str::as_bytes)
}

/// Every column; address and user agent through their digest.
fn encode(entry: &Entry, sequence: i64, personal_digest: &str) -> Vec<u8> {
    let tenant = entry.tenant_id.map(|id| *id.uuid().as_bytes());
    let tenant_user = entry.tenant_user_id.map(|id| *id.uuid().as_bytes());
    let changes = if entry.changes.is_null() { None } else { Some(canonical::json(&entry.changes)) };
    Encoder::new(1)
        .bytes(&sequence.to_le_bytes())
        .bytes(entry.id.uuid().as_bytes())
        .bytes(entry.actor_type.as_str().as_bytes())
        .optional(entry.actor_id.as_ref().map(|id| id.as_bytes().as_slice()))
        .optional(text(&entry.actor_role))
        .bytes(entry.action.as_bytes())
        .bytes(entry.resource.as_bytes())
        .optional(text(&entry.resource_id))
        .optional(tenant.as_ref().map(<[u8; 16]>::as_slice))
        .optional(tenant_user.as_ref().map(<[u8; 16]>::as_slice))
        .optional(changes.as_deref().map(str::as_bytes))
        .bytes(&entry.status_code.to_le_bytes())
        .optional(text(&entry.error_message))
        .bytes(personal_digest.as_bytes())
        .bytes(entry.request_id.as_bytes())
        .bytes(&entry.created_at.timestamp_micros().to_le_bytes())
        .finish()
}
