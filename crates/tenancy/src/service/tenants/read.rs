use kernel::{
    FieldError, TenantId,
    page::{Page, PageRequest, Start},
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
        self.ports.tenants.find(id).await?.ok_or(TenancyError::TenantNotFound)
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
        self.ports.tenants.find_by_subdomain(&subdomain).await?.ok_or(TenancyError::TenantNotFound)
    }

    /// A page of the list. `total` is exact.
    ///
    /// # Errors
    /// [`TenancyError::Validation`] for a cursor that was never answered.
    pub async fn list(
        &self,
        filter: &TenantFilter,
        page: &PageRequest<TenantSort>,
    ) -> Result<Page<TenantSummary>, TenancyError> {
        let sort = page.sort.field;
        check_cursor(&page.start, |value| sort.key(value).is_some())?;
        Ok(self.ports.tenants.list(filter, page).await?)
    }
}

/// A cursor whose inside was tampered with may have a value of another kind.
pub(in crate::service) fn check_cursor(
    start: &Start,
    fits: impl FnOnce(&serde_json::Value) -> bool,
) -> Result<(), TenancyError> {
    match start {
        Start::After(cursor) if !fits(&cursor.value) => {
            let error =
                FieldError::new("cursor", "INVALID", "must be the nextCursor of an earlier answer of this list");
            Err(TenancyError::Validation(vec![error]))
        }
        _ => Ok(()),
    }
}
