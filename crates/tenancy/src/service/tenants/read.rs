use kernel::{
    TenantId,
    page::{Page, PageRequest},
};

use super::Tenants;
use crate::{
    TenancyError,
    domain::{TenantFilter, TenantSort, TenantSummary},
};

impl Tenants {
    /// The workshop, deleted or not.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`].
    pub async fn get(&self, id: TenantId) -> Result<TenantSummary, TenancyError> {
        self.deps.tenants.find(id).await?.ok_or(TenancyError::TenantNotFound)
    }

    /// [`Tenants::get`] by the address, whatever its case.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`].
    pub async fn get_by_subdomain(&self, subdomain: &str) -> Result<TenantSummary, TenancyError> {
        let subdomain = subdomain.to_ascii_lowercase();
        if subdomain.contains('\0') {
            return Err(TenancyError::TenantNotFound);
        }
        self.deps.tenants.find_by_subdomain(&subdomain).await?.ok_or(TenancyError::TenantNotFound)
    }

    /// A page of the list. `total` is exact.
    ///
    /// # Errors
    /// What the store says.
    pub async fn list(
        &self,
        filter: &TenantFilter,
        page: &PageRequest<TenantSort>,
    ) -> Result<Page<TenantSummary>, TenancyError> {
        Ok(self.deps.tenants.list(filter, page).await?)
    }
}
