use kernel::{EmailAddress, RequestContext, StoreError, TenantId, TenantUserId, Tx};

use super::People;
use crate::{TenancyError, domain::Person};

impl People {
    /// Takes a person out for good who was deactivated; answers how they were called, or `None` when they are not there (any
    /// more). The workshop is locked in either case: nothing is written to them or about them meanwhile.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::StillActive`].
    pub async fn erase_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<Person>, TenancyError> {
        // Of a deleted workshop too: whoever asks to be forgotten need not wait for its return.
        let workshop = self.deps.tenants.find_for_update(tx, tenant).await?.ok_or(TenancyError::TenantNotFound)?;
        let Some(person) = self.deps.people.find_for_update(tx, tenant, id).await? else { return Ok(None) };
        if person.is_active {
            return Err(TenancyError::StillActive);
        }
        self.remove_in(tx, context, &workshop, &person).await?;
        Ok(Some(person))
    }

    /// Whether anybody of any workshop has this address.
    ///
    /// # Errors
    /// What the store says.
    pub async fn uses_email_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<bool, StoreError> {
        self.deps.people.uses_email_in(tx, email).await
    }
}
