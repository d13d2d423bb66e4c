use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, FieldError, StoreError};

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
    /// Only who was deactivated or removed can be erased.
    #[error("the user is active; deactivate or remove them first")]
    StillActive,
    /// The plan's seats are taken.
    #[error("the plan's {limit} seats are taken")]
    SeatsTaken {
        /// How many there are.
        limit: u64,
    },
    /// More people are active than the other plan has seats for.
    #[error("the plan has {limit} seats, and {used} users are active; deactivate or remove {} first", .used - .limit)]
    PlanTooSmall {
        /// Who are active.
        used: u64,
        /// What the plan has.
        limit: u64,
    },
    /// A workshop must have an active owner.
    #[error("the last active owner must stay")]
    LastOwner,
    /// An owner can be made, changed and removed by an owner only.
    #[error("only an owner can do this to an owner, or make one")]
    Rank,
    /// Nobody changes their own role or deactivates themselves.
    #[error("you cannot change your own role or deactivate yourself")]
    CannotChangeSelf,
    /// Only somebody who can sign in may own a workshop.
    #[error("the user is not active, or has not accepted the invitation yet")]
    NotAccepted,
    /// The person has no invitation that could still be accepted.
    #[error("the user has no open invitation")]
    NotInvited,
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
            | Self::StillActive
            | Self::SeatsTaken { .. }
            | Self::PlanTooSmall { .. }
            | Self::CannotChangeSelf
            | Self::NotAccepted
            | Self::NotInvited
            | Self::LastOwner => ErrorKind::Conflict,
            Self::Rank => ErrorKind::Forbidden,
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::TenantNotFound | Self::PersonNotFound | Self::SubscriptionNotFound => ErrorCode::NotFound,
            Self::SubdomainTaken => ErrorCode::SubdomainTaken,
            Self::SlugTaken => ErrorCode::SlugTaken,
            Self::EmailTaken => ErrorCode::EmailTaken,
            Self::IllegalTransition(_) | Self::StillActive | Self::NotAccepted | Self::NotInvited => {
                ErrorCode::IllegalTransition
            }
            Self::CannotChangeSelf => ErrorCode::CannotChangeSelf,
            Self::Rank => ErrorCode::Forbidden,
            Self::SeatsTaken { .. } | Self::PlanTooSmall { .. } => ErrorCode::QuotaExceeded,
            Self::LastOwner => ErrorCode::LastOwner,
            Self::VersionMismatch => ErrorCode::PreconditionFailed,
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
        (self.kind() == ErrorKind::Unavailable).then_some(Duration::from_secs(1))
    }
}
