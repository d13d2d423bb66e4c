use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Duration, Utc};
use kernel::{Audience, Entropy};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::AccountId;

const TOKEN_BYTES: usize = 32;

/// What a one-time token lets its holder do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum TokenPurpose {
    /// An admin sets a new password.
    AdminReset,
    /// A tenant user sets a new password.
    TenantReset,
    /// An invited tenant user sets their first password.
    Invitation,
}

impl TokenPurpose {
    /// The purpose of a reset link for this kind of principal.
    #[must_use]
    pub const fn reset_of(kind: Audience) -> Self {
        match kind {
            Audience::Admin => Self::AdminReset,
            Audience::Tenant => Self::TenantReset,
        }
    }

    /// Whose side it is used on.
    #[must_use]
    pub const fn audience(self) -> Audience {
        match self {
            Self::AdminReset => Audience::Admin,
            Self::TenantReset | Self::Invitation => Audience::Tenant,
        }
    }

    /// How long it lives: resets an hour, invitations seven days.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::AdminReset | Self::TenantReset => Duration::hours(1),
            Self::Invitation => Duration::days(7),
        }
    }
}

/// A one-time token as stored: only the hash of its text is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct OneTimeToken {
    pub id: Uuid,
    pub purpose: TokenPurpose,
    /// Whose password it may set.
    pub subject: AccountId,
    /// SHA-256 of the token's text, in hexadecimal.
    pub token_hash: String,
    /// Fingerprint of the password hash it was made for ([`super::PasswordHash::fingerprint`]).
    pub bound_to: String,
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When a newer one or another change killed it.
    pub revoked_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

impl OneTimeToken {
    /// Makes a token of 256 random bits: the row to store, and the text to send, which exists nowhere else.
    #[must_use]
    pub fn issue(
        entropy: &dyn Entropy,
        now: DateTime<Utc>,
        purpose: TokenPurpose,
        subject: AccountId,
        bound_to: String,
    ) -> (Self, SecretString) {
        let mut bytes = Zeroizing::new([0_u8; TOKEN_BYTES]);
        entropy.fill(bytes.as_mut_slice());
        let text = SecretString::from(BASE64_URL_SAFE_NO_PAD.encode(bytes.as_slice()));
        let row = Self {
            id: entropy.uuid_v7(now),
            purpose,
            subject,
            token_hash: Self::hash_of(&text),
            bound_to,
            expires_at: now + purpose.lifetime(),
            used_at: None,
            revoked_at: None,
            created_at: now,
        };
        (row, text)
    }

    /// What is stored of a token's text.
    ///
    /// A plain hash is enough: 256 random bits cannot be guessed, and the look-up by it leaks nothing of use.
    #[must_use]
    pub fn hash_of(text: &SecretString) -> String {
        Sha256::digest(text.expose_secret().as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Whether it can still be used.
    #[must_use]
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.used_at.is_none() && self.revoked_at.is_none() && now < self.expires_at
    }
}
