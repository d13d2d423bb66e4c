//! Addresses and user agents in archive files: sealed under their person's key, so that erasing the person reaches
//! files that are never written again.

use std::sync::Arc;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::{
    Entropy,
    sealed::{KeyRing, Purpose, SealError, Sealed},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{
    entry::{Entry, FormerName},
    keys::AuditKeys,
};

#[derive(Serialize, Deserialize)]
struct Personal {
    ip: Option<String>,
    agent: Option<String>,
}

struct Shared(Arc<dyn Entropy>);

impl Entropy for Shared {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.fill(buffer);
    }
}

/// The vault of one person, or of those who did not sign in.
pub struct Vault(KeyRing);

impl Vault {
    /// For a person with this salt.
    ///
    /// # Errors
    /// Never with keys of ours.
    pub fn open(
        keys: &AuditKeys,
        person: Option<(Uuid, &[u8])>,
        entropy: &Arc<dyn Entropy>,
    ) -> Result<Self, SealError> {
        let keys = keys.vault_keys(person);
        let ring: Vec<_> = keys.iter().map(|(name, key)| format!("{name}:{}", BASE64_STANDARD.encode(key))).collect();
        Ok(Self(KeyRing::parse(&ring.join(","), Shared(Arc::clone(entropy)))?))
    }

    /// Takes address and user agent out of the entry; answers both, sealed, or `None` if it has neither.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn put(&self, entry: &mut Entry) -> Result<Option<String>, SealError> {
        let personal = Personal { ip: entry.ip_address.take(), agent: entry.user_agent.take() };
        if personal.ip.is_none() && personal.agent.is_none() {
            return Ok(None);
        }
        let plain = serde_json::to_vec(&personal).map_err(|_| SealError::Malformed)?;
        Ok(Some(self.0.seal(&purpose(&entry.id.to_string()), &plain)?.to_string()))
    }

    /// A name, sealed for its person.
    ///
    /// # Errors
    /// When sealing fails.
    pub fn put_name(&self, person: Uuid, name: &FormerName) -> Result<String, SealError> {
        let plain = serde_json::to_vec(name).map_err(|_| SealError::Malformed)?;
        Ok(self.0.seal(&name_purpose(&person.to_string()), &plain)?.to_string())
    }

    /// The name back.
    ///
    /// # Errors
    /// When it was sealed under another key or changed.
    pub fn take_name(&self, person: Uuid, sealed: &str) -> Result<FormerName, SealError> {
        let sealed: Sealed = sealed.parse()?;
        let plain = self.0.open(&name_purpose(&person.to_string()), &sealed)?;
        serde_json::from_slice(&plain).map_err(|_| SealError::Malformed)
    }

    /// Puts address and user agent back into the entry.
    ///
    /// # Errors
    /// When they were sealed under another key or changed.
    pub fn take(&self, entry: &mut Entry, sealed: &str) -> Result<(), SealError> {
        let sealed: Sealed = sealed.parse()?;
        let plain = self.0.open(&purpose(&entry.id.to_string()), &sealed)?;
        let personal: Personal = serde_json::from_slice(&plain).map_err(|_| SealError::Malformed)?;
        (entry.ip_address, entry.user_agent) = (personal.ip, personal.agent);
        Ok(())
    }
}

fn name_purpose(id: &str) -> Purpose<'_> {
    Purpose { table: "audit_person_keys", owner: "", row: id, field: "name" }
}

fn purpose(id: &str) -> Purpose<'_> {
    Purpose { table: "admin_audit_log", owner: "", row: id, field: "personal" }
}
