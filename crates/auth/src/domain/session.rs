use std::net::IpAddr;

use chrono::{DateTime, Utc};
use kernel::SessionId;

use super::Subject;

/// Why a session ended before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

impl EndReason {
    const ALL: [Self; 7] = [
        Self::SignedOut,
        Self::Revoked,
        Self::PasswordChanged,
        Self::AccountChanged,
        Self::TenantClosed,
        Self::Reuse,
        Self::TooMany,
    ];

    /// The name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignedOut => "SIGNED_OUT",
            Self::Revoked => "REVOKED",
            Self::PasswordChanged => "PASSWORD_CHANGED",
            Self::AccountChanged => "ACCOUNT_CHANGED",
            Self::TenantClosed => "TENANT_CLOSED",
            Self::Reuse => "REUSE",
            Self::TooMany => "TOO_MANY",
        }
    }

    /// Reads a name of the database.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == text)
    }
}

/// A signed-in session: one sign-in on one device, with all tokens that descend from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Which.
    pub id: SessionId,
    /// Whose.
    pub subject: Subject,
    /// Of the refresh token that is good now; every rotation adds one.
    pub counter: i64,
    /// When the counter last moved (the sign-in, before the first rotation).
    pub rotated_at: DateTime<Utc>,
    /// Where it was opened from.
    pub ip: Option<IpAddr>,
    /// With which program.
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
