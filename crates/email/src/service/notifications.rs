use kernel::{
    AuditEntry, EmailAddress, EventId, RequestContext, TenantId, Tx, VersionMatch,
    input::Word as _,
    page::{Page, PageRequest},
};

use super::Dependencies;
use crate::{
    EmailError,
    domain::{
        ByTime, Mail, Notification, NotificationFilter, NotificationId, NotificationStatus,
        secret::{self, Owner},
        subject,
    },
    repository::Queued,
};

/// A message that is to be sent.
#[derive(Debug, Clone)]
pub struct NewNotification {
    /// The event that causes it.
    pub event_id: Option<EventId>,
    /// Which workshop it concerns.
    pub tenant_id: Option<TenantId>,
    /// Whom it is for.
    pub recipient: EmailAddress,
    /// What is to be said.
    pub mail: Mail,
    /// A key under which a message is queued once and never again, if it needs one.
    pub once: Option<String>,
}

/// The log of what was, is and will be sent.
#[derive(Debug, Clone)]
pub struct Notifications {
    deps: Dependencies,
}

impl Notifications {
    /// The log over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// Queues messages: they are sent if and only if the transaction commits, each once. Those whose key was used before are
    /// left out; the ids of the others are answered.
    ///
    /// # Errors
    /// [`EmailError::Seal`], [`EmailError::Store`]; the caller must then let the transaction roll back.
    pub async fn queue_in(&self, tx: &mut Tx, new: Vec<NewNotification>) -> Result<Vec<NotificationId>, EmailError> {
        let queued: Vec<Queued> = new.into_iter().map(|new| self.queued(new)).collect::<Result<_, _>>()?;
        Ok(self.deps.notifications.insert_in(tx, &queued).await?)
    }

    fn queued(&self, new: NewNotification) -> Result<Queued, EmailError> {
        let now = self.deps.clock.now();
        let id = NotificationId(self.deps.entropy.uuid_v7(now));
        let Mail { variables, secret } = new.mail;
        let owner = Owner::new(id, new.tenant_id);
        let secret = secret.map(|secret| secret::seal(&self.deps.key_ring, &owner, &secret)).transpose()?;
        let notification = Notification {
            id,
            event_id: new.event_id,
            tenant_id: new.tenant_id,
            recipient: new.recipient,
            template: variables.template(),
            subject: subject(&variables, &self.deps.brand),
            variables: variables.to_value().map_err(|error| kernel::StoreError::corrupt("variables", error))?,
            status: NotificationStatus::Pending,
            attempts: 0,
            next_attempt_at: Some(now),
            provider: None,
            provider_message_id: None,
            error_message: None,
            created_at: now,
            updated_at: now,
            sent_at: None,
            version: 1,
        };
        Ok(Queued { notification, secret, once: new.once, first_attempt_at: None })
    }

    /// One message.
    ///
    /// # Errors
    /// [`EmailError::NotificationNotFound`], [`EmailError::Store`].
    pub async fn get(&self, id: NotificationId) -> Result<Notification, EmailError> {
        self.deps.notifications.find(id).await?.ok_or(EmailError::NotificationNotFound)
    }

    /// A page of the log.
    ///
    /// # Errors
    /// [`EmailError::Store`].
    pub async fn list(
        &self,
        filter: &NotificationFilter,
        page: &PageRequest<ByTime>,
    ) -> Result<Page<Notification>, EmailError> {
        Ok(self.deps.notifications.list(filter, page).await?)
    }

    /// Has a message sent again that was given up on, if it still has one of the `versions`.
    ///
    /// # Errors
    /// [`EmailError::NotificationNotFound`], [`EmailError::VersionMismatch`], [`EmailError::IllegalTransition`] for
    /// any other state, [`EmailError::AddressSuppressed`], [`EmailError::SecretErased`] where the mail needs one.
    pub async fn retry(
        &self,
        context: &RequestContext,
        id: NotificationId,
        versions: &VersionMatch,
    ) -> Result<Notification, EmailError> {
        let deps = &self.deps;
        let mut tx = deps.transactor.begin().await?;
        let found = deps.notifications.find_for_update(&mut tx, id).await?;
        let Queued { notification: before, secret, .. } = found.ok_or(EmailError::NotificationNotFound)?;
        if !versions.allows(before.version) {
            return Err(EmailError::VersionMismatch);
        }
        if !before.status.may_be_retried() {
            return Err(EmailError::IllegalTransition);
        }
        if before.template.secret_variable().is_some() && secret.is_none() {
            return Err(EmailError::SecretErased);
        }
        if deps.suppressions.find_in(&mut tx, &before.recipient).await?.is_some() {
            return Err(EmailError::AddressSuppressed);
        }
        let after = deps.notifications.requeue_in(&mut tx, id, deps.clock.now()).await?;
        let changes = kernel::Changes::new().field("status", &before.status.as_str(), &after.status.as_str());
        let entry = AuditEntry::done("NOTIFICATION_RETRIED", "notification", id).changes(changes);
        let entry = AuditEntry { tenant_id: before.tenant_id, ..entry };
        deps.audit.record_in(&mut tx, context, entry).await?;
        tx.commit().await?;
        Ok(after)
    }
}

#[cfg(test)]
#[path = "notifications_tests.rs"]
mod tests;
