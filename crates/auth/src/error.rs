use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, FieldCode, FieldError, StoreError};

/// What can come of signing in, staying signed in and managing accounts, other than success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuthError {
    /// Unknown address, wrong password, inactive or not yet accepted: nobody is told which.
    #[error("the email address or the password is wrong")]
    InvalidCredentials,
    /// Too many failures for this account from this network.
    #[error("too many failed sign-ins; try again later")]
    AccountLocked {
        /// Until the lock ends.
        retry_after: Duration,
    },
    /// Too many failures from this network over all accounts.
    #[error("too many failed sign-ins from this network; try again later")]
    TooManyFailures {
        /// Until the limit ends.
        retry_after: Duration,
    },
    /// The password was right, but the workshop is suspended, cancelled or deleted.
    #[error("the workshop's account is suspended")]
    TenantSuspended,
    /// No token, or of nobody who may sign in any more.
    #[error("sign in first")]
    Unauthenticated,
    /// Not a token of ours for this audience.
    #[error("the token is not valid")]
    TokenInvalid,
    /// The token's, or the session's, time is over.
    #[error("the token has expired")]
    TokenExpired,
    /// The token was good until its session or its account's rights were revoked.
    #[error("the token has been revoked")]
    TokenRevoked,
    /// A refresh token that had been exchanged before came again; its session has ended.
    #[error("the refresh token was used before; the session has ended")]
    RefreshReused,
    /// This node has not heard of revocations for too long to believe any token.
    #[error("access cannot be checked at the moment")]
    RevocationsStale,
    /// No such session of this account.
    #[error("no such session")]
    SessionNotFound,
    /// A token could not be signed.
    #[error("the token cannot be signed")]
    Signing(#[source] jsonwebtoken::errors::Error),
    /// More passwords are being hashed and waiting than this node takes on.
    #[error("too many sign-ins at once; try again in a moment")]
    HashQueueFull,
    /// A password could not be hashed, or a stored hash not be read; the text tells why, never the hash.
    #[error("hashing failed: {0}")]
    Hashing(String),
    /// Fields of a request are wrong.
    #[error("the request has wrong fields")]
    Invalid(Vec<FieldError>),
    /// So much was sent to the person, to the address or on behalf of the workshop that it must wait.
    #[error("too much was sent there, or by this workshop, already; try again later")]
    TooManyMessages {
        /// How long to wait.
        retry_after: Duration,
    },
    /// The current password that was given to change it is wrong.
    #[error("the current password is wrong")]
    CurrentPasswordIncorrect,
    /// A token of a reset link or an invitation that is forged, over, used, revoked or of nobody any more.
    #[error("the link is not valid any more")]
    OneTimeTokenInvalid,
    /// No such admin.
    #[error("no such admin")]
    AdminNotFound,
    /// Another admin has this address.
    #[error("another admin has this email address")]
    EmailTaken,
    /// Nobody changes their own role or deactivates themselves.
    #[error("you cannot change your own role or deactivate yourself")]
    CannotChangeSelf,
    /// Without this one there would be no active super admin.
    #[error("the last active super admin stays")]
    LastSuperAdmin,
    /// The account is of another version than the one that was to be changed.
    #[error("the account has changed since it was read")]
    PreconditionFailed,
    /// The account is not in a state where this can be done.
    #[error("the account's state does not allow this")]
    IllegalTransition,
    /// The actor may not give such a role, nor touch who has it.
    #[error("your role does not allow this")]
    Forbidden,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for AuthError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::InvalidCredentials
            | Self::Unauthenticated
            | Self::TokenInvalid
            | Self::TokenExpired
            | Self::TokenRevoked
            | Self::RefreshReused => ErrorKind::Unauthenticated,
            Self::AccountLocked { .. } | Self::TooManyFailures { .. } | Self::TooManyMessages { .. } => {
                ErrorKind::RateLimited
            }
            Self::TenantSuspended | Self::Forbidden => ErrorKind::Forbidden,
            Self::Invalid(_) | Self::CurrentPasswordIncorrect | Self::OneTimeTokenInvalid => ErrorKind::Validation,
            Self::EmailTaken | Self::CannotChangeSelf | Self::LastSuperAdmin | Self::IllegalTransition => {
                ErrorKind::Conflict
            }
            Self::PreconditionFailed => ErrorKind::PreconditionFailed,
            Self::SessionNotFound | Self::AdminNotFound => ErrorKind::NotFound,
            Self::RevocationsStale | Self::HashQueueFull => ErrorKind::Unavailable,
            Self::Store(error) => error.kind(),
            Self::Signing(_) | Self::Hashing(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::InvalidCredentials => ErrorCode::InvalidCredentials,
            Self::AccountLocked { .. } => ErrorCode::AccountLocked,
            Self::TooManyFailures { .. } | Self::TooManyMessages { .. } => ErrorCode::RateLimited,
            Self::TenantSuspended => ErrorCode::TenantSuspended,
            Self::Unauthenticated => ErrorCode::Unauthenticated,
            Self::TokenInvalid => ErrorCode::TokenInvalid,
            Self::TokenRevoked => ErrorCode::TokenRevoked,
            Self::TokenExpired => ErrorCode::TokenExpired,
            Self::RefreshReused => ErrorCode::RefreshReused,
            Self::SessionNotFound | Self::AdminNotFound => ErrorCode::NotFound,
            Self::Invalid(_) | Self::CurrentPasswordIncorrect | Self::OneTimeTokenInvalid => {
                ErrorCode::ValidationFailed
            }
            Self::EmailTaken => ErrorCode::EmailTaken,
            Self::CannotChangeSelf => ErrorCode::CannotChangeSelf,
            Self::LastSuperAdmin => ErrorCode::LastSuperAdmin,
            Self::PreconditionFailed => ErrorCode::PreconditionFailed,
            Self::IllegalTransition => ErrorCode::IllegalTransition,
            Self::Forbidden => ErrorCode::Forbidden,
            Self::RevocationsStale | Self::HashQueueFull => ErrorCode::Unavailable,
            Self::Store(error) => error.code(),
            Self::Signing(_) | Self::Hashing(_) => ErrorCode::Internal,
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            Self::CurrentPasswordIncorrect => {
                vec![FieldError::new("currentPassword", FieldCode::Incorrect, "is not your current password")]
            }
            Self::OneTimeTokenInvalid => {
                vec![FieldError::new("token", FieldCode::TokenInvalid, "is not valid any more; ask for a new link")]
            }
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::AccountLocked { retry_after }
            | Self::TooManyFailures { retry_after }
            | Self::TooManyMessages { retry_after } => Some(*retry_after),
            Self::RevocationsStale | Self::HashQueueFull => Some(Duration::from_secs(1)),
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}

impl From<Vec<FieldError>> for AuthError {
    fn from(fields: Vec<FieldError>) -> Self {
        Self::Invalid(fields)
    }
}
