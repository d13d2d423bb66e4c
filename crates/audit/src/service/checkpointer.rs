use super::sealer::Sealer;
use crate::{
    dependencies::Dependencies,
    domain::{
        chain::Head,
        checkpoint::{Checkpoint, Identity},
    },
    error::AuditError,
};

/// What became of a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Noted {
    /// The checkpoints tell of this head now.
    Head(i64),
    /// The chain is not the one that the newest checkpoint tells of, so nothing was vouched for.
    Contradicted(i64),
}

impl Sealer {
    /// Notes the head of the chain outside the database, if the newest note tells of another.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::File`], [`AuditError::NoIdentity`].
    pub async fn checkpoint(&self) -> Result<Noted, AuditError> {
        self.note_head(false).await
    }

    /// [`Sealer::checkpoint`] for a chain that has just begun here, of which no note can be known.
    pub(super) async fn first_checkpoint(&self) -> Result<Noted, AuditError> {
        self.note_head(true).await
    }

    async fn note_head(&self, begins: bool) -> Result<Noted, AuditError> {
        let Dependencies { chain, archives, checkpoints, keys, clock, .. } = &self.deps;
        // Before the head: the chain is then at least as long as they say.
        let known = checkpoints.read().await?;
        let head = match chain.find_head().await? {
            Some(latest) => latest.head,
            None => Head::after(archives.find_last().await?.as_ref()),
        };
        let identity = self.identity(&head).await?;
        let id = identity.id.to_string();
        let newest = known.iter().rev().flatten().find(|known| known.genesis.is_some() && known.database == id);
        if let Some(newest) = newest {
            if newest.count == head.sequence && newest.head == head.hash {
                return Ok(Noted::Head(head.sequence));
            }
            if self.contradicts(newest, &identity, &head).await? {
                return Ok(Noted::Contradicted(head.sequence));
            }
        } else if !begins && head.sequence > 1 {
            tracing::warn!(
                entries = head.sequence,
                "no checkpoint of this database is known here; from now on there is one"
            );
        }
        checkpoints.append(&Checkpoint::sign(keys, &identity, &head, clock.now())).await?;
        Ok(Noted::Head(head.sequence))
    }

    /// Whether all that is noted outside tells of other databases.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::File`].
    pub async fn knows_only_others(&self) -> Result<bool, AuditError> {
        let Some(identity) = self.deps.chain.find_identity().await? else { return Ok(false) };
        let known = self.deps.checkpoints.read().await?;
        let begun = self.deps.chain.find_head().await?.is_some() || self.deps.archives.find_last().await?.is_some();
        // A former note may tell of a database that had the same name before; one without a chain is not that one.
        let of_ours = |known: &Checkpoint| {
            known.is_of(&identity, &self.deps.former_name) == Some(true) && (begun || known.genesis.is_some())
        };
        Ok(!known.is_empty() && !known.iter().flatten().any(of_ours))
    }

    /// With the hash of the first entry; noted now if there was none yet, or if the chain is older than the note.
    async fn identity(&self, head: &Head) -> Result<Identity, AuditError> {
        let Dependencies { transactor, chain, archives, .. } = &self.deps;
        let identity = chain.find_identity().await?.ok_or(AuditError::NoIdentity)?;
        if identity.genesis.is_some() || head.sequence == 0 {
            return Ok(identity);
        }
        let first = match chain.find_hash(1).await? {
            Some(hash) => Some(hash),
            // Archived long ago: the end of the oldest archive stands for it.
            None => archives.find_first().await?.map(|(archive, _)| archive.head_hash),
        };
        let Some(first) = first else { return Ok(identity) };
        let mut tx = transactor.begin().await?;
        chain.lock_in(&mut tx).await?;
        chain.set_genesis_in(&mut tx, &first).await?;
        tx.commit().await?;
        chain.find_identity().await?.ok_or(AuditError::NoIdentity)
    }

    async fn contradicts(&self, newest: &Checkpoint, identity: &Identity, head: &Head) -> Result<bool, AuditError> {
        if newest.count >= head.sequence || newest.is_of(identity, "") != Some(true) {
            return Ok(true);
        }
        let there = self.deps.chain.find_hash(newest.count).await?;
        Ok(there.is_some_and(|hash| hash != newest.head))
    }
}
