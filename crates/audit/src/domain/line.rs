//! A line of an exported or archived file: the entry with all that is needed to verify it without the database.

use chrono::{DateTime, Utc};
use kernel::{AuditEntryId, TenantId, TenantUserId, input::Word as _};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use super::{
    canonical,
    entry::{Entry, NamedEntry, Seal},
    keys::{AuditKeys, Digest, GENESIS, KeyUse},
};

/// The actor as the API shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineActor {
    id: Uuid,
    name: Option<String>,
    email: Option<String>,
    role: Option<String>,
}

/// One line, in the field names of the API.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Line {
    pub id: AuditEntryId,
    pub sequence: Option<i64>,
    pub actor_type: String,
    pub actor: Option<LineActor>,
    pub actor_role: Option<String>,
    pub action: String,
    pub resource: String,
    pub resource_id: Option<String>,
    pub tenant_id: Option<TenantId>,
    pub tenant_user_id: Option<TenantUserId>,
    pub changes: Value,
    pub status_code: u16,
    pub error_message: Option<String>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    /// In archives, in place of the two above: both, sealed under their person's key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub personal_sealed: Option<String>,
    pub request_id: String,
    pub created_at: DateTime<Utc>,
    pub personal_digest: Option<Digest>,
    pub previous_hash: Option<Digest>,
    pub hash: Option<Digest>,
    /// Set on the last line, so that a file that was cut off shows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end: bool,
}

impl From<NamedEntry> for Line {
    fn from(named: NamedEntry) -> Self {
        let NamedEntry { entry, actor } = named;
        let (name, email) = actor.map(|actor| (actor.name, actor.email)).unzip();
        let role = entry.actor_role.clone();
        let (sequence, personal_digest, previous_hash, hash) = match entry.seal {
            Some(seal) => (Some(seal.sequence), Some(seal.personal_digest), Some(seal.previous_hash), Some(seal.hash)),
            None => (None, None, None, None),
        };
        Self {
            id: entry.id,
            sequence,
            actor_type: entry.actor_type.as_str().to_owned(),
            actor: entry.actor_id.map(|id| LineActor { id, name, email, role }),
            actor_role: entry.actor_role,
            action: entry.action,
            resource: entry.resource,
            resource_id: entry.resource_id,
            tenant_id: entry.tenant_id,
            tenant_user_id: entry.tenant_user_id,
            changes: entry.changes,
            status_code: entry.status_code,
            error_message: entry.error_message,
            ip_address: entry.ip_address,
            user_agent: entry.user_agent,
            personal_sealed: None,
            request_id: entry.request_id,
            created_at: entry.created_at,
            personal_digest,
            previous_hash,
            hash,
            end: false,
        }
    }
}

impl Line {
    /// The entry; `None` when it says something that no entry does.
    #[must_use]
    pub fn into_entry(self) -> Option<Entry> {
        let seal = match (self.sequence, self.personal_digest, self.previous_hash, self.hash) {
            (Some(sequence), Some(personal_digest), Some(previous_hash), Some(hash)) => {
                Some(Seal { sequence, personal_digest, previous_hash, hash })
            }
            (None, None, None, None) => None,
            _ => return None,
        };
        Some(Entry {
            id: self.id,
            actor_type: self.actor_type.parse().ok()?,
            actor_id: self.actor.map(|actor| actor.id),
            actor_role: self.actor_role,
            action: self.action,
            resource: self.resource,
            resource_id: self.resource_id,
            tenant_id: self.tenant_id,
            tenant_user_id: self.tenant_user_id,
            changes: self.changes,
            status_code: self.status_code,
            error_message: self.error_message,
            ip_address: self.ip_address,
            user_agent: self.user_agent,
            request_id: self.request_id,
            created_at: self.created_at,
            seal,
        })
    }
}

/// Ties the lines of a file together: each `link` is a signature over the one before and the whole line, so that
/// any change, any missing line and any other order shows, also in a filtered export.
#[derive(Debug, Clone)]
pub struct Linker(Digest);

impl Default for Linker {
    fn default() -> Self {
        Self(GENESIS.to_owned())
    }
}

impl Linker {
    /// The line as text, without a line break, and with its link.
    ///
    /// # Errors
    /// Never for lines made from entries.
    pub fn write(&mut self, keys: &AuditKeys, line: &Line) -> Result<String, serde_json::Error> {
        let meaning = canonical::json(&serde_json::to_value(line)?);
        self.0 = keys.sign(KeyUse::Export, &[self.0.as_bytes(), meaning.as_bytes()]);
        let mut text = serde_json::to_string(line)?;
        text.pop();
        text.push_str(",\"link\":\"");
        text.push_str(&self.0);
        text.push_str("\"}");
        Ok(text)
    }

    /// Reads a line back; `None` when it is none. The flag tells whether its link is right.
    pub fn read(&mut self, keys: &AuditKeys, text: &str) -> Option<(Line, bool)> {
        let mut value: Value = serde_json::from_str(text).ok()?;
        let link = value.as_object_mut()?.remove("link")?.as_str()?.to_owned();
        let meaning = canonical::json(&value);
        let right = keys.verify(KeyUse::Export, &[self.0.as_bytes(), meaning.as_bytes()], &link);
        self.0 = link;
        Some((serde_json::from_value(value).ok()?, right))
    }
}
