//! Which events become mail. The messages are queued in the transaction that publishes the event, so a message is in the
//! log from the moment its cause commits; handing it over is the courier's, afterwards.

mod letters;

use std::sync::Arc;

use async_trait::async_trait;
use email::{
    EmailError,
    service::{NewNotification, Notifications},
};
use kernel::{
    EventId, StoreError, Tx,
    outbox::{NewEvent, Outbox, secret_purpose},
    sealed::KeyRing,
};
use secrecy::SecretString;
use tenancy::repository::{PersonRepository, TenantRepository};

use self::letters::Draft;

/// An [`Outbox`] that queues the mail of an event together with it.
#[derive(Clone)]
pub struct MailingOutbox {
    /// Where events go.
    pub outbox: Arc<dyn Outbox>,
    /// Where messages go.
    pub notifications: Arc<Notifications>,
    /// Opens the secrets of events; a message's secret is sealed anew for its own row.
    pub key_ring: KeyRing,
    /// The workshops that mail is about.
    pub tenants: Arc<dyn TenantRepository>,
    /// Their owners, who get it.
    pub people: Arc<dyn PersonRepository>,
}

#[async_trait]
impl Outbox for MailingOutbox {
    async fn publish_in(&self, tx: &mut Tx, mut event: NewEvent) -> Result<EventId, StoreError> {
        let Some(draft) = Draft::of(event.kind, &event.payload)? else {
            return self.outbox.publish_in(tx, event).await;
        };
        let secret = self.take_secret(&mut event)?;
        let tenant_id = event.tenant_id;
        let event_id = self.outbox.publish_in(tx, event).await?;
        let mut messages = Vec::new();
        for (recipient, variables, once) in self.addressed_in(tx, draft, tenant_id).await? {
            let letter = email::domain::Letter { variables, secret: secret.clone() };
            messages.push(NewNotification { event_id: Some(event_id), tenant_id, recipient, letter, once });
        }
        self.notifications.queue_in(tx, messages).await.map_err(store_error)?;
        Ok(event_id)
    }
}

impl MailingOutbox {
    /// The event goes on without its secret: only the message needs it.
    fn take_secret(&self, event: &mut NewEvent) -> Result<Option<SecretString>, StoreError> {
        let Some(sealed) = event.secret.take() else { return Ok(None) };
        let owner = event.tenant_id.map(|id| id.to_string()).unwrap_or_default();
        let opened = self.key_ring.open_text(&secret_purpose(&owner, &event.subject, event.kind), &sealed);
        opened.map(Some).map_err(|error| StoreError::corrupt("outbox.secret", error))
    }
}

fn store_error(error: EmailError) -> StoreError {
    match error {
        EmailError::Store(error) => error,
        other => StoreError::corrupt("notification_log", other),
    }
}
