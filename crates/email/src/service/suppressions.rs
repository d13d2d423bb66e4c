use kernel::{
    AuditEntry, Changes, EmailAddress, RequestContext, Tx,
    input::Word as _,
    page::{Page, PageRequest},
};

use super::Dependencies;
use crate::{
    EmailError,
    domain::{ByTime, NotificationId, Suppression, SuppressionFilter, SuppressionReason},
};

/// The list of addresses that nothing is sent to.
#[derive(Debug, Clone)]
pub struct Suppressions {
    deps: Dependencies,
}

impl Suppressions {
    /// The list over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// A page of the list.
    ///
    /// # Errors
    /// [`EmailError::Store`].
    pub async fn list(
        &self,
        filter: &SuppressionFilter,
        page: &PageRequest<ByTime>,
    ) -> Result<Page<Suppression>, EmailError> {
        Ok(self.deps.suppressions.list(filter, page).await?)
    }

    /// Puts an address on the list by hand; one that is on it already stays as it is. In the caller's transaction, so that
    /// a repeated request can be answered as the first was. Tells whether it is new.
    ///
    /// # Errors
    /// [`EmailError::Store`]
    pub async fn add_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        email: EmailAddress,
    ) -> Result<(Suppression, bool), EmailError> {
        // Round again for an entry that was taken off between the two statements.
        loop {
            let added = self.deps.suppress_in(tx, context, email.clone(), SuppressionReason::Manual, None).await?;
            if let Some(suppression) = added {
                return Ok((suppression, true));
            }
            if let Some(known) = self.deps.suppressions.find_in(tx, &email).await? {
                return Ok((known, false));
            }
        }
    }

    /// Takes an address off the list: it is written to again.
    ///
    /// # Errors
    /// [`EmailError::SuppressionNotFound`], [`EmailError::Store`].
    pub async fn remove(&self, context: &RequestContext, email: &EmailAddress) -> Result<Suppression, EmailError> {
        let deps = &self.deps;
        let mut tx = deps.transactor.begin().await?;
        let found = deps.suppressions.find_in(&mut tx, email).await?.ok_or(EmailError::SuppressionNotFound)?;
        deps.suppressions.delete_in(&mut tx, found.id).await?;
        let changes = Changes::new().field("reason", &Some(found.reason.as_str()), &None);
        let entry = AuditEntry::done("SUPPRESSION_REMOVED", "suppression", found.id).changes(changes);
        deps.audit.record_in(&mut tx, context, entry).await?;
        tx.commit().await?;
        Ok(found)
    }
}

impl Dependencies {
    /// Puts an address on the list; `None` when it was there.
    pub(super) async fn suppress_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        email: EmailAddress,
        reason: SuppressionReason,
        notification_id: Option<NotificationId>,
    ) -> Result<Option<Suppression>, EmailError> {
        let now = self.clock.now();
        let suppression =
            Suppression { id: self.entropy.uuid_v7(now), email, reason, notification_id, created_at: now };
        if !self.suppressions.insert_in(tx, &suppression).await? {
            return Ok(None);
        }
        let changes = Changes::new().set("reason", &reason.as_str());
        let entry = AuditEntry::done("SUPPRESSION_ADDED", "suppression", suppression.id).status(201).changes(changes);
        self.audit.record_in(tx, context, entry).await?;
        Ok(Some(suppression))
    }
}

#[cfg(test)]
#[path = "suppressions_tests.rs"]
mod tests;
