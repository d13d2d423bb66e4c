use kernel::{AuditEntry, Changes, LeavingPerson, RequestContext, TenantId, TenantUserId, Tx, outbox::NewEvent};

use super::{People, rank};
use crate::{
    TenancyError,
    domain::{Change, Person, Tenant},
    events::TenancyEvent,
};

impl People {
    /// Removes a person for good; from the commit on they are signed out everywhere. A workshop whose primary
    /// contact they were has none then.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::PersonNotFound`], [`TenancyError::Rank`],
    /// [`TenancyError::IllegalTransition`] in a deleted workshop, [`TenancyError::LastOwner`].
    pub async fn remove(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Person, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let workshop = self.deps.lock(&mut tx, tenant, Change::Edit).await?;
        let found = self.deps.people.find_for_update(&mut tx, tenant, id).await?;
        let person = found.ok_or(TenancyError::PersonNotFound)?;
        rank::check(&context.caller, &[person.role])?;
        self.remove_in(&mut tx, context, &workshop, &person).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Takes a person out of the workshop. The caller has locked it, and them.
    pub(super) async fn remove_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        workshop: &Tenant,
        person: &Person,
    ) -> Result<(), TenancyError> {
        let (tenant, id) = (workshop.id, person.id);
        if person.is_active_owner() {
            self.check_owner_in(tx, person).await?;
        }
        self.deps.people.delete_in(tx, tenant, id).await?;
        self.forget_contact_in(tx, workshop, id).await?;
        self.deps.access.forget_person_in(tx, tenant, id).await?;
        self.shut_out_in(tx, person, person.generation + 1).await?;
        self.announce_removal_in(tx, context, person).await
    }

    /// A workshop whose primary contact has gone has none.
    pub(super) async fn forget_contact_in(
        &self,
        tx: &mut Tx,
        workshop: &Tenant,
        id: TenantUserId,
    ) -> Result<(), TenancyError> {
        if workshop.primary_contact_id == Some(id) {
            let after = Tenant { primary_contact_id: None, ..workshop.clone() };
            self.deps.save_tenant_in(tx, workshop, after).await?;
        }
        Ok(())
    }

    async fn announce_removal_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        person: &Person,
    ) -> Result<(), TenancyError> {
        let changes = Changes::new().field("role", &Some(person.role), &None);
        let entry = AuditEntry::done("TENANT_USER_REMOVED", "tenant_user", person.id)
            .tenant(person.tenant_id)
            .tenant_user(person.id)
            .changes(changes)
            .leaving(LeavingPerson {
                id: person.id.uuid(),
                tenant_id: person.tenant_id,
                name: format!("{} {}", person.first_name, person.last_name),
                email: person.email.to_string(),
                phone: person.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            });
        let fact = TenancyEvent::UserRemoved { role: person.role };
        let event = NewEvent::new(person.id, fact).tenant(person.tenant_id);
        Ok(self.deps.announce_in(tx, context, entry, event).await?)
    }
}

#[cfg(test)]
#[path = "remove_tests.rs"]
mod tests;
