use std::sync::Arc;

use auth::{Invitations, TokenPurpose};
use kernel::{Clock, RequestContext, Tx};
use tenancy::{
    domain::{NewTenant, TenantSummary},
    service::Tenants,
};

use super::recipient;
use crate::http::Problem;

/// Makes a workshop and invites its owner.
#[derive(Clone)]
pub struct OpenWorkshop {
    /// Makes the workshop.
    pub tenants: Tenants,
    /// Issues the invitation.
    pub invitations: Arc<Invitations>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl OpenWorkshop {
    /// The workshop, its owner and their invitation, or nothing.
    ///
    /// # Errors
    /// What tenancy and auth say; then the transaction is of no more use.
    pub async fn open_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        new: NewTenant,
    ) -> Result<TenantSummary, Problem> {
        let expires_at = self.clock.now() + TokenPurpose::Invitation.lifetime();
        let created = self.tenants.create_in(tx, context, new, expires_at).await?;
        if let Some(owner) = &created.owner {
            self.invitations.issue_in(tx, &recipient(owner, &created.summary.tenant)).await?;
        }
        Ok(created.summary)
    }
}
