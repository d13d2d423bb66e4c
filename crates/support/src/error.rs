use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, FieldError, StoreError};

use crate::domain::{MAX_HISTORY, MAX_MESSAGES, Refusal};

/// What can come of a request to this crate, other than success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SupportError {
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Validation(Vec<FieldError>),
    /// There is no such ticket, or not for this audience.
    #[error("there is no such ticket")]
    TicketNotFound,
    /// The ticket's state forbids it.
    #[error(transparent)]
    IllegalTransition(#[from] Refusal),
    /// The ticket holds as many messages as a ticket may.
    #[error("a ticket holds at most {MAX_MESSAGES} messages; open another one")]
    TooManyMessages,
    /// The ticket has changed as often as a ticket may.
    #[error("a ticket changes at most {MAX_HISTORY} times; close it and open another one")]
    TooManyChanges,
    /// Nothing changes in a deleted workshop.
    #[error("the tenant is deleted")]
    WorkshopDeleted,
    /// Somebody else has changed it since the client read it.
    #[error("it was changed meanwhile; read it again")]
    VersionMismatch,
    /// Whoever acts is none of the workshop's people, or not of the staff.
    #[error("you are not allowed to do this")]
    UnknownParty,
    /// The database did not do what was asked.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<Vec<FieldError>> for SupportError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Validation(errors)
    }
}

impl From<FieldError> for SupportError {
    fn from(error: FieldError) -> Self {
        Self::Validation(vec![error])
    }
}

impl DomainError for SupportError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Validation(_) => ErrorKind::Validation,
            Self::TicketNotFound => ErrorKind::NotFound,
            Self::IllegalTransition(_) | Self::WorkshopDeleted | Self::TooManyMessages | Self::TooManyChanges => {
                ErrorKind::Conflict
            }
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
            Self::UnknownParty => ErrorKind::Forbidden,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::TicketNotFound => ErrorCode::NotFound,
            Self::IllegalTransition(_) | Self::WorkshopDeleted => ErrorCode::IllegalTransition,
            Self::TooManyMessages | Self::TooManyChanges => ErrorCode::LimitReached,
            Self::VersionMismatch => ErrorCode::PreconditionFailed,
            Self::UnknownParty => ErrorCode::Forbidden,
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
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}
