use kernel::{Actor, AdminId, Changes, RequestContext, Tx, VersionMatch};
use serde_json::json;

use super::StaffTickets;
use crate::{
    SupportError,
    domain::{Audience, Recipient, Ticket, TicketId, TicketView},
    events,
    repository::StaffMember,
    service::{
        announce::{entry, event, recipient},
        edit::Edit,
    },
};

impl StaffTickets {
    /// Gives a ticket to a member of staff, or takes it from whoever has it. Giving it to who has it leaves no trace.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`]; [`SupportError::Validation`] for somebody who may not handle tickets;
    /// [`SupportError::IllegalTransition`] for a closed ticket; [`SupportError::WorkshopDeleted`].
    pub async fn assign(
        &self,
        context: &RequestContext,
        id: TicketId,
        to: Option<AdminId>,
    ) -> Result<TicketView, SupportError> {
        let mut tx = self.ports.transactor.begin().await?;
        let edit = self.ports.edit_in(&mut tx, Audience::Staff, id, &VersionMatch::Any).await?;
        edit.before.check_open()?;
        if edit.before.assigned_to == to {
            return Ok(self.ports.view_in(&mut tx, edit.before).await?);
        }
        let member = match to {
            Some(to) => Some(self.ports.assignee_in(&mut tx, to).await?),
            None => None,
        };
        let ticket = self.give_in(&mut tx, context, edit, member.as_ref()).await?;
        let view = self.ports.view_in(&mut tx, ticket).await?;
        tx.commit().await?;
        Ok(view)
    }

    /// Gives a member of staff the oldest of the most urgent tickets that are nobody's and that something can be done
    /// about; `None` when there is none. However many ask at once, each gets another.
    ///
    /// # Errors
    /// [`SupportError::Validation`] for somebody who may not handle tickets.
    pub async fn assign_next(&self, context: &RequestContext, to: AdminId) -> Result<Option<TicketView>, SupportError> {
        let mut deleted = Vec::new();
        // A transaction for each try: who loses a race for a ticket must not keep it locked while taking the next.
        loop {
            let mut tx = self.ports.transactor.begin().await?;
            let Some((id, tenant)) = self.ports.tickets.find_next_unassigned_in(&mut tx, &deleted).await? else {
                self.ports.assignee_in(&mut tx, to).await?;
                return Ok(None);
            };
            let edit = match self.ports.edit_in(&mut tx, Audience::Staff, id, &VersionMatch::Any).await {
                Ok(edit) => edit,
                Err(SupportError::WorkshopDeleted) => {
                    deleted.push(tenant);
                    continue;
                }
                Err(error) => return Err(error),
            };
            if edit.before.assigned_to.is_some() || !edit.before.status.clock_runs() {
                continue;
            }
            let member = self.ports.assignee_in(&mut tx, to).await?;
            let ticket = self.give_in(&mut tx, context, edit, Some(&member)).await?;
            let view = self.ports.view_in(&mut tx, ticket).await?;
            tx.commit().await?;
            return Ok(Some(view));
        }
    }

    async fn give_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        mut edit: Edit,
        member: Option<&StaffMember>,
    ) -> Result<Ticket, SupportError> {
        edit.after.assigned_to = member.map(|it| it.id);
        let (from, to) = (edit.before.assigned_to, edit.after.assigned_to);
        let by = match context.actor {
            Actor::Admin { id, .. } => Some(id),
            _ => None,
        };
        // Nobody needs a mail about what they did themselves.
        let told = member.filter(|it| Some(it.id) != by);
        let told = told.map(|it| Recipient { email: it.email.clone(), first_name: Some(it.first_name.clone()) });
        let payload = json!({
            "ticketNumber": edit.after.number.as_str(),
            "subject": edit.after.subject.as_str(),
            "priority": edit.after.priority,
            "from": from,
            "to": to,
            "assignedById": by,
            "recipient": recipient(told.as_ref()),
        });
        let entry = entry("TICKET_ASSIGNED", &edit.after).changes(Changes::new().field("assignedToId", &from, &to));
        let event = event(events::TICKET_ASSIGNED, &edit.after, payload);
        self.ports.announce_in(tx, context, entry, event).await?;
        self.ports.save_in(tx, context, edit).await
    }
}

#[cfg(test)]
#[path = "assign_tests.rs"]
mod tests;
