use async_trait::async_trait;
use kernel::{StoreError, TenantId, Tx};

use crate::domain::{Audience, Message, TicketId};

/// What was said about tickets.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait MessageRepository: Send + Sync {
    /// Everything that was said about a ticket and that the audience may see, in the order of time.
    async fn list(&self, audience: Audience, ticket: TicketId) -> Result<Vec<Message>, StoreError>;

    /// Adds a message.
    async fn insert_in(&self, tx: &mut Tx, message: &Message) -> Result<(), StoreError>;

    /// Moves all messages of a ticket to another of the same workshop; each remembers where it was first said.
    async fn move_in(&self, tx: &mut Tx, tenant: TenantId, from: TicketId, to: TicketId) -> Result<(), StoreError>;
}
