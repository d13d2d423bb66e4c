//! Who acts, and who is to be told.

use kernel::{Actor, AdminId, FieldCode, FieldError, RequestContext, StoreError, TenantId, Tx};

use super::Ports;
use crate::{
    SupportError,
    domain::{Author, Creator, Recipient, Ticket},
    repository::{CustomerPerson, StaffMember},
};

impl Ports {
    /// The member of staff (or the system) who acts.
    pub(super) async fn staff_author_in(&self, tx: &mut Tx, context: &RequestContext) -> Result<Author, SupportError> {
        match context.actor {
            Actor::Admin { id, .. } => {
                let member = self.staff.find_for_share(tx, id).await?.ok_or(SupportError::Stranger)?;
                Ok(Author::Staff { id, name: member.name() })
            }
            Actor::System(_) => Ok(Author::System),
            Actor::TenantUser { .. } | Actor::Anonymous(_) => Err(SupportError::Stranger),
        }
    }

    /// The workshop's person who acts.
    pub(super) async fn acting_person_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
    ) -> Result<CustomerPerson, SupportError> {
        match context.actor {
            Actor::TenantUser { tenant_id, id, .. } if tenant_id == tenant => {
                self.customers.find_person_in(tx, tenant, id).await?.ok_or(SupportError::Stranger)
            }
            _ => Err(SupportError::Stranger),
        }
    }

    /// Whom an answer is mailed to: for whom the ticket was opened, unless they have left.
    pub(super) async fn recipient_in(&self, tx: &mut Tx, ticket: &Ticket) -> Result<Option<Recipient>, StoreError> {
        match &ticket.created_by {
            Creator::Person { id, .. } => {
                let person = self.customers.find_person_in(tx, ticket.tenant_id, *id).await?;
                Ok(person.as_ref().and_then(to_person))
            }
            Creator::Email(email) => Ok(Some(Recipient { email: email.clone(), first_name: None })),
            Creator::Staff { .. } | Creator::System | Creator::Erased { .. } => Ok(None),
        }
    }

    /// A member of staff to whom tickets can be given.
    pub(super) async fn assignee_in(&self, tx: &mut Tx, id: AdminId) -> Result<StaffMember, SupportError> {
        let field = "adminUserId";
        let member = self.staff.find_for_share(tx, id).await?;
        let member = member.ok_or_else(|| FieldError::new(field, FieldCode::NotFound, "names nobody"))?;
        if !member.may_handle {
            let message = "must be an active member of staff who may write tickets";
            return Err(FieldError::new(field, FieldCode::NotAssignable, message).into());
        }
        Ok(member)
    }
}

/// Mail to one of the workshop's people, while they are active.
pub(super) fn to_person(person: &CustomerPerson) -> Option<Recipient> {
    let first_name = Some(person.first_name.clone());
    person.is_active.then(|| Recipient { email: person.email.clone(), first_name })
}

/// One of the workshop's people as the creator of a ticket.
pub(super) fn creator(person: &CustomerPerson) -> Creator {
    Creator::Person { id: person.id, name: person.name(), email: person.email.clone() }
}
