//! Tells crates/tenancy that an invited person has set their password.

use std::sync::Arc;

use async_trait::async_trait;
use auth::InvitationAcceptance;
use kernel::{
    AuditEntry, AuditTrail, Changes, Clock, RequestContext, StoreError, TenantId, TenantUserId, Tx,
    outbox::{NewEvent, Outbox},
};
use tenancy::{events::TenancyEvent, repository::MemberRepository};

/// auth's [`InvitationAcceptance`] over tenancy's members.
#[derive(Clone)]
pub struct MemberAcceptance {
    /// The people.
    pub members: Arc<dyn MemberRepository>,
    /// The trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Tells the rest of the system.
    pub outbox: Arc<dyn Outbox<TenancyEvent>>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

#[async_trait]
impl InvitationAcceptance for MemberAcceptance {
    async fn accept_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant_id: TenantId,
        user_id: TenantUserId,
    ) -> Result<bool, StoreError> {
        if !self.members.mark_accepted_in(tx, tenant_id, user_id, self.clock.now()).await? {
            return Ok(false);
        }
        let member = self.members.find_for_share(tx, tenant_id, user_id).await?;
        let is_open = member
            .is_some_and(|member| !member.tenant_deleted && member.tenant_status.is_open() && member.person.is_active);
        if !is_open {
            return Ok(false);
        }
        let changes = Changes::new().field("invitation", &"PENDING", &"ACCEPTED");
        let entry = AuditEntry::done("TENANT_USER_UPDATED", "tenant_user", user_id).changes(changes);
        self.audit.record_in(tx, context, entry.tenant(tenant_id).tenant_user(user_id)).await?;
        let event = NewEvent::new(user_id, TenancyEvent::invitation_updated()).tenant(tenant_id);
        self.outbox.publish_in(tx, event).await?;
        Ok(true)
    }
}
