//! Idempotency keys: a creating request that is sent twice happens once.
//!
//! A key is claimed first (a row with a lease, committed by itself), and completed *in the transaction of
//! the change*. A crash in between leaves either nothing (the lease ends, a retry runs) or the change with
//! its answer (a retry replays it), never a change that a retry repeats.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{DomainError, ErrorCode, ErrorKind, StoreError, Tx, sealed::SealError};

/// Most characters of a key.
pub const MAX_KEY_LENGTH: usize = 255;

/// What a key means: the same text is another key for another principal or route.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeyIdentity {
    /// Who asks: `admin:<uuid>` or `tenant:<uuid>`.
    pub principal: String,
    /// Method and route template without its version prefix: `POST /api/admin/tenants`.
    pub route: String,
    /// The client's key.
    pub key: String,
}

impl KeyIdentity {
    /// Puts the parts together.
    ///
    /// # Errors
    /// [`IdempotencyError::InvalidKey`] unless the key is 1 to 255 visible ASCII characters.
    pub fn new(
        principal: impl Into<String>,
        route: impl Into<String>,
        key: impl Into<String>,
    ) -> Result<Self, IdempotencyError> {
        let key = key.into();
        let visible = key.bytes().all(|byte| byte.is_ascii_graphic());
        if key.is_empty() || key.len() > MAX_KEY_LENGTH || !visible {
            return Err(IdempotencyError::InvalidKey);
        }
        Ok(Self { principal: principal.into(), route: route.into(), key })
    }
}

/// Fingerprint of a request's body: equal bodies, equal fingerprints.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BodyHash([u8; 32]);

impl BodyHash {
    /// The fingerprint of the bytes as they came.
    #[must_use]
    pub fn of(body: &[u8]) -> Self {
        Self(Sha256::digest(body).into())
    }

    /// The raw bytes, for stores.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for BodyHash {
    /// Bodies may hold passwords, and a fingerprint lets one guess at them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BodyHash(..)")
    }
}

/// The right to carry out the request, until it ends or is given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// What was claimed.
    pub identity: KeyIdentity,
    /// Which of several claimants of the same key this is.
    pub holder: Uuid,
}

/// An answer as it is kept and given again, byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredAnswer {
    /// HTTP status.
    pub status: u16,
    /// The headers that belong to the answer (`content-type`, `location`, `etag`), not those of the
    /// connection or the request. They are stored in clear.
    pub headers: Vec<(String, String)>,
    /// The body; stored sealed.
    pub body: Vec<u8>,
}

impl fmt::Debug for StoredAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "StoredAnswer({}, {} bytes)", self.status, self.body.len())
    }
}

/// What came of claiming a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// Go on; then complete the key in the transaction of the change, or release it.
    Won(Lease),
    /// It was done before; give this answer.
    Replay(StoredAnswer),
    /// It is being done right now.
    InFlight {
        /// When the one at work must have finished or lost its lease.
        retry_after: Duration,
    },
    /// What the request makes was made, but whoever made it is gone without an answer. Answer how it is now, and complete the key.
    Named {
        /// As for [`Claim::Won`].
        lease: Lease,
        /// What was made.
        subject: Uuid,
    },
    /// The key was used for another body.
    OtherBody,
}

/// How long keys and leases live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IdempotencyOptions {
    /// How long an answer is kept.
    pub life: Duration,
    /// How long a claimant may work before another may take over; longer than the request timeout.
    pub lease: Duration,
}

impl Default for IdempotencyOptions {
    /// Answers live a day, leases a minute.
    fn default() -> Self {
        Self { life: Duration::from_secs(24 * 60 * 60), lease: Duration::from_secs(60) }
    }
}

/// Keeps the keys.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait IdempotencyKeys: Send + Sync {
    /// Claims a key in a transaction of its own; of many at once exactly one wins.
    ///
    /// # Errors
    /// [`IdempotencyError::Store`], or [`IdempotencyError::Seal`] when a stored answer does not open.
    async fn claim(&self, identity: &KeyIdentity, body: &BodyHash) -> Result<Claim, IdempotencyError>;

    /// Keeps the answer in the transaction of the change.
    ///
    /// # Errors
    /// [`IdempotencyError::LeaseLost`] when another has taken over; the caller must then let the
    /// transaction roll back, as for every other error.
    async fn complete_in(&self, tx: &mut Tx, lease: &Lease, answer: &StoredAnswer) -> Result<(), IdempotencyError>;

    /// Names what the request makes, in the transaction that makes it, where the answer comes later. From then on the key
    /// stands for it: it is not made again.
    ///
    /// # Errors
    /// As [`complete_in`](Self::complete_in).
    async fn name_in(&self, tx: &mut Tx, lease: &Lease, subject: Uuid) -> Result<(), IdempotencyError>;

    /// Gives an uncompleted key back, so that the request may be mended and sent again with it; one that names something
    /// is only let go of.
    ///
    /// # Errors
    /// [`IdempotencyError::Store`]; the key is then free when its lease ends.
    async fn release(&self, lease: &Lease) -> Result<(), IdempotencyError>;
}

/// Why a key could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IdempotencyError {
    /// Not 1 to 255 visible ASCII characters.
    #[error("an idempotency key is 1 to 255 visible ASCII characters")]
    InvalidKey,
    /// The lease ended and another request with the same key took over.
    #[error("another request with this idempotency key took over")]
    LeaseLost,
    /// A stored answer does not open, or a new one does not seal.
    #[error("the stored answer is out of reach")]
    Seal(#[from] SealError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for IdempotencyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidKey => ErrorKind::Validation,
            Self::LeaseLost => ErrorKind::Conflict,
            Self::Store(error) => error.kind(),
            Self::Seal(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidKey => ErrorCode::ValidationFailed,
            Self::LeaseLost => ErrorCode::IdempotencyInFlight,
            Self::Store(error) => error.code(),
            Self::Seal(_) => ErrorCode::Internal,
        }
    }

    fn fields(&self) -> Vec<crate::FieldError> {
        match self {
            Self::InvalidKey => {
                vec![crate::FieldError::new("Idempotency-Key", crate::FieldCode::Invalid, self.to_string())]
            }
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::LeaseLost => Some(Duration::from_secs(1)),
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_visible_ascii() {
        for bad in ["", "a b", "a\tb", "ä", "a\0", &"x".repeat(256)] {
            assert!(KeyIdentity::new("admin:1", "POST /x", bad).is_err(), "{bad:?}");
        }
        assert!(KeyIdentity::new("admin:1", "POST /x", "x".repeat(255)).is_ok());
    }

    #[test]
    fn neither_bodies_nor_fingerprints_show_in_logs() {
        let answer = StoredAnswer { status: 201, headers: Vec::new(), body: b"secret".to_vec() };
        assert_eq!(format!("{answer:?} {:?}", BodyHash::of(b"x")), "StoredAnswer(201, 6 bytes) BodyHash(..)");
    }
}
