use std::sync::Arc;

use auth::Throttle;
use kernel::{RequestContext, Tx};
use support::{
    domain::{NewStaffTicket, Requester, TicketView},
    service::StaffTickets,
};

use crate::http::Problem;

/// Opens a ticket on behalf of a workshop.
#[derive(Clone)]
pub struct OpenTicket {
    /// Opens it.
    pub tickets: StaffTickets,
    /// Counts what is written to addresses that somebody types.
    pub throttle: Arc<Throttle>,
}

impl OpenTicket {
    /// The ticket, with a confirmation to whoever it is for; a person without an account is not written to at will.
    ///
    /// # Errors
    /// What support and auth say; then the transaction is of no more use.
    pub async fn open_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        new: NewStaffTicket,
    ) -> Result<TicketView, Problem> {
        let to = match &new.requester {
            Requester::Email(email) => Some((email.clone(), new.tenant_id)),
            Requester::Person(_) | Requester::Nobody => None,
        };
        let view = self.tickets.create_in(tx, context, new).await?;
        if let Some((email, tenant)) = to {
            self.throttle.count_message_in(tx, None, &email, Some(tenant)).await?;
        }
        Ok(view)
    }
}
