use std::sync::Arc;

use kernel::{StoreError, Tx};

use crate::{
    domain::{Redaction, Reworded},
    repository::{ErasureRepository, Party},
};

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

    /// Tickets and messages of theirs stay, without their name and address; and both are taken out of what was written in
    /// these tickets. Answers the subjects that are others now.
    ///
    /// # Errors
    /// What the store says.
    pub async fn erase_in(
        &self,
        tx: &mut Tx,
        party: &Party,
        redaction: &Redaction,
    ) -> Result<Vec<Reworded>, StoreError> {
        self.0.erase_in(tx, party, redaction).await
    }
}
