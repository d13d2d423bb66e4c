use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};

use super::{
    canonical::Encoder,
    chain::Head,
    keys::{AuditKeys, Digest, KeyUse},
};

/// A signed note, kept outside the database, of how far the chain had come.
///
/// The head's hash covers everything before it, so one checkpoint tells a cut tail and a re-hash of everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Checkpoint {
    /// Which database it tells of, so that several can share a directory.
    pub database: String,
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
    pub fn sign(keys: &AuditKeys, database: &str, head: &Head, at: DateTime<Utc>) -> Self {
        let mut checkpoint = Self {
            database: database.to_owned(),
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

    fn encoding(&self) -> Vec<u8> {
        Encoder::new(1)
            .bytes(self.database.as_bytes())
            .bytes(&self.count.to_le_bytes())
            .bytes(self.head.as_bytes())
            .bytes(self.at.to_rfc3339_opts(SecondsFormat::Micros, true).as_bytes())
            .finish()
    }
}
