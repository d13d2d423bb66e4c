use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    canonical::Encoder,
    chain::Head,
    keys::{AuditKeys, Digest, GENESIS, KeyUse},
};

/// Which database it is, as kept in the database itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// Random, made with the table.
    pub id: Uuid,
    /// The hash of the chain's first entry; `None` before there is one.
    pub genesis: Option<Digest>,
}

/// A signed note, kept outside the database, of how far the chain had come.
///
/// The head's hash covers everything before it, so one checkpoint tells a cut tail and a re-hash of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// Which database it tells of: the id it holds. In notes without `genesis`, which former versions made, its path or host.
    pub database: String,
    /// The hash of the chain's first entry; 64 zeros before there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genesis: Option<Digest>,
    /// How many entries were ever sealed; the head's sequence number.
    pub count: i64,
    /// The head's hash.
    pub head: Digest,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Over all of the above.
    pub mac: Digest,
}

impl Checkpoint {
    /// Signs a note of `head`.
    #[must_use]
    pub fn sign(keys: &AuditKeys, identity: &Identity, head: &Head, at: DateTime<Utc>) -> Self {
        let mut checkpoint = Self {
            database: identity.id.to_string(),
            genesis: Some(identity.genesis.clone().unwrap_or_else(|| GENESIS.to_owned())),
            count: head.sequence,
            head: head.hash.clone(),
            at,
            mac: Digest::new(),
        };
        checkpoint.mac = keys.sign(KeyUse::Checkpoint, &[&checkpoint.encoding()]);
        checkpoint
    }

    /// Whether it is one of ours, unchanged.
    #[must_use]
    pub fn is_genuine(&self, keys: &AuditKeys) -> bool {
        keys.verify(KeyUse::Checkpoint, &[&self.encoding()], &self.mac)
    }

    /// Whether it tells of the database with this identity. `None` when it does not say: `former` notes name a path or
    /// a host, and only that very name tells something.
    #[must_use]
    pub fn is_of(&self, identity: &Identity, former: &str) -> Option<bool> {
        let Some(genesis) = &self.genesis else { return (self.database == former).then_some(true) };
        let same_chain = self.count == 0 || identity.genesis.as_ref() == Some(genesis);
        Some(self.database == identity.id.to_string() && same_chain)
    }

    fn encoding(&self) -> Vec<u8> {
        let encoder = match &self.genesis {
            None => Encoder::new(1).bytes(self.database.as_bytes()),
            Some(genesis) => Encoder::new(2).bytes(self.database.as_bytes()).bytes(genesis.as_bytes()),
        };
        encoder
            .bytes(&self.count.to_le_bytes())
            .bytes(self.head.as_bytes())
            .bytes(self.at.to_rfc3339_opts(SecondsFormat::Micros, true).as_bytes())
            .finish()
    }
}
