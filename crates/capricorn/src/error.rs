use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, FieldError, StoreError};

use crate::{
    domain::Quote,
    repository::{SupplierError, SupplierFailure},
};

/// What can come of a request to this crate, other than success.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CapricornError {
    /// Fields are wrong.
    #[error("some fields are wrong")]
    Validation(Vec<FieldError>),
    /// There is no such part, order or invoice, or it is another workshop's.
    #[error("there is no such {0}")]
    NotFound(&'static str),
    /// Nobody's credentials can be used.
    #[error("there are no credentials for Capricorn")]
    NotConfigured,
    /// The supplier does not take the credentials.
    #[error("Capricorn refuses the credentials")]
    CredentialsRefused,
    /// Calls are paused: they failed too often, or the supplier asks to wait.
    #[error("calls to Capricorn are paused")]
    Unavailable {
        /// When it may be tried again.
        retry_after: Duration,
    },
    /// The supplier does not answer in time.
    #[error("Capricorn does not answer in time")]
    UpstreamTimeout,
    /// The supplier failed, or answered what cannot be.
    #[error("Capricorn failed: {0}")]
    UpstreamFailed(String),
    /// Prices are not what the client thinks.
    #[error("prices have changed; look at the quote and order again")]
    PriceChanged {
        /// One for each item whose price is another one.
        fields: Vec<FieldError>,
        /// What the parts cost now.
        quote: Box<Quote>,
    },
    /// Whether the supplier has the order is not known yet.
    #[error("whether Capricorn has the order is being found out")]
    OrderInDoubt,
    /// The order's state forbids it.
    #[error("{0}")]
    IllegalTransition(String),
    /// There is no idempotency key.
    #[error("an order needs the header Idempotency-Key")]
    KeyRequired,
    /// The database did not do what was asked.
    #[error("the database failed")]
    Store(#[from] StoreError),
}

impl From<Vec<FieldError>> for CapricornError {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Validation(errors)
    }
}

impl From<FieldError> for CapricornError {
    fn from(error: FieldError) -> Self {
        Self::Validation(vec![error])
    }
}

impl From<SupplierFailure> for CapricornError {
    /// Of a question about a part; who asks for something else, or sends fields that the supplier may refuse, looks at
    /// `NotFound` and `Rejected` first.
    fn from(failure: SupplierFailure) -> Self {
        match failure {
            SupplierFailure::NotFound => Self::NotFound("part"),
            SupplierFailure::CredentialsRefused => Self::CredentialsRefused,
            SupplierFailure::Busy { retry_after } | SupplierFailure::CircuitOpen { retry_after } => {
                Self::Unavailable { retry_after }
            }
            SupplierFailure::Timeout => Self::UpstreamTimeout,
            SupplierFailure::Rejected { .. } | SupplierFailure::Failed(_) => Self::UpstreamFailed(failure.to_string()),
        }
    }
}

impl From<SupplierError> for CapricornError {
    fn from(error: SupplierError) -> Self {
        error.failure.into()
    }
}

impl DomainError for CapricornError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::Validation(_) => ErrorKind::Validation,
            Self::NotFound(_) => ErrorKind::NotFound,
            Self::NotConfigured
            | Self::CredentialsRefused
            | Self::PriceChanged { .. }
            | Self::OrderInDoubt
            | Self::IllegalTransition(_) => ErrorKind::Conflict,
            Self::Unavailable { .. } => ErrorKind::Unavailable,
            Self::UpstreamTimeout => ErrorKind::UpstreamTimeout,
            Self::UpstreamFailed(_) => ErrorKind::Upstream,
            Self::KeyRequired => ErrorKind::PreconditionRequired,
            Self::Store(error) => error.kind(),
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Validation(_) => ErrorCode::ValidationFailed,
            Self::NotFound(_) => ErrorCode::NotFound,
            Self::NotConfigured => ErrorCode::CapricornNotConfigured,
            Self::CredentialsRefused => ErrorCode::CapricornCredentialsRefused,
            Self::Unavailable { .. } => ErrorCode::CapricornUnavailable,
            Self::UpstreamTimeout => ErrorCode::UpstreamTimeout,
            Self::UpstreamFailed(_) => ErrorCode::UpstreamError,
            Self::PriceChanged { .. } => ErrorCode::PriceChanged,
            Self::OrderInDoubt => ErrorCode::OrderInDoubt,
            Self::IllegalTransition(_) => ErrorCode::IllegalTransition,
            Self::KeyRequired => ErrorCode::PreconditionRequired,
            Self::Store(error) => error.code(),
        }
    }

    fn fields(&self) -> Vec<FieldError> {
        match self {
            Self::Validation(fields) | Self::PriceChanged { fields, .. } => fields.clone(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Unavailable { retry_after } => Some(*retry_after),
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}
