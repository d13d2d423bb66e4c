use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, FieldCode, FieldError, StoreError};

use crate::domain::RenderError;

/// What can come of this crate's use cases.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EmailError {
    /// There is no such message.
    #[error("there is no such notification")]
    NotificationNotFound,
    /// The address is not on the list.
    #[error("the address is not suppressed")]
    SuppressionNotFound,
    /// Staff may try again only what was given up on.
    #[error("only a message that has FAILED or was SUPPRESSED can be sent again")]
    IllegalTransition,
    /// Its secret was erased: the link or password in it is no good any more.
    #[error("the secret in this message was erased; cause a new one instead")]
    SecretErased,
    /// Nothing is sent to this address.
    #[error("the address is on the suppression list; take it off first")]
    AddressSuppressed,
    /// It has changed since the client read it.
    #[error("the notification has changed")]
    VersionMismatch,
    /// Fields are wrong.
    #[error("fields are wrong")]
    Invalid(Vec<FieldError>),
    /// A webhook that the provider has not signed, or not just now.
    #[error("the signature is wrong, missing or too old")]
    SignatureInvalid,
    /// Signed, but not to be read.
    #[error("the webhook's body cannot be read")]
    WebhookUnreadable,
    /// A template cannot be filled in.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// A secret cannot be sealed or opened.
    #[error("a secret cannot be sealed: {0}")]
    Seal(#[from] kernel::sealed::SealError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for EmailError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::NotificationNotFound | Self::SuppressionNotFound => ErrorKind::NotFound,
            Self::IllegalTransition | Self::SecretErased | Self::AddressSuppressed => ErrorKind::Conflict,
            Self::VersionMismatch => ErrorKind::PreconditionFailed,
            Self::Invalid(_) | Self::WebhookUnreadable => ErrorKind::Validation,
            Self::SignatureInvalid => ErrorKind::Unauthenticated,
            Self::Store(error) => error.kind(),
            Self::Render(_) | Self::Seal(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::NotificationNotFound | Self::SuppressionNotFound => ErrorCode::NotFound,
            Self::IllegalTransition => ErrorCode::IllegalTransition,
            Self::SecretErased => ErrorCode::SecretErased,
            Self::AddressSuppressed => ErrorCode::AddressSuppressed,
            Self::VersionMismatch => ErrorCode::PreconditionFailed,
            Self::Invalid(_) | Self::WebhookUnreadable => ErrorCode::ValidationFailed,
            Self::SignatureInvalid => ErrorCode::SignatureInvalid,
            Self::Store(error) => error.code(),
            Self::Render(_) | Self::Seal(_) => ErrorCode::Internal,
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Invalid(fields) => fields.clone(),
            Self::WebhookUnreadable => vec![FieldError::new("body", FieldCode::Invalid, self.to_string())],
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
