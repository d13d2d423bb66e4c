use chrono::{DateTime, TimeDelta, Utc};
use kernel::{AdminId, AdminRole, EmailAddress};

use super::password_hash::PasswordHash;

/// A member of staff, as stored.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct AdminAccount {
    pub id: AdminId,
    pub first_name: String,
    pub last_name: String,
    /// The address they sign in with; unique among admins.
    pub email: EmailAddress,
    /// Hash of the current password; never leaves this crate.
    pub password_hash: PasswordHash,
    /// When the password was last set.
    pub password_set_at: DateTime<Utc>,
    /// Whether the password is a temporary one, to be changed before anything else.
    pub must_change_password: bool,
    /// What they may do follows from it.
    pub role: AdminRole,
    pub department: Option<String>,
    /// Telephone number, free text.
    pub phone: Option<String>,
    /// URL of a picture.
    pub avatar: Option<String>,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Whether a second factor is set up.
    pub mfa_enabled: bool,
    pub last_login_at: Option<DateTime<Utc>>,
    /// Last time a session of theirs was used.
    pub last_activity_at: Option<DateTime<Utc>>,
    /// Access tokens of an older generation are dead.
    pub generation: i64,
    /// For `ETag` and `If-Match`.
    pub version: i64,
    /// When they were registered.
    pub created_at: DateTime<Utc>,
    /// Last change of the account (sign-ins do not count).
    pub updated_at: DateTime<Utc>,
}

/// A temporary password opens nothing when it is older.
const TEMPORARY_PASSWORD_LIFE: TimeDelta = TimeDelta::days(7);

impl AdminAccount {
    /// Whether the password is a temporary one that was not changed in time. A reset link, which staff can send, makes a new
    /// one.
    #[must_use]
    pub fn temporary_password_is_over(&self, now: DateTime<Utc>) -> bool {
        self.must_change_password && now - self.password_set_at >= TEMPORARY_PASSWORD_LIFE
    }
}
