use std::sync::Arc;

use audit::{ActorRef, Eraser};
use auth::{AccountId, AuthError};
use email::repository::Share;
use kernel::{AdminId, EmailAddress, RequestContext, TenantId, TenantUserId, Transactor, Tx};
use support::{
    domain::{Redaction, Reworded},
    repository::Party,
};
use tenancy::{TenancyError, service::People};

use crate::http::Problem;

/// Erases a person from every table, in one transaction.
#[derive(Clone)]
pub struct ErasePerson {
    /// Opens the transaction.
    pub transactor: Arc<dyn Transactor>,
    /// A workshop's people.
    pub people: People,
    /// Accounts, sessions and links.
    pub accounts: auth::Erasure,
    /// The trail, and how it calls people who left.
    pub trail: Eraser,
    /// Mail, sent or not.
    pub mail: email::service::Erasure,
    /// Tickets and messages.
    pub tickets: support::service::Erasure,
    /// Queues and kept answers.
    pub shared: platform::store::Erasure,
}

/// What is known of whoever is erased.
#[derive(Default)]
struct Known {
    names: String,
    email: Option<EmailAddress>,
    phone: Option<String>,
}

impl ErasePerson {
    /// Erases a member of staff who was deactivated.
    ///
    /// # Errors
    /// 404, 409 while they are active, and what the stores say.
    pub async fn erase_admin(&self, context: &RequestContext, id: AdminId) -> Result<(), Problem> {
        let mut tx = self.transactor.begin().await?;
        let person = ActorRef::Admin(id);
        let known = match self.accounts.erase_admin_in(&mut tx, id).await? {
            Some(admin) => Known {
                names: format!("{} {}", admin.first_name, admin.last_name),
                email: Some(admin.email),
                phone: admin.phone,
            },
            None if self.trail.knows_in(&mut tx, person).await? => Known::default(),
            None => return Err(AuthError::AdminNotFound.into()),
        };
        self.erase_traces_in(&mut tx, context, person, &Party::Staff(id), &known).await?;
        Ok(tx.commit().await?)
    }

    /// Erases a workshop's person who was deactivated or removed.
    ///
    /// # Errors
    /// 404, 409 while they are active, and what the stores say.
    pub async fn erase_tenant_user(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<(), Problem> {
        let mut tx = self.transactor.begin().await?;
        let person = ActorRef::TenantUser(tenant, id);
        let known = match self.people.erase_in(&mut tx, context, tenant, id).await? {
            Some(person) => Known {
                names: format!("{} {}", person.first_name, person.last_name),
                email: Some(person.email),
                phone: person.phone.map(|phone| phone.as_str().to_owned()),
            },
            None => match self.trail.former_name(person).await? {
                Some(former) => Known { names: former.name, email: former.email.parse().ok(), phone: former.phone },
                None if self.trail.knows_in(&mut tx, person).await? => Known::default(),
                None => return Err(TenancyError::PersonNotFound.into()),
            },
        };
        self.accounts.erase_access_in(&mut tx, AccountId::Tenant { tenant_id: tenant, user_id: id }).await?;
        let party = Party::Person { tenant, id, email: known.email.clone() };
        self.erase_traces_in(&mut tx, context, person, &party, &known).await?;
        Ok(tx.commit().await?)
    }

    /// What waits to be done before mail: it writes to people, and the account is locked or gone by now. Events need nothing: they
    /// hold facts and ids.
    async fn erase_traces_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        person: ActorRef,
        party: &Party,
        known: &Known,
    ) -> Result<(), Problem> {
        let texts = [known.email.as_ref().map(EmailAddress::as_str), known.phone.as_deref()];
        let redaction = Redaction::new(known.names.split_whitespace(), texts.into_iter().flatten());
        for Reworded { from, to } in self.tickets.erase_in(tx, party, &redaction).await? {
            self.mail.reword_in(tx, &from, &to).await?;
        }
        if let Some(email) = &known.email {
            self.shared.erase_items_in(tx, email).await?;
            let share = self.share_in(tx, person, email).await?;
            self.mail.erase_in(tx, email, share).await?;
        }
        self.shared.erase_answers_in(tx, person.id()).await?;
        // Last: what is recorded above must not bring anything back.
        self.trail.erase_person_in(tx, context, person).await?;
        Ok(())
    }

    /// People of several workshops, and staff, may have the same address.
    async fn share_in(&self, tx: &mut Tx, person: ActorRef, email: &EmailAddress) -> Result<Share, Problem> {
        let own = match person {
            ActorRef::Admin(id) => Some(id),
            ActorRef::TenantUser(..) => None,
        };
        let shared = self.people.uses_email_in(tx, email).await? || self.accounts.uses_email(email, own).await?;
        Ok(match person.tenant() {
            _ if !shared => Share::All,
            Some(tenant) => Share::OfTenant(tenant),
            None => Share::OfStaff,
        })
    }
}
