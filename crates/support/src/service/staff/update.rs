use kernel::{RequestContext, VersionMatch};

use super::StaffTickets;
use crate::{
    SupportError,
    domain::{Audience, TicketId, TicketPatch, TicketView, ticket_changes},
    events::SupportEvent,
    service::announce::{entry, event, number},
};

impl StaffTickets {
    /// Changes a ticket that still has one of the `versions`. A patch that changes nothing leaves no trace, and the
    /// version as it is.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], [`SupportError::VersionMismatch`], [`SupportError::IllegalTransition`],
    /// [`SupportError::WorkshopDeleted`].
    pub async fn update(
        &self,
        context: &RequestContext,
        id: TicketId,
        versions: &VersionMatch,
        patch: TicketPatch,
    ) -> Result<TicketView, SupportError> {
        let mut tx = self.deps.transactor.begin().await?;
        let mut edit = self.deps.edit_in(&mut tx, Audience::Staff, id, versions).await?;
        let now = self.deps.clock.now();
        let TicketPatch { subject, priority, category, status } = patch;
        edit.after.subject = subject.unwrap_or(edit.after.subject);
        edit.after.category = category.unwrap_or(edit.after.category);
        edit.set_priority(priority.unwrap_or(edit.after.priority), now);
        if let Some(status) = status.filter(|status| *status != edit.before.status) {
            edit.move_to(status, now)?;
        }
        if edit.after == edit.before {
            return Ok(self.deps.view_in(&mut tx, edit.before).await?);
        }
        let changes = ticket_changes(&edit.before, &edit.after);
        if !changes.is_empty() {
            let fact =
                SupportEvent::TicketUpdated { ticket_number: number(&edit.after), fields: changes.field_names() };
            let event = event(&edit.after, fact);
            let entry = entry("TICKET_UPDATED", &edit.after).changes(changes);
            self.deps.announce_in(&mut tx, context, entry, event).await?;
        }
        let ticket = self.deps.save_in(&mut tx, context, edit).await?;
        let view = self.deps.view_in(&mut tx, ticket).await?;
        tx.commit().await?;
        Ok(view)
    }
}

#[cfg(test)]
#[path = "update_tests.rs"]
mod tests;
