use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{DomainError, ErrorCode, ErrorKind, FieldError, StoreError};

/// What can come of a request to this crate, other than success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MeteringError {
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Validation(Vec<FieldError>),
    /// There is no such tenant.
    #[error("there is no such tenant")]
    TenantNotFound,
    /// The tenant is deleted: nothing is recorded for it.
    #[error("the tenant cannot be changed in its present state")]
    TenantDeleted,
    /// The plan's requests of the day are used.
    #[error("the plan's {limit} API calls of today are used; they begin anew at {}", .resets_at.format("%Y-%m-%dT%H:%M:%SZ"))]
    CallsUsed {
        /// How many there are.
        limit: u64,
        /// When they begin anew.
        resets_at: DateTime<Utc>,
        /// How long that is from now.
        retry_after: Duration,
    },
    /// The sum of a quarter of an hour, an hour or a day would be more than the database holds.
    #[error("the values add up to more than can be kept")]
    UsageFull,
    /// The database did not do what was asked.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<Vec<FieldError>> for MeteringError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Validation(errors)
    }
}

impl DomainError for MeteringError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Validation(_) => ErrorKind::Validation,
            Self::TenantNotFound => ErrorKind::NotFound,
            Self::TenantDeleted | Self::UsageFull => ErrorKind::Conflict,
            Self::CallsUsed { .. } => ErrorKind::RateLimited,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::TenantNotFound => ErrorCode::NotFound,
            Self::TenantDeleted => ErrorCode::IllegalTransition,
            Self::CallsUsed { .. } => ErrorCode::QuotaExceeded,
            Self::UsageFull => ErrorCode::Conflict,
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Validation(errors) => errors.clone(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::CallsUsed { retry_after, .. } => Some(*retry_after),
            _ => (self.kind() == ErrorKind::Unavailable).then_some(Duration::from_secs(1)),
        }
    }
}
