use std::time::Duration;

use kernel::{DomainError, ErrorKind, FieldError, StoreError};

use crate::domain::Change;

/// What can come of a request to this crate, other than success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TenancyError {
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Validation(Vec<FieldError>),
    /// There is no such workshop.
    #[error("there is no such tenant")]
    TenantNotFound,
    /// There is no such person in this workshop.
    #[error("there is no such user in this tenant")]
    PersonNotFound,
    /// The workshop has no subscription.
    #[error("the tenant has no subscription")]
    SubscriptionNotFound,
    /// Another workshop has this subdomain.
    #[error("the subdomain is taken")]
    SubdomainTaken,
    /// Another workshop has this slug.
    #[error("the slug is taken")]
    SlugTaken,
    /// Another person of the workshop has this address.
    #[error("a user of this tenant has this email already")]
    EmailTaken,
    /// The workshop's state forbids the change.
    #[error("the tenant cannot be {} in its present state", .0.participle())]
    IllegalTransition(Change),
    /// The plan's seats are taken.
    #[error("the plan's {limit} seats are taken")]
    SeatsTaken {
        /// How many there are.
        limit: u64,
    },
    /// A workshop must have an active owner.
    #[error("the last active owner must stay")]
    LastOwner,
    /// Somebody else has changed it since the client read it.
    #[error("it was changed meanwhile; read it again")]
    VersionMismatch,
    /// The database did not do what was asked.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<Vec<FieldError>> for TenancyError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Validation(errors)
    }
}

impl DomainError for TenancyError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Validation(_) => ErrorKind::Validation,
            Self::TenantNotFound | Self::PersonNotFound | Self::SubscriptionNotFound => ErrorKind::NotFound,
            Self::SubdomainTaken
            | Self::SlugTaken
            | Self::EmailTaken
            | Self::IllegalTransition(_)
            | Self::SeatsTaken { .. }
            | Self::LastOwner => ErrorKind::Conflict,
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
            Self::Store(error) if error.is_unavailable() => ErrorKind::Unavailable,
            Self::Store(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Validation(_) => "VALIDATION_FAILED",
            Self::TenantNotFound | Self::PersonNotFound | Self::SubscriptionNotFound => "NOT_FOUND",
            Self::SubdomainTaken => "SUBDOMAIN_TAKEN",
            Self::SlugTaken => "SLUG_TAKEN",
            Self::EmailTaken => "EMAIL_TAKEN",
            Self::IllegalTransition(_) => "ILLEGAL_TRANSITION",
            Self::SeatsTaken { .. } => "QUOTA_EXCEEDED",
            Self::LastOwner => "LAST_OWNER",
            Self::VersionMismatch => "PRECONDITION_FAILED",
            Self::Store(error) if error.is_unavailable() => "DATABASE_UNAVAILABLE",
            Self::Store(_) => "INTERNAL",
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
