//! All mail, and what causes it. The mails of an event are queued in the transaction that publishes it, so a message is in the
//! log from the moment its cause commits; handing it over is the mail dispatcher's, afterwards.
//!
//! | event | mail | to |
//! | --- | --- | --- |
//! | `tenant.suspended`, `tenant.trial_ending`, `subscription.updated` | `tenants` | the tenant's owners |
//! | `ticket.created`, `ticket.message_added` by staff | `tickets` | for whom the ticket was opened |
//! | `ticket.assigned` by somebody else | `tickets` | who has it now |
//!
//! Mails with a secret come of no event: `accounts` has the secret from the use case, and it is sealed once, for its row.

mod accounts;
mod tenants;
mod tickets;

use std::sync::Arc;

use async_trait::async_trait;
use auth::AdminRepository;
use email::{
    EmailError,
    domain::{Mail, Variables},
    service::{NewNotification, Notifications},
};
use kernel::{
    EmailAddress, EventId, StoreError, TenantId, Tx,
    outbox::{DomainEvent, NewEvent, Outbox},
};
use secrecy::SecretString;
use support::repository::TicketRepository;
use tenancy::repository::{MemberRepository, PersonRepository, TenantRepository};

/// An [`Outbox`] for the events of all crates that queues their mail together with them.
#[derive(Clone)]
pub struct MailingOutbox<O> {
    /// Where events go.
    pub outbox: Arc<O>,
    /// Where messages go.
    pub notifications: Notifications,
    /// Who is written to.
    pub directory: Directory,
}

/// What mails say beside the facts of their event, and to whom.
#[derive(Clone)]
pub struct Directory {
    /// Tenants.
    pub tenants: Arc<dyn TenantRepository>,
    /// Their owners.
    pub people: Arc<dyn PersonRepository>,
    /// Their people, by id.
    pub members: Arc<dyn MemberRepository>,
    /// Staff.
    pub admins: Arc<dyn AdminRepository>,
    /// Tickets.
    pub tickets: Arc<dyn TicketRepository>,
}

/// A mail.
#[derive(Debug)]
pub struct Addressed {
    /// To whom.
    pub recipient: EmailAddress,
    /// What it says.
    pub variables: Variables,
    /// A key under which it is sent only once, if it needs one.
    pub once: Option<String>,
}

impl Addressed {
    fn new(recipient: EmailAddress, variables: Variables) -> Self {
        Self { recipient, variables, once: None }
    }
}

/// Events, and what mail comes of them.
#[async_trait]
pub trait Mailed: DomainEvent {
    /// The mails of this event; most have none.
    async fn mails_in(
        _event: &NewEvent<Self>,
        _directory: &Directory,
        _tx: &mut Tx,
    ) -> Result<Vec<Addressed>, StoreError> {
        Ok(Vec::new())
    }
}

impl Mailed for auth::events::AuthEvent {}
impl Mailed for integrations::events::IntegrationEvent {}
impl Mailed for metering::events::MeteringEvent {}

#[async_trait]
impl<E: Mailed, O: Outbox<E>> Outbox<E> for MailingOutbox<O> {
    async fn publish_in(&self, tx: &mut Tx, event: NewEvent<E>) -> Result<EventId, StoreError> {
        let tenant_id = event.tenant_id;
        let mails = E::mails_in(&event, &self.directory, tx).await?;
        let event_id = self.outbox.publish_in(tx, event).await?;
        for mail in mails {
            self.queue_in(tx, Some(event_id), tenant_id, mail, None).await?;
        }
        Ok(event_id)
    }
}

impl<O> MailingOutbox<O> {
    async fn queue_in(
        &self,
        tx: &mut Tx,
        event_id: Option<EventId>,
        tenant_id: Option<TenantId>,
        mail: Addressed,
        secret: Option<SecretString>,
    ) -> Result<(), StoreError> {
        let Addressed { recipient, variables, once } = mail;
        let mail = Mail { variables, secret };
        let message = NewNotification { event_id, tenant_id, recipient, mail, once };
        match self.notifications.queue_in(tx, vec![message]).await {
            Ok(_) => Ok(()),
            Err(EmailError::Store(error)) => Err(error),
            Err(other) => Err(StoreError::corrupt("notification_log", other)),
        }
    }
}
