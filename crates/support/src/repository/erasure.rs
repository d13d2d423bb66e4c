use async_trait::async_trait;
use kernel::{AdminId, EmailAddress, StoreError, TenantId, TenantUserId, Tx};
use uuid::Uuid;

use crate::domain::{Redaction, Reworded};

/// Whom tickets and messages are of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Party {
    /// One of a workshop's people. What was opened for their bare address is theirs, too.
    Person {
        /// Their workshop.
        tenant: TenantId,
        /// Who.
        id: TenantUserId,
        /// Their address, if it is known.
        email: Option<EmailAddress>,
    },
    /// A member of staff.
    Staff(AdminId),
}

impl Party {
    /// Who, as rows have it.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Person { id, .. } => id.uuid(),
            Self::Staff(id) => id.uuid(),
        }
    }
}

/// Takes people out of tickets.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ErasureRepository: Send + Sync {
    /// Takes them out as creator of tickets and author of messages, and out of everything that was written in tickets which they
    /// opened, wrote in or were given. The ids stay. Answers the
    /// subjects that are others now.
    async fn erase_in(&self, tx: &mut Tx, party: &Party, redaction: &Redaction) -> Result<Vec<Reworded>, StoreError>;
}
