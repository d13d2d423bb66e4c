use chrono::{DateTime, Utc};
use kernel::{AuditEntry, Changes, RequestContext, TenantId, TenantUserId, Tx, outbox::NewEvent};

use super::People;
use crate::{
    TenancyError,
    domain::{Change, Invitation, Person, TenantSummary},
    events::TenancyEvent,
};

impl People {
    /// Invites a person anew who has not accepted yet: the invitation is open until `expires_at`. The invitation itself is
    /// the caller's to issue, in the same transaction; the workshop is answered for the message.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::PersonNotFound`], [`TenancyError::Rank`],
    /// [`TenancyError::NotInvited`], [`TenancyError::IllegalTransition`] in a deleted workshop.
    pub async fn reinvite_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
        expires_at: DateTime<Utc>,
    ) -> Result<(TenantSummary, Person), TenancyError> {
        self.deps.lock(tx, tenant, Change::Edit).await?;
        let before = self.invited_in(tx, context, tenant, id).await?;
        let now = self.deps.clock.now();
        let after = Person {
            invited_at: Some(now),
            invitation_expires_at: Some(expires_at),
            version: before.version + 1,
            updated_at: now,
            ..before.clone()
        };
        if !self.deps.people.update_in(tx, &after, before.version).await? {
            return Err(TenancyError::VersionMismatch);
        }
        let ends = |person: &Person| person.invitation_expires_at;
        let changes = Changes::new().field("invitationExpiresAt", &ends(&before), &ends(&after));
        let entry = AuditEntry::done("TENANT_USER_UPDATED", "tenant_user", id).tenant(tenant).tenant_user(id);
        let event = NewEvent::new(id, TenancyEvent::invitation_updated()).tenant(tenant);
        self.deps.announce_in(tx, context, entry.status(202).changes(changes), event).await?;
        Ok((self.deps.summary_in(tx, tenant).await?, after))
    }

    /// Takes an invitation back: its link dies, and the person is removed, for they never came in. Their seat and their
    /// address are free again.
    ///
    /// # Errors
    /// As [`People::reinvite_in`], and [`TenancyError::LastOwner`].
    pub async fn revoke_invitation(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<(), TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let workshop = self.deps.lock(&mut tx, tenant, Change::Edit).await?;
        let person = self.invited_in(&mut tx, context, tenant, id).await?;
        self.remove_in(&mut tx, context, &workshop, &person).await?;
        Ok(tx.commit().await?)
    }

    /// A person whose invitation is not accepted. The caller has locked the workshop.
    async fn invited_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Person, TenancyError> {
        let found = self.deps.people.find_for_update(tx, tenant, id).await?;
        let person = found.ok_or(TenancyError::PersonNotFound)?;
        super::rank::check(&context.caller, &[person.role])?;
        match person.invitation(self.deps.clock.now()) {
            Some(Invitation::Pending | Invitation::Expired) if person.is_active => Ok(person),
            _ => Err(TenancyError::NotInvited),
        }
    }
}
