use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, FieldError, StoreError, sealed::SealError};

/// What can come of a request to this crate, other than success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IntegrationError {
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Validation(Vec<FieldError>),
    /// There is no such tenant.
    #[error("there is no such tenant")]
    TenantNotFound,
    /// The tenant is deleted: nothing in it changes.
    #[error("the tenant cannot be changed in its present state")]
    TenantDeleted,
    /// The tenant has no connection of this type.
    #[error("the tenant has no such integration")]
    NotFound,
    /// The tenant has one of this type already, in use or not.
    #[error("the tenant has an integration of this type already; change or enable that one")]
    Exists,
    /// Its secrets are not its own, or not all there.
    #[error("the integration's credentials cannot be used; enter them anew")]
    Unusable,
    /// Its secrets are sealed with a key that this node does not have.
    #[error("the integration's credentials cannot be opened now")]
    KeyMissing,
    /// Somebody else has changed it since the client read it.
    #[error("it was changed meanwhile; read it again")]
    VersionMismatch,
    /// A secret cannot be sealed.
    #[error("a secret cannot be sealed: {0}")]
    Seal(#[from] SealError),
    /// The database did not do what was asked.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<Vec<FieldError>> for IntegrationError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Validation(errors)
    }
}

impl DomainError for IntegrationError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Validation(_) => ErrorKind::Validation,
            Self::TenantNotFound | Self::NotFound => ErrorKind::NotFound,
            Self::TenantDeleted | Self::Exists | Self::Unusable => ErrorKind::Conflict,
            Self::KeyMissing => ErrorKind::Unavailable,
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
            Self::Store(error) => error.kind(),
            Self::Seal(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::TenantNotFound | Self::NotFound => ErrorCode::NotFound,
            Self::TenantDeleted => ErrorCode::IllegalTransition,
            Self::Exists | Self::Unusable => ErrorCode::Conflict,
            Self::KeyMissing => ErrorCode::Unavailable,
            Self::VersionMismatch => ErrorCode::PreconditionFailed,
            Self::Store(error) => error.code(),
            Self::Seal(_) => ErrorCode::Internal,
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Validation(errors) => errors.clone(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        (self.kind() == ErrorKind::Unavailable).then_some(Duration::from_secs(1))
    }
}
