//! Whether a tenant exists, for routes of other areas that lie below one.

use std::sync::Arc;

use kernel::{Caller, TenantScope};
use tenancy::{domain::TenantKey, repository::MemberRepository};

use crate::http::Problem;

/// Knows which tenants there are, deleted ones included.
pub struct KnownTenants(pub Arc<dyn MemberRepository>);

impl KnownTenants {
    /// Goes on only if there is the tenant that the caller names; their own is there.
    ///
    /// # Errors
    /// 404, or what the store says.
    pub async fn require(&self, caller: &Caller, target: TenantScope) -> Result<(), Problem> {
        match (caller.tenant_scope(), target) {
            (TenantScope::All, TenantScope::Only(id)) => {
                let found = self.0.find_tenant_id(&TenantKey::Id(id)).await?;
                found.map(|_| ()).ok_or_else(Problem::not_found)
            }
            (TenantScope::All, TenantScope::All) | (TenantScope::Only(_), _) => Ok(()),
        }
    }
}
