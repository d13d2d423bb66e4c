use std::sync::Arc;

use kernel::{EmailAddress, StoreError, Tx};

use crate::repository::{ErasureRepository, Share};

/// Takes out what is kept here of a person.
#[derive(Clone)]
pub struct Erasure(Arc<dyn ErasureRepository>);

impl std::fmt::Debug for Erasure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Erasure").finish_non_exhaustive()
    }
}

impl Erasure {
    /// Over this port.
    #[must_use]
    pub fn new(repository: Arc<dyn ErasureRepository>) -> Self {
        Self(repository)
    }

    /// Deletes messages to a person, sent or not, and, if nobody else has the address, its entry in the suppression list.
    /// A message in the mail dispatcher's hands is not put back: its row is gone.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_in(&self, tx: &mut Tx, email: &EmailAddress, share: Share) -> Result<(), StoreError> {
        while self.0.delete_messages_in(tx, email, share).await? > 0 {}
        if share == Share::All {
            self.0.delete_suppression_in(tx, email).await?;
        }
        Ok(())
    }

    /// Puts one text in another's place in all messages: a ticket's subject is in those about it.
    ///
    /// # Errors
    /// What the store says.
    pub async fn reword_in(&self, tx: &mut Tx, from: &str, to: &str) -> Result<(), StoreError> {
        self.0.reword_in(tx, from, to).await
    }
}
