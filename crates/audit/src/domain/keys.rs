use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use subtle::ConstantTimeEq;
use uuid::Uuid;

/// A keyed digest: HMAC-SHA-256 in 64 lower-case hexadecimal digits.
pub type Digest = String;

/// The hash before the first entry.
pub const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The purposes that keys are derived for; a digest made for one is worth nothing for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// The chain of entries.
    Chain,
    /// Addresses and user agents, together with a person's salt.
    Person,
    /// Checkpoints outside the database.
    Checkpoint,
    /// The links between the lines of an exported or archived file.
    Export,
    /// The records of what was archived.
    Archive,
    /// The proofs of erasure.
    Erasure,
    /// Sealing of addresses and user agents in archive files.
    Vault,
}

impl KeyUse {
    const ALL: [Self; 7] =
        [Self::Chain, Self::Person, Self::Checkpoint, Self::Export, Self::Archive, Self::Erasure, Self::Vault];

    const fn label(self) -> &'static [u8] {
        match self {
            Self::Chain => b"nextcrm audit chain v1",
            Self::Person => b"nextcrm audit person v1",
            Self::Checkpoint => b"nextcrm audit checkpoint v1",
            Self::Export => b"nextcrm audit export v1",
            Self::Archive => b"nextcrm audit archive v1",
            Self::Erasure => b"nextcrm audit erasure v1",
            Self::Vault => b"nextcrm audit vault v1",
        }
    }
}

struct KeySet([SecretBox<[u8; 32]>; 7]);

impl KeySet {
    /// HKDF-Expand of the root with a label per purpose (the root is uniform already, so nothing is extracted).
    fn derive(root: &[u8; 32]) -> Self {
        Self(KeyUse::ALL.map(|usage| {
            SecretBox::init_with_mut(|key: &mut [u8; 32]| {
                key.copy_from_slice(&hmac(root, &[usage.label(), &[1]]));
            })
        }))
    }

    fn key(&self, usage: KeyUse) -> &[u8; 32] {
        self.0[usage as usize].expose_secret()
    }
}

/// The keys of the trail. The first root signs; older ones still verify what they signed.
///
/// The roots live outside the database: who holds only the database cannot forge an entry.
pub struct AuditKeys(Vec<KeySet>);

impl std::fmt::Debug for AuditKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AuditKeys({} roots)", self.0.len())
    }
}

impl AuditKeys {
    /// Derives the keys from roots of 32 uniformly random bytes each; `current` signs.
    #[must_use]
    pub fn new(current: &[u8; 32], older: &[[u8; 32]]) -> Self {
        Self(std::iter::once(current).chain(older).map(KeySet::derive).collect())
    }

    /// Signs `parts`, of which all but the last must be of a fixed length or carry their length.
    #[must_use]
    pub fn sign(&self, usage: KeyUse, parts: &[&[u8]]) -> Digest {
        hex::encode(hmac(self.0[0].key(usage), parts))
    }

    /// Whether `digest` is one of ours for `parts`, under any root.
    #[must_use]
    pub fn verify(&self, usage: KeyUse, parts: &[&[u8]], digest: &str) -> bool {
        self.0.iter().any(|set| same(&hex::encode(hmac(set.key(usage), parts)), digest))
    }

    /// Signs a person's values; without a person (nobody signed in) under a key of the trail's own.
    #[must_use]
    pub fn sign_personal(&self, person: Option<(Uuid, &[u8])>, parts: &[&[u8]]) -> Digest {
        hex::encode(hmac(&person_key(self.0[0].key(KeyUse::Person), person), parts))
    }

    /// Whether `digest` is one of ours for a person's values, under any root.
    #[must_use]
    pub fn verify_personal(&self, person: Option<(Uuid, &[u8])>, parts: &[&[u8]], digest: &str) -> bool {
        self.0.iter().any(|set| same(&hex::encode(hmac(&person_key(set.key(KeyUse::Person), person), parts)), digest))
    }

    /// The keys, newest first and each with a name of its own, that seal a person's values in archive files; gone
    /// once their salt is.
    #[must_use]
    pub fn vault_keys(&self, person: Option<(Uuid, &[u8])>) -> Vec<(String, [u8; 32])> {
        let key = |set: &KeySet| person_key(set.key(KeyUse::Vault), person);
        self.0.iter().map(key).map(|key| (hex::encode(&hmac(&key, &[b"name"])[..4]), key)).collect()
    }
}

fn person_key(base: &[u8; 32], person: Option<(Uuid, &[u8])>) -> [u8; 32] {
    match person {
        Some((id, salt)) => hmac(base, &[id.as_bytes(), salt]),
        None => hmac(base, &[b"nobody"]),
    }
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn hmac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Compares in a time that does not depend on where they differ.
fn same(ours: &str, theirs: &str) -> bool {
    ours.as_bytes().ct_eq(theirs.as_bytes()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_differ_by_use_and_person_and_older_roots_still_verify() {
        let old = AuditKeys::new(&[1; 32], &[]);
        let new = AuditKeys::new(&[2; 32], &[[1; 32]]);
        let signed = old.sign(KeyUse::Chain, &[b"x"]);
        assert!(new.verify(KeyUse::Chain, &[b"x"], &signed));
        assert!(!new.verify(KeyUse::Checkpoint, &[b"x"], &signed), "another use");
        assert!(!AuditKeys::new(&[2; 32], &[]).verify(KeyUse::Chain, &[b"x"], &signed), "another root");
        let jo = Some((Uuid::from_u128(1), [7_u8; 32].as_slice()));
        let personal = old.sign_personal(jo, &[b"x"]);
        assert!(new.verify_personal(jo, &[b"x"], &personal));
        assert!(!new.verify_personal(Some((Uuid::from_u128(2), [7_u8; 32].as_slice())), &[b"x"], &personal));
        assert!(!new.verify_personal(None, &[b"x"], &personal));
    }
}
