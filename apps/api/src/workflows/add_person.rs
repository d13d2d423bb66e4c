use std::sync::Arc;

use auth::{Invitations, PasswordHash, Passwords, TokenPurpose};
use kernel::{Clock, RequestContext, TenantId, Tx};
use secrecy::SecretString;
use tenancy::{
    domain::{Access, NewPerson, Person},
    service::People,
};

use super::recipient;
use crate::http::Problem;

/// Adds a person to a workshop, with a password or by invitation.
#[derive(Clone)]
pub struct AddPerson {
    /// Adds the person.
    pub people: People,
    /// Sets the password.
    pub passwords: Arc<Passwords>,
    /// Issues the invitation.
    pub invitations: Arc<Invitations>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

/// A person whose password, if one was given, is checked and hashed.
pub struct PreparedPerson {
    new: NewPerson,
    hash: Option<PasswordHash>,
}

impl AddPerson {
    /// The slow part, before a transaction begins. `password` is the body's field of that name.
    ///
    /// # Errors
    /// 422 for a password nobody may have, 503 when too many passwords are being hashed.
    pub async fn prepare(&self, new: NewPerson, password: Option<&SecretString>) -> Result<PreparedPerson, Problem> {
        let Some(password) = password else { return Ok(PreparedPerson { new, hash: None }) };
        let who = (new.first_name.as_str(), new.last_name.as_str(), &new.email);
        let hash = self.passwords.prepare_tenant_password("password", password, who).await?;
        Ok(PreparedPerson { new, hash: Some(hash) })
    }

    /// The person with their password or invitation, or nothing.
    ///
    /// # Errors
    /// What tenancy and auth say; then the transaction is of no more use.
    pub async fn add_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
        prepared: PreparedPerson,
    ) -> Result<Person, Problem> {
        let PreparedPerson { new, hash } = prepared;
        let Some(hash) = hash else {
            let access = Access::Invitation { expires_at: self.clock.now() + TokenPurpose::Invitation.lifetime() };
            let (workshop, person) = self.people.add_in(tx, context, tenant, new, access).await?;
            self.invitations.issue_in(tx, &recipient(&person, &workshop.tenant)).await?;
            return Ok(person);
        };
        let (_, person) = self.people.add_in(tx, context, tenant, new, Access::Password).await?;
        self.passwords.set_tenant_password_in(tx, tenant, person.id, &hash).await?;
        Ok(person)
    }
}
