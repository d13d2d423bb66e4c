use async_trait::async_trait;
use email::domain::{TicketAssigned, TicketConfirmation, TicketReply, Variables};
use kernel::{AdminId, EmailAddress, StoreError, Tx, outbox::NewEvent};
use support::{
    domain::{Audience, Creator, Ticket, TicketId},
    events::{PartyType, SupportEvent},
};

use super::{Addressed, Directory, Mailed};

#[async_trait]
impl Mailed for SupportEvent {
    async fn mails_in(
        event: &NewEvent<Self>,
        directory: &Directory,
        tx: &mut Tx,
    ) -> Result<Vec<Addressed>, StoreError> {
        let id = TicketId::from(event.subject);
        let mail = match &event.fact {
            Self::TicketCreated { .. } => {
                requester_in(directory, tx, id).await?.map(|(ticket, recipient, first_name)| {
                    let (ticket_number, ticket_subject) = (ticket.number.to_string(), ticket.subject.to_string());
                    let mail = TicketConfirmation { first_name, ticket_number, ticket_subject };
                    Addressed::new(recipient, Variables::TicketConfirmation(mail))
                })
            }
            // What the tenant itself says needs no mail to it.
            Self::MessageAdded { author_type: PartyType::TenantUser | PartyType::Email, .. } => None,
            Self::MessageAdded { author_type: PartyType::Admin | PartyType::System, .. } => {
                requester_in(directory, tx, id).await?.map(|(ticket, recipient, first_name)| {
                    let (ticket_number, ticket_subject) = (ticket.number.to_string(), ticket.subject.to_string());
                    let mail = TicketReply { first_name, ticket_number, ticket_subject };
                    Addressed::new(recipient, Variables::TicketReply(mail))
                })
            }
            // Nobody needs a mail about what they did themselves.
            Self::TicketAssigned { to, assigned_by_id, .. } if to == assigned_by_id => None,
            Self::TicketAssigned { to: Some(to), .. } => assigned_in(directory, tx, id, *to).await?,
            Self::TicketAssigned { to: None, .. }
            | Self::TicketUpdated { .. }
            | Self::NoteAdded { .. }
            | Self::StatusChanged { .. }
            | Self::SlaBreached { .. }
            | Self::TicketMerged { .. } => None,
        };
        Ok(mail.into_iter().collect())
    }
}

/// The transaction of the event has locked or just made the ticket.
async fn ticket_in(directory: &Directory, tx: &mut Tx, id: TicketId) -> Result<Ticket, StoreError> {
    let found = directory.tickets.find_for_update(tx, Audience::Staff, id).await?;
    found.ok_or_else(|| StoreError::corrupt("outbox.subject", "an event of no ticket"))
}

/// The ticket, for whom it was opened, and how to address them; nobody if nobody was named, or they have left.
async fn requester_in(
    directory: &Directory,
    tx: &mut Tx,
    id: TicketId,
) -> Result<Option<(Ticket, EmailAddress, Option<String>)>, StoreError> {
    let ticket = ticket_in(directory, tx, id).await?;
    Ok(match &ticket.created_by {
        Creator::Person { id, .. } => {
            let member = directory.members.find_for_share(tx, ticket.tenant_id, *id).await?;
            let person = member.map(|it| it.person).filter(tenancy::domain::Person::may_sign_in);
            person.map(|it| (ticket, it.email, Some(it.first_name.to_string())))
        }
        Creator::Email(email) => {
            let email = email.clone();
            Some((ticket, email, None))
        }
        Creator::Staff { .. } | Creator::System | Creator::Erased { .. } => None,
    })
}

async fn assigned_in(
    directory: &Directory,
    tx: &mut Tx,
    id: TicketId,
    to: AdminId,
) -> Result<Option<Addressed>, StoreError> {
    let ticket = ticket_in(directory, tx, id).await?;
    let admin = directory.admins.find_admin_for_share(tx, to).await?;
    Ok(admin.map(|admin| {
        let mail = TicketAssigned {
            first_name: admin.first_name,
            ticket_number: ticket.number.to_string(),
            ticket_subject: ticket.subject.to_string(),
            priority: ticket.priority.to_string(),
        };
        Addressed::new(admin.email, Variables::TicketAssigned(mail))
    }))
}
