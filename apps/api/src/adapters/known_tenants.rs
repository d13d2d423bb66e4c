//! Whether a workshop exists, for routes of other areas that lie below one.

use std::sync::Arc;

use kernel::TenantId;
use tenancy::{domain::Workspace, repository::MemberRepository};

use crate::http::Problem;

/// Knows which workshops there are, deleted ones included.
pub struct KnownTenants(pub Arc<dyn MemberRepository>);

impl KnownTenants {
    /// Goes on only if there is such a workshop.
    ///
    /// # Errors
    /// 404, or what the store says.
    pub async fn require(&self, id: TenantId) -> Result<(), Problem> {
        match self.0.find_tenant_id(&Workspace::Id(id)).await? {
            Some(_) => Ok(()),
            None => Err(Problem::not_found()),
        }
    }
}
