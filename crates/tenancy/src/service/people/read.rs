use kernel::{
    TenantId, TenantUserId,
    page::{Page, PageRequest},
};

use super::People;
use crate::{
    TenancyError,
    domain::{Person, PersonFilter, PersonSort, Seats},
};

/// How many people a workshop's single view shows.
const PEOPLE_IN_VIEW: u64 = 100;

impl People {
    /// The workshop's first 100 people, oldest first; nobody of a workshop that is not there.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list_first(&self, tenant: TenantId) -> Result<Vec<Person>, TenancyError> {
        Ok(self.deps.people.list_first(tenant, PEOPLE_IN_VIEW).await?)
    }

    /// How many seats of its plan the workshop has taken.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`].
    pub async fn seats(&self, tenant: TenantId) -> Result<Seats, TenancyError> {
        let summary = self.deps.tenants.find(tenant).await?.ok_or(TenancyError::TenantNotFound)?;
        Ok(Seats { plan: summary.tenant.plan, used: self.deps.people.count_active(tenant).await? })
    }

    /// One of the workshop's people.
    ///
    /// # Errors
    /// [`TenancyError::PersonNotFound`], also for a person of another workshop.
    pub async fn get(&self, tenant: TenantId, id: TenantUserId) -> Result<Person, TenancyError> {
        self.deps.people.find(tenant, id).await?.ok_or(TenancyError::PersonNotFound)
    }

    /// A page of the workshop's people; those of a deleted one, too.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`].
    pub async fn list(
        &self,
        tenant: TenantId,
        filter: &PersonFilter,
        page: &PageRequest<PersonSort>,
    ) -> Result<Page<Person>, TenancyError> {
        let people = self.deps.people.list(tenant, filter, page).await?;
        // Only an empty list can be that of a workshop that is not there.
        if people.total == 0 && self.deps.tenants.find(tenant).await?.is_none() {
            return Err(TenancyError::TenantNotFound);
        }
        Ok(people)
    }
}
