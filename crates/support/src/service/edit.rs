//! A ticket under change: locked, changed, and written back with all that follows from the change.

use chrono::{DateTime, Utc};
use kernel::{AdminId, RequestContext, StoreError, TenantId, Tx, VersionMatch};

use super::Dependencies;
use crate::{
    SupportError,
    domain::{Audience, History, HistoryChange, MAX_HISTORY, Priority, Status, Ticket, TicketId},
};

/// A locked ticket as it was and as it is to be.
pub(super) struct Edit {
    pub(super) before: Ticket,
    pub(super) after: Ticket,
    history: History,
    /// How many lines of the history are kept already.
    kept: usize,
}

impl Edit {
    /// Moves the ticket, if the state machine has the step.
    pub(super) fn move_to(&mut self, to: Status, now: DateTime<Utc>) -> Result<(), SupportError> {
        let from = self.after.status;
        self.after.move_to(to, now)?;
        self.history.push(HistoryChange::Status { from, to }, now);
        Ok(())
    }

    pub(super) fn set_priority(&mut self, to: Priority, now: DateTime<Utc>) {
        let from = std::mem::replace(&mut self.after.priority, to);
        if from != to {
            self.history.push(HistoryChange::Priority { from, to }, now);
        }
    }

    /// Gives the ticket to somebody, or to nobody.
    pub(super) fn assign(&mut self, to: Option<AdminId>, now: DateTime<Utc>) {
        let from = std::mem::replace(&mut self.after.assigned_to, to);
        if from != to {
            self.history.push(HistoryChange::Assigned { from, to }, now);
        }
    }

    /// Notes that staff have answered; only the first time counts.
    pub(super) fn answer(&mut self, now: DateTime<Utc>) {
        if self.after.clock.first_response_at.is_none() {
            self.history.push(HistoryChange::Answered, now);
        }
    }
}

impl Dependencies {
    /// Locks a ticket for a change, if the audience may see it, it still is as the client knows it, and its workshop is
    /// there.
    pub(super) async fn edit_in(
        &self,
        tx: &mut Tx,
        audience: Audience,
        id: TicketId,
        versions: &VersionMatch,
    ) -> Result<Edit, SupportError> {
        let found = self.tickets.find_for_update(tx, audience, id).await?;
        let before = found.ok_or(SupportError::TicketNotFound)?;
        if !versions.allows(before.version) {
            return Err(SupportError::VersionMismatch);
        }
        self.check_workshop_in(tx, before.tenant_id).await?;
        Ok(self.edit_of_in(tx, before).await?)
    }

    /// A ticket that is locked already, for a change.
    pub(super) async fn edit_of_in(&self, tx: &mut Tx, before: Ticket) -> Result<Edit, StoreError> {
        let history = self.history.read_in(tx, before.tenant_id, before.id).await?;
        Ok(Edit { after: before.clone(), before, kept: history.entries().len(), history })
    }

    /// Nothing changes in a deleted workshop.
    pub(super) async fn check_workshop_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<(), SupportError> {
        match self.customers.find_workshop_for_share(tx, tenant).await? {
            Some(workshop) if !workshop.deleted => Ok(()),
            _ => Err(SupportError::WorkshopDeleted),
        }
    }

    /// Writes the ticket as it now is, under the next version, with its clock computed anew; tells of the move, if it
    /// has moved, and of what was found to be missed.
    pub(super) async fn save_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        mut edit: Edit,
    ) -> Result<Ticket, SupportError> {
        if edit.before.status == Status::Closed && edit.after.status != Status::Closed {
            self.release_from_gone_in(tx, context, &mut edit).await?;
        }
        let Edit { before, mut after, history, kept } = edit;
        // What ends the work on a ticket is always taken; nothing can follow it then.
        let closes = before.status != after.status && after.status == Status::Closed;
        let is_released = before.assigned_to.is_some() && after.assigned_to.is_none();
        let new = history.entries().get(kept..).unwrap_or_default();
        if kept >= MAX_HISTORY && !new.is_empty() && !closes && !is_released {
            return Err(SupportError::TooManyChanges);
        }
        let now = self.clock.now();
        let clock = history.clock().ok_or_else(no_opening)?;
        after.clock = clock.at(now);
        after.version = before.version + 1;
        after.updated_at = now;
        if !self.tickets.update_in(tx, &after, before.version).await? {
            return Err(SupportError::VersionMismatch);
        }
        if !new.is_empty() {
            self.history.append_in(tx, after.tenant_id, after.id, new).await?;
        }
        if before.status != after.status {
            self.announce_status_in(tx, context, &before, &after).await?;
        }
        self.announce_missed_in(tx, &after, &after.clock.missed_since(&before.clock)).await?;
        Ok(after)
    }
}

pub(super) fn no_opening() -> StoreError {
    StoreError::corrupt("support_ticket_history.kind", "a history that does not begin with the opening")
}
