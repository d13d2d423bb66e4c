use std::net::IpAddr;

use chrono::{DateTime, Utc};
use kernel::SessionId;
use strum::{EnumString, IntoStaticStr, VariantArray};

use super::AccountId;

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum EndReason {
    /// Its owner signed out.
    SignedOut,
    /// Its owner, or staff, ended it from a list.
    Revoked,
    /// The password was changed or reset.
    PasswordChanged,
    /// The account was deactivated or removed, or its role changed.
    AccountChanged,
    /// The workshop was suspended or deleted.
    TenantClosed,
    /// A refresh token was used twice.
    Reuse,
    /// Its account opened more than it may have at once.
    TooMany,
}

/// A signed-in session: one sign-in on one device, with all tokens that descend from it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Session {
    pub id: SessionId,
    pub subject: AccountId,
    /// Of the refresh token that is good now; every rotation adds one.
    pub counter: i64,
    /// When the counter last moved (the sign-in, before the first rotation).
    pub rotated_at: DateTime<Utc>,
    /// Where it was opened from.
    pub ip: Option<IpAddr>,
    pub user_agent: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// Opened or last refreshed; access tokens are used in between without a trace here.
    pub last_activity_at: DateTime<Utc>,
    /// When it ends unless it is refreshed before.
    pub expires_at: DateTime<Utc>,
    /// When it ends whatever happens.
    pub ends_at: DateTime<Utc>,
    /// When and why it was ended before its time.
    pub ended: Option<(DateTime<Utc>, EndReason)>,
}

impl Session {
    /// Whether its tokens are good.
    #[must_use]
    pub fn is_active(&self, now: DateTime<Utc>) -> bool {
        self.ended.is_none() && self.expires_at > now
    }
}
