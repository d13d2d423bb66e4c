use kernel::{AdminId, RequestContext, Tx, VersionMatch};

use super::StaffTickets;
use crate::{
    SupportError,
    domain::{Audience, TicketId, TicketView},
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
        let mut tx = self.deps.transactor.begin().await?;
        let edit = self.deps.edit_in(&mut tx, Audience::Staff, id, &VersionMatch::Any).await?;
        edit.before.check_open()?;
        if edit.before.assigned_to == to {
            return Ok(self.deps.view_in(&mut tx, edit.before).await?);
        }
        let member = match to {
            Some(to) => Some(self.deps.assignee_in(&mut tx, to).await?),
            None => None,
        };
        let ticket = self.deps.give_in(&mut tx, context, edit, member.as_ref()).await?;
        let view = self.deps.view_in(&mut tx, ticket).await?;
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
            let mut tx = self.deps.transactor.begin().await?;
            let Some((id, tenant)) = self.deps.tickets.find_next_unassigned_in(&mut tx, &deleted).await? else {
                self.deps.assignee_in(&mut tx, to).await?;
                return Ok(None);
            };
            let edit = match self.deps.edit_in(&mut tx, Audience::Staff, id, &VersionMatch::Any).await {
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
            let member = self.deps.assignee_in(&mut tx, to).await?;
            let ticket = self.deps.give_in(&mut tx, context, edit, Some(&member)).await?;
            let view = self.deps.view_in(&mut tx, ticket).await?;
            tx.commit().await?;
            return Ok(Some(view));
        }
    }

    /// Returns all tickets of a member of staff to the queue who is to lose the right to have any; closed ones stay as
    /// they are, and go back when they are opened again. Tells how many they were.
    ///
    /// Call it before the member's account is locked, because tickets are locked first everywhere; and once more after
    /// that, for what was given to them meanwhile.
    ///
    /// # Errors
    /// What the store says.
    pub async fn release_all_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        admin: AdminId,
    ) -> Result<u64, SupportError> {
        self.deps.release_all_in(tx, context, admin).await
    }
}

#[cfg(test)]
#[path = "assign_tests.rs"]
mod tests;
