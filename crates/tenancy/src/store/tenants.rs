use async_trait::async_trait;
use kernel::{
    StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};
use platform::Database;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::{entity::tenants, rows, tenant_list, tenant_totals};
use crate::{
    domain::{Tenant, TenantFilter, TenantSort, TenantSummary},
    repository::{CountKey, TenantRepository},
};

/// [`TenantRepository`] over the database.
#[derive(Debug, Clone)]
pub struct TenantStore(pub(super) Database);

impl TenantStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl TenantRepository for TenantStore {
    async fn find(&self, id: TenantId) -> Result<Option<TenantSummary>, StoreError> {
        tenant_list::find(self.0.reader(), tenants::Column::Id.eq(id.uuid())).await
    }

    async fn find_by_subdomain(&self, subdomain: &str) -> Result<Option<TenantSummary>, StoreError> {
        tenant_list::find(self.0.reader(), tenants::Column::Subdomain.eq(subdomain)).await
    }

    async fn list(
        &self,
        filter: &TenantFilter,
        page: &PageRequest<TenantSort>,
    ) -> Result<Page<TenantSummary>, StoreError> {
        tenant_list::list(self.0.reader(), filter, page).await
    }

    async fn find_in(&self, tx: &mut Tx, id: TenantId) -> Result<Option<TenantSummary>, StoreError> {
        tenant_list::find(tx.executor(), tenants::Column::Id.eq(id.uuid())).await
    }

    async fn find_for_update(&self, tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        // NO KEY: foreign keys to the row, which never changes its id, need not wait.
        let row = tenants::Entity::find_by_id(id.uuid()).lock(LockType::NoKeyUpdate).one(tx.executor()).await?;
        row.map(rows::tenant).transpose()
    }

    async fn find_for_share(&self, tx: &mut Tx, id: TenantId) -> Result<Option<Tenant>, StoreError> {
        let row = tenants::Entity::find_by_id(id.uuid()).lock(LockType::Share).one(tx.executor()).await?;
        row.map(rows::tenant).transpose()
    }

    async fn insert_in(&self, tx: &mut Tx, tenant: &Tenant) -> Result<bool, StoreError> {
        // A taken subdomain is told from a taken slug on both databases, whichever index they look at first.
        let free = OnConflict::column(tenants::Column::Subdomain).do_nothing().to_owned();
        let insert = tenants::Entity::insert(rows::tenant_row(tenant)).on_conflict(free);
        Ok(insert.exec_without_returning(tx.executor()).await? == 1)
    }

    async fn update_in(&self, tx: &mut Tx, tenant: &Tenant, from_version: i64) -> Result<bool, StoreError> {
        let updated = tenants::Entity::update_many()
            .set(rows::tenant_changes(tenant))
            .filter(tenants::Column::Id.eq(tenant.id.uuid()))
            .filter(tenants::Column::Version.eq(from_version))
            .exec(tx.executor())
            .await?;
        Ok(updated.rows_affected == 1)
    }

    async fn recount_one_in(
        &self,
        tx: &mut Tx,
        from: Option<CountKey>,
        to: CountKey,
        shard: u8,
    ) -> Result<(), StoreError> {
        tenant_totals::move_one(tx, from, to, shard).await
    }

    async fn recount_all_in(&self, tx: &mut Tx) -> Result<(), StoreError> {
        tenant_totals::recount(tx).await
    }
}
