use kernel::{AuditEntry, RequestContext, Tx};

use super::names::Names;
use crate::{
    dependencies::Dependencies,
    domain::{
        chain,
        entry::{ActorRef, FormerName},
    },
    error::AuditError,
};

/// Takes a person's address and user agent out of the trail, and their name. The chain stays valid, because it covers only
/// digests of them, under a key that goes with them; the sealed values in archive files can then not be opened any more.
#[derive(Debug, Clone)]
pub struct Eraser {
    deps: Dependencies,
}

impl Eraser {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies) -> Self {
        Self { deps: deps.clone() }
    }

    /// Erases a person and records that. Answers how many entries held something of them.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn erase_person(&self, context: &RequestContext, person: ActorRef) -> Result<u64, AuditError> {
        let mut tx = self.deps.transactor.begin().await?;
        let entries = self.erase_person_in(&mut tx, context, person).await?;
        tx.commit().await?;
        Ok(entries)
    }

    /// As [`Eraser::erase_person`], in the caller's transaction.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn erase_person_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        person: ActorRef,
    ) -> Result<u64, AuditError> {
        let Dependencies { chain: store, trail, keys, clock, .. } = &self.deps;
        let id = person.id();
        let entry = match person {
            ActorRef::Admin(id) => AuditEntry::done("PERSON_ERASED", "admin_user", id),
            ActorRef::TenantUser(tenant, id) => {
                AuditEntry::done("PERSON_ERASED", "tenant_user", id).tenant(tenant).tenant_user(id)
            }
        };
        // The sealer must not take a salt for this person meanwhile.
        store.lock_in(tx).await?;
        let erased = store.erase_person_in(tx, id, &chain::prove_erasure(keys, id), clock.now()).await?;
        trail.record_in(tx, context, entry).await?;
        Ok(erased)
    }

    /// Whether the trail knows of such a person, whatever became of them.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn knows_in(&self, tx: &mut Tx, person: ActorRef) -> Result<bool, AuditError> {
        Ok(self.former_name(person).await?.is_some()
            || self.deps.names.mentions_in(tx, person.id(), person.tenant()).await?)
    }

    /// How somebody was called who left, if it is kept.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::Seal`].
    pub async fn former_name(&self, person: ActorRef) -> Result<Option<FormerName>, AuditError> {
        let former = Names::new(&self.deps).former(&[person.id()]).await?.remove(&person.id());
        Ok(former.filter(|former| Some(former.tenant_id) == person.tenant()))
    }
}
