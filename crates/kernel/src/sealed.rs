//! Sealed values: XChaCha20-Poly1305 under a ring of keys, so that keys can be changed while running.

use std::{fmt, str::FromStr, sync::Arc};

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD, prelude::BASE64_URL_SAFE_NO_PAD};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce, aead::Aead, aead::Payload};
use secrecy::{ExposeSecret, SecretBox, SecretString};
use zeroize::Zeroizing;

use crate::{Entropy, StoreError};

/// Bytes of a sealing key.
pub const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;

/// What a sealed value belongs to; a value sealed for one place does not open in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Purpose<'a> {
    /// The table it is stored in.
    pub table: &'a str,
    /// The tenant (or other owner) of the row; empty for none.
    pub owner: &'a str,
    /// The row's id or type.
    pub row: &'a str,
    /// The field.
    pub field: &'a str,
}

impl Purpose<'_> {
    /// Length-prefixed, so that no two purposes give the same bytes.
    fn associated_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(64);
        for part in [self.table, self.owner, self.row, self.field] {
            data.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_le_bytes());
            data.extend_from_slice(part.as_bytes());
        }
        data
    }
}

/// A sealed value as it is stored: `v1.<key id>.<base64url of nonce and ciphertext>`.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    key_id: String,
    nonce: [u8; NONCE_BYTES],
    ciphertext: Vec<u8>,
}

impl Sealed {
    /// Which key sealed it.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed(key {})", self.key_id)
    }
}

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.nonce.to_vec();
        bytes.extend_from_slice(&self.ciphertext);
        write!(f, "v1.{}.{}", self.key_id, BASE64_URL_SAFE_NO_PAD.encode(bytes))
    }
}

impl FromStr for Sealed {
    type Err = SealError;
    fn from_str(text: &str) -> Result<Self, SealError> {
        let mut parts = text.splitn(3, '.');
        let (Some("v1"), Some(key_id), Some(body)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(SealError::Malformed);
        };
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(body).map_err(|_| SealError::Malformed)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SealError::Malformed)?;
        Ok(Self { key_id: key_id.to_owned(), nonce: *nonce, ciphertext: ciphertext.to_vec() })
    }
}

/// Why a value cannot be sealed or opened, or a ring not be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Not in the stored form.
    #[error("not a sealed value")]
    Malformed,
    /// Its key is not in the ring.
    #[error("no key {0} in the ring")]
    UnknownKey(String),
    /// Changed, or sealed for another purpose.
    #[error("the sealed value does not open here")]
    Refused,
    /// The ring's text is wrong.
    #[error("key ring: {0}")]
    BadRing(String),
}

struct RingKey {
    id: String,
    secret: SecretBox<[u8; KEY_BYTES]>,
}

/// The keys: the first seals, all open.
///
/// ```
/// use kernel::{OsEntropy, sealed::{KeyRing, Purpose}};
/// let key = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
/// let ring = KeyRing::parse(key, OsEntropy)?;
/// let mine = Purpose { table: "tenant_integrations", owner: "tenant 1", row: "STRIPE_PAYMENT", field: "secretKey" };
/// let sealed = ring.seal(&mine, b"sk_live_1")?;
/// assert_eq!(ring.open(&mine, &sealed)?.as_slice(), b"sk_live_1");
/// assert!(ring.open(&Purpose { owner: "tenant 2", ..mine }, &sealed).is_err());
/// # Ok::<(), kernel::sealed::SealError>(())
/// ```
#[derive(Clone)]
pub struct KeyRing {
    keys: Arc<Vec<RingKey>>,
    entropy: Arc<dyn Entropy>,
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.keys.iter().map(|key| &key.id)).finish()
    }
}

impl KeyRing {
    /// Reads `id:base64[,id:base64...]`, each key 32 bytes.
    ///
    /// # Errors
    /// [`SealError::BadRing`] that tells which entry is wrong, and never its value.
    pub fn parse(text: &str, entropy: impl Entropy + 'static) -> Result<Self, SealError> {
        let mut keys: Vec<RingKey> = Vec::new();
        for (position, entry) in text.split(',').map(str::trim).enumerate() {
            let wrong = |why: &str| SealError::BadRing(format!("entry {} {why}", position + 1));
            let (id, secret) = entry.split_once(':').ok_or_else(|| wrong("must be id:base64"))?;
            let plain_id = !id.is_empty()
                && id.len() <= 32
                && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
            if !plain_id {
                return Err(wrong("must have an id of 1 to 32 letters, digits, - or _"));
            }
            if keys.iter().any(|key| key.id == id) {
                return Err(wrong("has an id that was there before"));
            }
            let bytes = Zeroizing::new(BASE64_STANDARD.decode(secret).map_err(|_| wrong("is no base64"))?);
            let bytes: [u8; KEY_BYTES] =
                bytes.as_slice().try_into().map_err(|_| wrong("must be 32 bytes in base64"))?;
            keys.push(RingKey { id: id.to_owned(), secret: SecretBox::new(Box::new(bytes)) });
        }
        Ok(Self { keys: Arc::new(keys), entropy: Arc::new(entropy) })
    }

    /// The id of the key that seals.
    #[must_use]
    pub fn current_key_id(&self) -> &str {
        self.keys.first().map_or("", |key| &key.id)
    }

    /// Whether a value was sealed by an older key and should be sealed anew.
    #[must_use]
    pub fn is_stale(&self, sealed: &Sealed) -> bool {
        sealed.key_id != self.current_key_id()
    }

