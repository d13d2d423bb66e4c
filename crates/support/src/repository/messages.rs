use async_trait::async_trait;
use kernel::{
    StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};

use crate::domain::{Audience, Message, MessageSort, TicketId};

/// What was said about tickets.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait MessageRepository: Send + Sync {
    /// A page of what was said about a ticket and that the audience may see.
    async fn list(
        &self,
        audience: Audience,
        ticket: TicketId,
        page: &PageRequest<MessageSort>,
    ) -> Result<Page<Message>, StoreError>;

    /// Adds a message, unless the ticket holds [`MAX_MESSAGES`](crate::domain::MAX_MESSAGES); tells whether there was
    /// room. The transaction goes on either way.
    async fn insert_in(&self, tx: &mut Tx, message: &Message) -> Result<bool, StoreError>;

    /// Moves all messages of a ticket to another of the same workshop; each remembers where it was first said. Tells
    /// whether the other had room for them: the transaction must not be committed if it had not.
    async fn move_in(&self, tx: &mut Tx, tenant: TenantId, from: TicketId, to: TicketId) -> Result<bool, StoreError>;
}
