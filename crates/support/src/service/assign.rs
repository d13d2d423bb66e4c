//! Who works on a ticket, and that it goes back to the queue when they no longer can.

use kernel::{AdminId, Changes, RequestContext, StoreError, Subject, Tx};

use super::{
    Dependencies,
    announce::{entry, event, number},
    edit::Edit,
};
use crate::{
    SupportError,
    domain::{Audience, Status, Ticket, TicketId},
    events::SupportEvent,
    repository::StaffMember,
};

/// Tickets looked up at once.
const CHUNK: u64 = 100;

impl Dependencies {
    /// Gives a ticket to a member of staff, or to nobody.
    pub(super) async fn give_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        mut edit: Edit,
        member: Option<&StaffMember>,
    ) -> Result<Ticket, SupportError> {
        self.assign_in(tx, context, &mut edit, member).await?;
        self.save_in(tx, context, edit).await
    }

    /// Returns all tickets that a member of staff has to the queue, but for closed ones; tells how many they were.
    pub(super) async fn release_all_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        admin: AdminId,
    ) -> Result<u64, SupportError> {
        let (mut released, mut after): (_, Option<TicketId>) = (0, None);
        loop {
            let ids = self.tickets.list_assigned_in(tx, admin, after, CHUNK).await?;
            let Some(last) = ids.last() else { return Ok(released) };
            after = Some(*last);
            for id in ids {
                // It may be another's, or closed, once it is locked.
                let Some(ticket) = self.tickets.find_for_update(tx, Audience::Staff, id).await? else { continue };
                if ticket.assigned_to == Some(admin) && ticket.status != Status::Closed {
                    let edit = self.edit_of_in(tx, ticket).await?;
                    self.give_in(tx, context, edit, None).await?;
                    released += 1;
                }
            }
        }
    }

    /// A ticket that is opened again is nobody's, if whoever had it may no longer work on it.
    pub(super) async fn release_from_gone_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        edit: &mut Edit,
    ) -> Result<(), StoreError> {
        let Some(id) = edit.after.assigned_to else { return Ok(()) };
        let member = self.staff.find_for_share(tx, id).await?;
        if member.is_some_and(|member| member.may_handle) {
            return Ok(());
        }
        self.assign_in(tx, context, edit, None).await
    }

    async fn assign_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        edit: &mut Edit,
        member: Option<&StaffMember>,
    ) -> Result<(), StoreError> {
        let from = edit.after.assigned_to;
        let to = member.map(|it| it.id);
        edit.assign(to, self.clock.now());
        let by = match context.caller.subject {
            Subject::Admin { id, .. } => Some(id),
            Subject::TenantUser { .. }
            | Subject::ApiKey { .. }
            | Subject::Impersonated { .. }
            | Subject::Anonymous(_)
            | Subject::System(_) => None,
        };
        let fact = SupportEvent::TicketAssigned { ticket_number: number(&edit.after), from, to, assigned_by_id: by };
        let entry = entry("TICKET_ASSIGNED", &edit.after).changes(Changes::new().field("assignedToId", &from, &to));
        let event = event(&edit.after, fact);
        self.announce_in(tx, context, entry, event).await
    }
}