    /// Seals bytes for one purpose.
    ///
    /// # Errors
    /// [`SealError::BadRing`] when the ring is empty.
    pub fn seal(&self, purpose: &Purpose<'_>, plaintext: &[u8]) -> Result<Sealed, SealError> {
        let key = self.keys.first().ok_or_else(|| SealError::BadRing("is empty".to_owned()))?;
        let mut nonce = [0_u8; NONCE_BYTES];
        self.entropy.fill(&mut nonce);
        let payload = Payload { msg: plaintext, aad: &purpose.associated_data() };
        let ciphertext = cipher(key).encrypt(&XNonce::from(nonce), payload).map_err(|_| SealError::Refused)?;
        Ok(Sealed { key_id: key.id.clone(), nonce, ciphertext })
    }

    /// Opens what was sealed for the same purpose.
    ///
    /// # Errors
    /// [`SealError::UnknownKey`], or [`SealError::Refused`] for a changed value or another purpose.
    pub fn open(&self, purpose: &Purpose<'_>, sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let key = self
            .keys
            .iter()
            .find(|key| key.id == sealed.key_id)
            .ok_or_else(|| SealError::UnknownKey(sealed.key_id.clone()))?;
        let payload = Payload { msg: &sealed.ciphertext, aad: &purpose.associated_data() };
        let nonce = XNonce::from(sealed.nonce);
        cipher(key).decrypt(&nonce, payload).map(Zeroizing::new).map_err(|_| SealError::Refused)
    }

    /// [`KeyRing::seal`] for text.
    ///
    /// # Errors
    /// As [`KeyRing::seal`].
    pub fn seal_text(&self, purpose: &Purpose<'_>, text: &SecretString) -> Result<Sealed, SealError> {
        self.seal(purpose, text.expose_secret().as_bytes())
    }

    /// [`KeyRing::open`] for text.
    ///
    /// # Errors
    /// As [`KeyRing::open`]; [`SealError::Malformed`] when it is no text.
    pub fn open_text(&self, purpose: &Purpose<'_>, sealed: &Sealed) -> Result<SecretString, SealError> {
        let bytes = self.open(purpose, sealed)?;
        let text = std::str::from_utf8(&bytes).map_err(|_| SealError::Malformed)?;
        Ok(SecretString::from(text))
    }
}

/// How many rows were sealed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Resealed {
    /// Rows that are under the current key now and were not before.
    pub done: u64,
    /// Rows that do not open (their key is not in the ring, or they were changed), or that the database refused.
    pub refused: u64,
}

impl Resealed {
    /// What came of a row: one that the database refuses is logged, counts as refused, and keeps no other from being sealed.
    ///
    /// # Errors
    /// When the database is unavailable.
    pub fn of_row(
        table: &'static str,
        row: impl fmt::Display,
        result: Result<Self, StoreError>,
    ) -> Result<Self, StoreError> {
        match result {
            Err(error) if !error.is_unavailable() => {
                tracing::error!(table, %row, %error, "a row cannot be sealed anew and is passed by");
                metrics::counter!("job_items_failed_total", "job" => "keys.rotate").increment(1);
                Ok(Self { done: 0, refused: 1 })
            }
            result => result,
        }
    }
}

impl std::ops::AddAssign for Resealed {
    fn add_assign(&mut self, other: Self) {
        self.done += other.done;
        self.refused += other.refused;
    }
}

/// A table with sealed values. Once every table was sealed anew, an old key can be taken out of the ring.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Reseal: Send + Sync {
    /// The table's name, for people.
    fn table(&self) -> &'static str;

    /// Seals everything that an older key sealed anew with the ring's first key, while others go on working.
    ///
    /// # Errors
    /// What the store says; what was done until then stays done, and running it again goes on.
    async fn reseal(&self, ring: &KeyRing) -> Result<Resealed, StoreError>;
}

fn cipher(key: &RingKey) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key.secret.expose_secret()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OsEntropy;

    const OLD: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const BOTH: &str =
        "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=,k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    const HERE: Purpose<'_> = Purpose { table: "t", owner: "o", row: "r", field: "f" };

    #[test]
    fn an_old_key_still_opens_and_is_known_as_stale() {
        let old = KeyRing::parse(OLD, OsEntropy).expect("a ring");
        let both = KeyRing::parse(BOTH, OsEntropy).expect("a ring");
        let sealed: Sealed = old.seal(&HERE, b"x").expect("seals").to_string().parse().expect("reads back");
        assert_eq!(both.open(&HERE, &sealed).expect("opens").as_slice(), b"x");
        assert!(both.is_stale(&sealed) && !old.is_stale(&sealed));
        let new = both.seal(&HERE, b"x").expect("seals");
        assert_eq!(old.open(&HERE, &new), Err(SealError::UnknownKey("k2".to_owned())));
    }

    #[test]
    fn parts_of_a_purpose_do_not_run_into_each_other() {
        let ring = KeyRing::parse(OLD, OsEntropy).expect("a ring");
        let sealed = ring.seal(&HERE, b"x").expect("seals");
        let shifted = Purpose { table: "to", owner: "", ..HERE };
        assert_eq!(ring.open(&shifted, &sealed), Err(SealError::Refused));
    }

    #[test]
    fn a_wrong_ring_names_the_entry_but_not_the_key() {
        let error = KeyRing::parse("k1:AAAA", OsEntropy).expect_err("short").to_string();
        assert_eq!(error, "key ring: entry 1 must be 32 bytes in base64");
    }
}
