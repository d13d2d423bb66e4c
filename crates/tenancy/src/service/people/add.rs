use chrono::{DateTime, Utc};
use kernel::{AuditEntry, Changes, RequestContext, StoreError, TenantId, TenantUserId, Tx, outbox::NewEvent};

use super::{People, rank};
use crate::{
    TenancyError,
    domain::{Access, Change, NewPerson, Person, TenantSummary},
    events::TenancyEvent,
    service::Dependencies,
};

impl People {
    /// Adds a person.
    ///
    /// # Errors
    /// As [`People::add_in`].
    pub async fn add(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        new: NewPerson,
        access: Access,
    ) -> Result<Person, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let (_, person) = self.add_in(&mut tx, context, tenant, new, access).await?;
        tx.commit().await?;
        Ok(person)
    }

    /// Adds a person to a workshop and takes a seat for them. Setting their password or issuing their
    /// invitation is the caller's, in the same transaction; the workshop is answered for the message.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::IllegalTransition`] for a deleted workshop,
    /// [`TenancyError::Rank`], [`TenancyError::SeatsTaken`], [`TenancyError::EmailTaken`]; then the transaction is of no more use.
    pub async fn add_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        new: NewPerson,
        access: Access,
    ) -> Result<(TenantSummary, Person), TenancyError> {
        rank::check(&context.caller, &[new.role])?;
        let workshop = self.deps.lock(tx, tenant, Change::Edit).await?;
        self.take_seat_in(tx, context, &workshop).await?;
        let now = self.deps.clock.now();
        let person = new_person(self.deps.entropy.uuid_v7(now).into(), tenant, new, access, now);
        self.deps.insert_person_in(tx, context, &person).await?;
        let summary = self.deps.summary_in(tx, tenant).await?;
        Ok((summary, person))
    }
}

/// A person as they are when they come.
pub(in crate::service) fn new_person(
    id: TenantUserId,
    tenant_id: TenantId,
    new: NewPerson,
    access: Access,
    now: DateTime<Utc>,
) -> Person {
    let (invited_at, invitation_expires_at) = match access {
        Access::Password => (None, None),
        Access::Invitation { expires_at } => (Some(now), Some(expires_at)),
    };
    Person {
        id,
        tenant_id,
        first_name: new.first_name,
        last_name: new.last_name,
        email: new.email,
        role: new.role,
        is_active: true,
        phone: None,
        avatar: None,
        last_login_at: None,
        last_activity_at: None,
        invited_at,
        invitation_expires_at,
        accepted_at: None,
        version: 1,
        generation: 1,
        created_at: now,
        updated_at: now,
    }
}

impl Dependencies {
    /// Writes a new person, with entry and event. The caller has locked or just made the workshop.
    pub(in crate::service) async fn insert_person_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        person: &Person,
    ) -> Result<(), TenancyError> {
        self.people.insert_in(tx, person).await.map_err(taken)?;
        let changes =
            Changes::new().personal("firstName").personal("lastName").personal("email").set("role", &person.role);
        let entry = AuditEntry::done("TENANT_USER_ADDED", "tenant_user", person.id)
            .tenant(person.tenant_id)
            .tenant_user(person.id)
            .status(201)
            .changes(changes);
        let fact = TenancyEvent::UserAdded { role: person.role, invited: person.invited_at.is_some() };
        let event = NewEvent::new(person.id, fact).tenant(person.tenant_id);
        Ok(self.announce_in(tx, context, entry, event).await?)
    }
}

fn taken(error: StoreError) -> TenancyError {
    match error.unique_constraint() {
        Some("uq_tenant_users_tenant_id_email") => TenancyError::EmailTaken,
        _ => error.into(),
    }
}
