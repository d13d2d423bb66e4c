use async_trait::async_trait;
use kernel::{RequestContext, StoreError, TenantId, TenantUserId, Tx};

/// Tells the tenancy side that an invited person has set their password.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait InvitationAcceptance: Send + Sync {
    /// Marks the invitation as accepted and audits it, if it is still pending and the workshop open; tells whether it
    /// was. Locks the workshop, then the person; called before this crate locks anything of its own.
    ///
    /// # Errors
    /// What the store says; the caller must then let the transaction roll back.
    async fn accept_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant_id: TenantId,
        user_id: TenantUserId,
    ) -> Result<bool, StoreError>;
}
