use kernel::{RequestContext, TenantId, VersionMatch};

use super::{WorkshopTickets, of};
use crate::{
    SupportError,
    domain::{Status, TicketId, TicketView},
};

impl WorkshopTickets {
    /// Closes a ticket: the workshop is content, or has helped itself.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], also for a ticket of another workshop; [`SupportError::IllegalTransition`] for a
    /// closed one; [`SupportError::WorkshopDeleted`].
    pub async fn close(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TicketId,
    ) -> Result<TicketView, SupportError> {
        self.step(context, tenant, id, Status::Closed).await
    }

    /// Opens a resolved ticket again, or one that was closed within the last 14 days.
    ///
    /// # Errors
    /// [`SupportError::TicketNotFound`], also for a ticket of another workshop; [`SupportError::IllegalTransition`] for one
    /// that is active, merged, or closed for too long; [`SupportError::WorkshopDeleted`].
    pub async fn reopen(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TicketId,
    ) -> Result<TicketView, SupportError> {
        self.step(context, tenant, id, Status::Open).await
    }

    async fn step(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TicketId,
        to: Status,
    ) -> Result<TicketView, SupportError> {
        let mut tx = self.deps.transactor.begin().await?;
        let mut edit = self.deps.edit_in(&mut tx, of(tenant), id, &VersionMatch::Any).await?;
        edit.move_to(to, self.deps.clock.now())?;
        let ticket = self.deps.save_in(&mut tx, context, edit).await?;
        let view = self.deps.view_in(&mut tx, ticket).await?;
        tx.commit().await?;
        Ok(view)
    }
}
