use async_trait::async_trait;
use kernel::{AdminId, StoreError};
use platform::store::batches;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    AdminStore,
    entity::admin_user::{Column, Entity},
};
use crate::repository::{AdminName, AdminNames};

#[async_trait]
impl AdminNames for AdminStore {
    async fn list_names(&self, ids: &[AdminId]) -> Result<Vec<AdminName>, StoreError> {
        let name = |(id, first_name, last_name, email)| AdminName { id: AdminId(id), first_name, last_name, email };
        let mut names = Vec::with_capacity(ids.len());
        for some in batches(ids, 1) {
            let rows: Vec<(Uuid, String, String, String)> = Entity::find()
                .select_only()
                .columns([Column::Id, Column::FirstName, Column::LastName, Column::Email])
                .filter(Column::Id.is_in(some.iter().map(|id| id.uuid())))
                .into_tuple()
                .all(self.reader())
                .await?;
            names.extend(rows.into_iter().map(name));
        }
        Ok(names)
    }

    async fn count_admins(&self) -> Result<u64, StoreError> {
        Ok(Entity::find().count(self.reader()).await?)
    }
}
