use std::time::Duration;

use chrono::{DateTime, Utc};
use kernel::{DomainError, ErrorCode, ErrorKind, FieldError, StoreError, sealed::SealError};

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
    /// The workshop has no connection of this type.
    #[error("the tenant has no such integration")]
    IntegrationNotFound,
    /// The workshop has one of this type already, in use or not.
    #[error("the tenant has an integration of this type already; change or enable that one")]
    IntegrationExists,
    /// Its secrets are not its own, or not all there.
    #[error("the integration's credentials cannot be used; enter them anew")]
    IntegrationUnusable,
    /// Its secrets are sealed with a key that this node does not have.
    #[error("the integration's credentials cannot be opened now")]
    IntegrationKeyMissing,
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
    /// A secret cannot be sealed.
    #[error("a secret cannot be sealed: {0}")]
    Seal(#[from] SealError),
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
            Self::IntegrationNotFound => ErrorKind::NotFound,
            Self::IntegrationExists | Self::IntegrationUnusable => ErrorKind::Conflict,
            Self::UsageFull => ErrorKind::Conflict,
            Self::IntegrationKeyMissing => ErrorKind::Unavailable,
            Self::Seal(_) => ErrorKind::Internal,
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
            Self::CallsUsed { .. } => ErrorKind::RateLimited,
            Self::Rank => ErrorKind::Forbidden,
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
            Self::Store(error) if error.is_unavailable() => ErrorKind::Unavailable,
            Self::Store(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::TenantNotFound | Self::PersonNotFound | Self::SubscriptionNotFound => ErrorCode::NotFound,
            Self::IntegrationNotFound => ErrorCode::NotFound,
            Self::IntegrationExists | Self::IntegrationUnusable => ErrorCode::Conflict,
            Self::UsageFull => ErrorCode::Conflict,
            Self::IntegrationKeyMissing => ErrorCode::Unavailable,
            Self::Seal(_) => ErrorCode::Internal,
            Self::SubdomainTaken => ErrorCode::SubdomainTaken,
            Self::SlugTaken => ErrorCode::SlugTaken,
            Self::EmailTaken => ErrorCode::EmailTaken,
            Self::IllegalTransition(_) | Self::StillActive | Self::NotAccepted | Self::NotInvited => {
                ErrorCode::IllegalTransition
            }
            Self::CannotChangeSelf => ErrorCode::CannotChangeSelf,
            Self::Rank => ErrorCode::Forbidden,
            Self::SeatsTaken { .. } | Self::PlanTooSmall { .. } | Self::CallsUsed { .. } => ErrorCode::QuotaExceeded,
            Self::LastOwner => ErrorCode::LastOwner,
            Self::VersionMismatch => ErrorCode::PreconditionFailed,
            Self::Store(error) if error.is_unavailable() => ErrorCode::DatabaseUnavailable,
            Self::Store(_) => ErrorCode::Internal,
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
