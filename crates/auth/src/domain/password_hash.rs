use std::fmt;

use sha2::{Digest, Sha256};

/// A stored password hash: argon2id as a PHC string, or bcrypt from the old system.
///
/// Its `Debug` does not show the hash.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Wraps a stored or freshly made hash.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The hash as it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it comes from the old system.
    #[must_use]
    pub fn is_bcrypt(&self) -> bool {
        ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| self.0.starts_with(prefix))
    }

    /// What a one-time token is bound to: it dies when the password is changed by other means.
    ///
    /// 64 hexadecimal digits; somebody without a password yet has a fingerprint too.
    #[must_use]
    pub fn fingerprint(hash: Option<&Self>) -> String {
        let digest = Sha256::digest(hash.map_or(b"".as_slice(), |hash| hash.0.as_bytes()));
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash([redacted])")
    }
}
