//! What support must know of staff and of workshops' people, answered by crates/auth and crates/tenancy.

use std::sync::Arc;

use async_trait::async_trait;
use auth::{AdminNames, AdminRepository, PermissionMarker, admin_permissions::SupportWrite};
use kernel::{AdminId, StoreError, TenantId, TenantUserId, Tx};
use support::repository::{CustomerPerson, Customers, Staff, StaffMember, StaffName, Workshop};
use tenancy::repository::{MemberRepository, TenantRepository};

/// support's [`Staff`] over auth's admins.
pub struct Assignees {
    /// Accounts.
    pub admins: Arc<dyn AdminRepository>,
    /// Names.
    pub names: Arc<dyn AdminNames>,
}

#[async_trait]
impl Staff for Assignees {
    async fn find_for_share(&self, tx: &mut Tx, id: AdminId) -> Result<Option<StaffMember>, StoreError> {
        let admin = self.admins.find_admin_for_share(tx, id).await?;
        Ok(admin.map(|admin| StaffMember {
            id: admin.id,
            may_handle: admin.is_active && SupportWrite::granted_to(admin.role),
            first_name: admin.first_name.to_string(),
            last_name: admin.last_name.to_string(),
        }))
    }

    async fn list_names(&self, ids: &[AdminId]) -> Result<Vec<StaffName>, StoreError> {
        let names = self.names.list_names(ids).await?.into_iter();
        Ok(names.map(|it| StaffName { id: it.id, name: format!("{} {}", it.first_name, it.last_name) }).collect())
    }
}

/// support's [`Customers`] over tenancy's workshops and members.
pub struct Workshops {
    /// Workshops.
    pub tenants: Arc<dyn TenantRepository>,
    /// Their people.
    pub members: Arc<dyn MemberRepository>,
}

#[async_trait]
impl Customers for Workshops {
    async fn find_workshop_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<Workshop>, StoreError> {
        let tenant = self.tenants.find_for_share(tx, id).await?;
        Ok(tenant.map(|tenant| Workshop { deleted: tenant.is_deleted() }))
    }

    async fn find_person_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<CustomerPerson>, StoreError> {
        let member = self.members.find_for_share(tx, tenant, id).await?;
        Ok(member.map(|it| CustomerPerson {
            id: it.person.id,
            first_name: it.person.first_name.to_string(),
            last_name: it.person.last_name.to_string(),
            email: it.person.email,
        }))
    }
}
