use std::sync::Arc;

use auth::{Invitations, TokenPurpose};
use kernel::{Clock, RequestContext, TenantId, TenantUserId, Tx};
use tenancy::{domain::Person, service::People};

use super::recipient;
use crate::http::Problem;

/// Sends an invitation again.
#[derive(Clone)]
pub struct InviteAgain {
    /// Whose it is.
    pub people: People,
    /// Issues it.
    pub invitations: Arc<Invitations>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl InviteAgain {
    /// A new link for somebody who has not accepted yet; older ones die.
    ///
    /// # Errors
    /// What tenancy and auth say; then the transaction is of no more use.
    pub async fn invite_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Person, Problem> {
        let expires_at = self.clock.now() + TokenPurpose::Invitation.lifetime();
        let (workshop, person) = self.people.reinvite_in(tx, context, tenant, id, expires_at).await?;
        self.invitations.issue_in(tx, &recipient(&person, &workshop.tenant)).await?;
        Ok(person)
    }
}
