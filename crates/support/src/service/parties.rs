//! Who acts, and who is to be told.

use kernel::{AdminId, FieldCode, FieldError, RequestContext, Subject, TenantId, Tx};

use super::Dependencies;
use crate::{
    SupportError,
    domain::{Author, Creator},
    repository::{CustomerPerson, StaffMember},
};

impl Dependencies {
    /// The member of staff (or the system) who acts.
    pub(super) async fn staff_author_in(&self, tx: &mut Tx, context: &RequestContext) -> Result<Author, SupportError> {
        match context.caller.subject {
            Subject::Admin { id, .. } => {
                let member = self.staff.find_for_share(tx, id).await?.ok_or(SupportError::UnknownParty)?;
                Ok(Author::Staff { id, name: member.name() })
            }
            Subject::System(_) => Ok(Author::System),
            Subject::TenantUser { .. }
            | Subject::ApiKey { .. }
            | Subject::Impersonated { .. }
            | Subject::Anonymous(_) => Err(SupportError::UnknownParty),
        }
    }

    /// The workshop's person who acts.
    pub(super) async fn acting_person_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        tenant: TenantId,
    ) -> Result<CustomerPerson, SupportError> {
        let id = match context.caller.subject {
            Subject::TenantUser { tenant_id, id, .. } if tenant_id == tenant => id,
            // Neither a program nor somebody in another's place has an author's name here yet.
            Subject::TenantUser { .. }
            | Subject::ApiKey { .. }
            | Subject::Impersonated { .. }
            | Subject::Admin { .. }
            | Subject::Anonymous(_)
            | Subject::System(_) => return Err(SupportError::UnknownParty),
        };
        self.customers.find_person_in(tx, tenant, id).await?.ok_or(SupportError::UnknownParty)
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

/// One of the workshop's people as the creator of a ticket.
pub(super) fn creator(person: &CustomerPerson) -> Creator {
    Creator::Person { id: person.id, name: person.name(), email: person.email.clone() }
}
