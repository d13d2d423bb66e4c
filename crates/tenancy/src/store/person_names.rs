use std::collections::HashSet;

use async_trait::async_trait;
use kernel::{StoreError, TenantId, TenantUserId};
use platform::store::batches;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    MemberStore,
    entity::tenant_users::{Column, Entity},
};
use crate::repository::{PersonFullName, PersonNames};

#[async_trait]
impl PersonNames for MemberStore {
    async fn list_names(&self, people: &[(TenantId, TenantUserId)]) -> Result<Vec<PersonFullName>, StoreError> {
        let mut rows: Vec<(Uuid, Uuid, String, String, String)> = Vec::with_capacity(people.len());
        for some in batches(people, 2) {
            let found = Entity::find()
                .select_only()
                .columns([Column::TenantId, Column::Id, Column::FirstName, Column::LastName, Column::Email])
                .filter(Column::TenantId.is_in(some.iter().map(|(tenant, _)| tenant.uuid())))
                .filter(Column::Id.is_in(some.iter().map(|(_, id)| id.uuid())))
                .into_tuple()
                .all(self.reader())
                .await?;
            rows.extend(found);
        }
        let name = |(tenant, id, first, last, email): (_, _, String, String, _)| PersonFullName {
            tenant_id: TenantId(tenant),
            id: TenantUserId(id),
            name: format!("{first} {last}"),
            email,
        };
        // Only pairs that were asked for: a person named together with another workshop's id is not found.
        let people: HashSet<_> = people.iter().copied().collect();
        let asked = |name: &PersonFullName| people.contains(&(name.tenant_id, name.id));
        Ok(rows.into_iter().map(name).filter(asked).collect())
    }
}
