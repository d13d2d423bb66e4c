use kernel::{AuditEntry, RequestContext, TenantId, TenantUserId, Tx, VersionMatch, outbox::NewEvent};

use super::{People, rank};
use crate::{
    TenancyError,
    domain::{Change, Person, PersonPatch, person_changes},
    events::TenancyEvent,
};

impl People {
    /// Changes a person who still has one of the `versions`. A new role takes effect on access tokens already
    /// handed out; a deactivated person is signed out everywhere and no longer the primary contact; whoever is activated needs a seat. A patch
    /// that changes nothing leaves no trace.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::PersonNotFound`], [`TenancyError::VersionMismatch`],
    /// [`TenancyError::Rank`], [`TenancyError::CannotChangeSelf`], [`TenancyError::IllegalTransition`] in a deleted
    /// workshop, [`TenancyError::LastOwner`], [`TenancyError::SeatsTaken`].
    pub async fn update(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
        versions: &VersionMatch,
        patch: PersonPatch,
    ) -> Result<Person, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let workshop = self.deps.lock(&mut tx, tenant, Change::Edit).await?;
        let found = self.deps.people.find_for_update(&mut tx, tenant, id).await?;
        let before = found.ok_or(TenancyError::PersonNotFound)?;
        if !versions.allows(before.version) {
            return Err(TenancyError::VersionMismatch);
        }
        let after = patch.apply(&before);
        if after == before {
            return Ok(before);
        }
        rank::check(&context.caller, &[before.role, after.role])?;
        rank::check_self(&context.caller, &before, &after)?;
        if before.is_active_owner() && !after.is_active_owner() {
            self.check_owner_in(&mut tx, &before).await?;
        }
        if after.is_active && !before.is_active {
            self.take_seat_in(&mut tx, context, &workshop).await?;
        }
        let after = self.save_in(&mut tx, &before, after).await?;
        if before.is_active && !after.is_active {
            self.forget_contact_in(&mut tx, &workshop, id).await?;
        }
        self.announce_update_in(&mut tx, context, &before, &after).await?;
        tx.commit().await?;
        Ok(after)
    }

    pub(super) async fn save_in(
        &self,
        tx: &mut Tx,
        before: &Person,
        mut after: Person,
    ) -> Result<Person, TenancyError> {
        let deactivated = before.is_active && !after.is_active;
        let loses_tokens = deactivated || after.role != before.role;
        after.version = before.version + 1;
        after.generation = before.generation + i64::from(loses_tokens);
        after.updated_at = self.deps.clock.now();
        if !self.deps.people.update_in(tx, &after, before.version).await? {
            return Err(TenancyError::VersionMismatch);
        }
        if deactivated {
            self.shut_out_in(tx, &after, after.generation).await?;
        } else if loses_tokens {
            self.deps.access.revoke_person_in(tx, after.tenant_id, after.id, after.generation).await?;
        }
        Ok(after)
    }

    /// A change of the role alone is announced as such; with other fields beside it, as both.
    pub(super) async fn announce_update_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        before: &Person,
        after: &Person,
    ) -> Result<(), TenancyError> {
        let entry =
            |action| AuditEntry::done(action, "tenant_user", after.id).tenant(after.tenant_id).tenant_user(after.id);
        let event = |fact| NewEvent::new(after.id, fact).tenant(after.tenant_id);
        let same_role = Person { role: after.role, ..before.clone() };
        if before.role != after.role {
            let role = person_changes(before, &same_role);
            let fact = TenancyEvent::UserRoleChanged { from: before.role, to: after.role };
            let (entry, event) = (entry("TENANT_USER_ROLE_CHANGED"), event(fact));
            self.deps.announce_in(tx, context, entry.changes(role), event).await?;
        }
        let others = person_changes(&same_role, after);
        if !others.is_empty() {
            let fact = TenancyEvent::UserUpdated { fields: others.field_names() };
            let (entry, event) = (entry("TENANT_USER_UPDATED"), event(fact));
            self.deps.announce_in(tx, context, entry.changes(others), event).await?;
        }
        Ok(())
    }
}
