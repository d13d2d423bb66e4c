use super::{
    canonical::Encoder,
    chain::Head,
    keys::{AuditKeys, Digest, KeyUse},
};

/// A stretch of the chain that was moved to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    /// Sequence of its first entry.
    pub first: i64,
    /// Sequence of its last entry.
    pub last: i64,
    /// How many entries.
    pub entries: i64,
    /// Hash of its last entry.
    pub head_hash: Digest,
    /// The file's name inside the archive directory.
    pub file: String,
    /// Signature over all of the above.
    pub mac: Digest,
}

impl Archive {
    /// Signs the record of the entries from `first` to `head`, moved to `file`.
    #[must_use]
    pub fn sign(keys: &AuditKeys, first: i64, head: &Head, file: String) -> Self {
        let mut archive = Self {
            first,
            last: head.sequence,
            entries: head.sequence - first + 1,
            head_hash: head.hash.clone(),
            file,
            mac: Digest::new(),
        };
        archive.mac = keys.sign(KeyUse::Archive, &[&archive.encoding()]);
        archive
    }

    /// Whether it is one of ours, unchanged.
    #[must_use]
    pub fn is_genuine(&self, keys: &AuditKeys) -> bool {
        keys.verify(KeyUse::Archive, &[&self.encoding()], &self.mac)
    }

    fn encoding(&self) -> Vec<u8> {
        Encoder::new(1)
            .bytes(&self.first.to_le_bytes())
            .bytes(&self.last.to_le_bytes())
            .bytes(&self.entries.to_le_bytes())
            .bytes(self.head_hash.as_bytes())
            .bytes(self.file.as_bytes())
            .finish()
    }
}
