use chrono::{DateTime, Utc};
use kernel::{AuditEntry, Changes, RequestContext, StoreError, TenantRole, TenantUserId, Tx, outbox::NewEvent};

use super::Tenants;
use crate::{
    TenancyError,
    domain::{
        Access, Metadata, NewOwner, NewPerson, NewTenant, Person, PrimaryContact, Tenant, TenantStatus, TenantSummary,
    },
    events::TenancyEvent,
    repository::CountKey,
    service::people::new_person,
};

/// A workshop just made, with its owner if one was named.
#[derive(Debug, Clone, PartialEq)]
pub struct CreatedTenant {
    /// The workshop.
    pub summary: TenantSummary,
    /// Its invited owner, who is its primary contact, too.
    pub owner: Option<Person>,
}

impl Tenants {
    /// Makes a workshop.
    ///
    /// # Errors
    /// As [`Tenants::create_in`].
    pub async fn create(
        &self,
        context: &RequestContext,
        new: NewTenant,
        invitation_expires_at: DateTime<Utc>,
    ) -> Result<CreatedTenant, TenancyError> {
        let mut tx = self.deps.transactor.begin().await?;
        let created = self.create_in(&mut tx, context, new, invitation_expires_at).await?;
        tx.commit().await?;
        Ok(created)
    }

    /// Makes a workshop, and its owner as an invited person if one is named. The invitation itself is the
    /// caller's to issue, in the same transaction; it ends at `invitation_expires_at`.
    ///
    /// # Errors
    /// [`TenancyError::SubdomainTaken`], [`TenancyError::SlugTaken`]; then the transaction is of no more use.
    pub async fn create_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        new: NewTenant,
        invitation_expires_at: DateTime<Utc>,
    ) -> Result<CreatedTenant, TenancyError> {
        let now = self.deps.clock.now();
        let owner = new.owner.clone();
        let owner_id = owner.as_ref().map(|_| TenantUserId(self.deps.entropy.uuid_v7(now)));
        let tenant = self.new_tenant(new, owner_id, now);
        if !self.deps.tenants.insert_in(tx, &tenant).await.map_err(taken)? {
            return Err(TenancyError::SubdomainTaken);
        }
        self.deps.recount_in(tx, None, CountKey::from(&tenant)).await?;
        self.announce_creation_in(tx, context, &tenant).await?;
        let owner = match (owner, owner_id) {
            (Some(owner), Some(id)) => {
                let access = Access::Invitation { expires_at: invitation_expires_at };
                let owner = new_person(id, tenant.id, owner.into(), access, now);
                self.deps.insert_person_in(tx, context, &owner).await?;
                Some(owner)
            }
            _ => None,
        };
        let primary_contact = owner.as_ref().map(contact);
        let summary = TenantSummary { tenant, primary_contact, user_count: owner.iter().len() as u64 };
        Ok(CreatedTenant { summary, owner })
    }

    fn new_tenant(&self, new: NewTenant, owner: Option<TenantUserId>, now: DateTime<Utc>) -> Tenant {
        Tenant {
            id: self.deps.entropy.uuid_v7(now).into(),
            name: new.name,
            subdomain: new.subdomain,
            slug: new.slug,
            plan: new.plan,
            status: TenantStatus::Active,
            status_before_deletion: None,
            primary_contact_id: owner,
            website: new.website,
            logo: None,
            description: new.description,
            business_details: new.business_details,
            metadata: Metadata::default(),
            stripe_customer_id: None,
            trial_ends_at: new.trial.map(|trial| now + trial),
            suspended_reason: None,
            version: 1,
            generation: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        }
    }

    async fn announce_creation_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: &Tenant,
    ) -> Result<(), StoreError> {
        let (name, subdomain) = (tenant.name.as_str(), tenant.subdomain.as_str());
        let changes = Changes::new()
            .set("name", &name)
            .set("subdomain", &subdomain)
            .set("plan", &tenant.plan)
            .set("trialEndsAt", &tenant.trial_ends_at);
        let entry = AuditEntry::done("TENANT_CREATED", "tenant", tenant.id).tenant(tenant.id).status(201);
        let fact =
            TenancyEvent::TenantCreated { name: name.to_owned(), subdomain: subdomain.to_owned(), plan: tenant.plan };
        let event = NewEvent::new(tenant.id, fact).tenant(tenant.id);
        self.deps.announce_in(tx, context, entry.changes(changes), event).await
    }
}

impl From<NewOwner> for NewPerson {
    fn from(owner: NewOwner) -> Self {
        Self { first_name: owner.first_name, last_name: owner.last_name, email: owner.email, role: TenantRole::Owner }
    }
}

fn contact(person: &Person) -> PrimaryContact {
    PrimaryContact {
        id: person.id,
        first_name: person.first_name.to_string(),
        last_name: person.last_name.to_string(),
        email: person.email.to_string(),
        role: person.role,
    }
}

fn taken(error: StoreError) -> TenancyError {
    match error.unique_constraint() {
        Some("uq_tenants_slug") => TenancyError::SlugTaken,
        _ => error.into(),
    }
}

#[cfg(test)]
#[path = "create_tests.rs"]
mod tests;
