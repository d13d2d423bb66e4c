use std::collections::HashMap;

use async_trait::async_trait;
use kernel::{AdminId, EmailAddress, StoreError, TenantId, TenantUserId, Tx};

use crate::repository::{CustomerPerson, Customers, Staff, StaffMember, StaffName, Workshop};

/// Staff, workshops and their people in memory, for programs that have no store of them.
#[derive(Debug, Clone, Default)]
pub struct Directory {
    staff: HashMap<AdminId, StaffMember>,
    people: HashMap<TenantId, Vec<CustomerPerson>>,
}

impl Directory {
    /// Nobody yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds somebody who works on tickets.
    #[must_use]
    pub fn staff(mut self, id: AdminId, (first, last): (&str, &str)) -> Self {
        let (first_name, last_name) = (first.to_owned(), last.to_owned());
        self.staff.insert(id, StaffMember { id, first_name, last_name, may_handle: true });
        self
    }

    /// Adds one of a workshop's people, and the workshop with its first one.
    #[must_use]
    pub fn person(
        mut self,
        workshop: TenantId,
        id: TenantUserId,
        (first, last): (&str, &str),
        email: EmailAddress,
    ) -> Self {
        let (first_name, last_name) = (first.to_owned(), last.to_owned());
        let people = self.people.entry(workshop).or_default();
        people.push(CustomerPerson { id, first_name, last_name, email });
        self
    }
}

#[async_trait]
impl Staff for Directory {
    async fn find_for_share(&self, _: &mut Tx, id: AdminId) -> Result<Option<StaffMember>, StoreError> {
        Ok(self.staff.get(&id).cloned())
    }

    async fn list_names(&self, ids: &[AdminId]) -> Result<Vec<StaffName>, StoreError> {
        let known = ids.iter().filter_map(|id| self.staff.get(id));
        Ok(known.map(|member| StaffName { id: member.id, name: member.name() }).collect())
    }
}

#[async_trait]
impl Customers for Directory {
    async fn find_workshop_for_share(&self, _: &mut Tx, id: TenantId) -> Result<Option<Workshop>, StoreError> {
        Ok(self.people.contains_key(&id).then_some(Workshop { deleted: false }))
    }

    async fn find_person_in(
        &self,
        _: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<CustomerPerson>, StoreError> {
        let people = self.people.get(&tenant).into_iter().flatten();
        Ok(people.into_iter().find(|person| person.id == id).cloned())
    }
}
