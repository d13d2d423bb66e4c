use std::time::Duration;

use kernel::{DomainError, ErrorCode, ErrorKind, StoreError};

/// What a port to another crate failed with; it keeps its kind and code.
pub type DirectoryError = Box<dyn DomainError>;

/// What can come of the trail's use cases.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AuditError {
    /// The chain is broken where entries should be moved to a file; nothing was moved.
    #[error("the chain is broken at entry {sequence}; nothing after it is archived")]
    ChainBroken {
        /// The first entry that does not verify.
        sequence: i64,
    },
    /// The database holds no identity, or two: no checkpoint can tell of it.
    #[error("the database does not know which one it is; see `nextcrm audit verify`")]
    NoIdentity,
    /// Another node is archiving.
    #[error("another run is archiving")]
    ArchiveBusy,
    /// The people of the entries cannot be looked up.
    #[error("the people of the entries cannot be looked up: {0}")]
    Directory(DirectoryError),
    /// A file cannot be read or written.
    #[error("audit file: {0}")]
    File(#[from] std::io::Error),
    /// A person's values cannot be sealed for the archive.
    #[error("personal values cannot be sealed: {0}")]
    Seal(#[from] kernel::sealed::SealError),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl DomainError for AuditError {
    fn kind(&self) -> ErrorKind {
        match self {
            Self::ChainBroken { .. } | Self::ArchiveBusy => ErrorKind::Conflict,
            Self::Directory(error) => error.kind(),
            Self::Store(error) => error.kind(),
            Self::NoIdentity | Self::File(_) | Self::Seal(_) => ErrorKind::Internal,
        }
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::ChainBroken { .. } => ErrorCode::AuditChainBroken,
            Self::ArchiveBusy => ErrorCode::Conflict,
            Self::Directory(error) => error.code(),
            Self::Store(error) => error.code(),
            Self::NoIdentity | Self::File(_) | Self::Seal(_) => ErrorCode::Internal,
        }
    }

    fn fields(&self) -> Vec<kernel::FieldError> {
        match self {
            Self::Directory(error) => error.fields(),
            _ => Vec::new(),
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Directory(error) => error.retry_after(),
            Self::Store(error) => error.retry_after(),
            _ => None,
        }
    }
}
