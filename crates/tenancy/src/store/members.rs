use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{EmailAddress, StoreError, TenantId, TenantUserId, Tx};
use platform::Database;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, LockType},
};
use uuid::Uuid;

use super::{
    entity::{tenant_users, tenants},
    rows,
};
use crate::{
    domain::{Member, TenantKey},
    repository::MemberRepository,
};

/// [`MemberRepository`] over the database.
#[derive(Debug, Clone)]
pub struct MemberStore(Database);

impl MemberStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }

    pub(super) fn reader(&self) -> &platform::Reader {
        self.0.reader()
    }
}

#[async_trait]
impl MemberRepository for MemberStore {
    async fn find_tenant_id(&self, key: &TenantKey) -> Result<Option<TenantId>, StoreError> {
        let condition = match key {
            TenantKey::Subdomain(subdomain) => tenants::Column::Subdomain.eq(subdomain.as_str()),
            TenantKey::Id(id) => tenants::Column::Id.eq(id.uuid()),
        };
        let select = tenants::Entity::find().select_only().column(tenants::Column::Id).filter(condition);
        let id: Option<Uuid> = select.into_tuple().one(self.0.reader()).await?;
        Ok(id.map(TenantId))
    }

    async fn find_by_email(&self, tenant: TenantId, email: &EmailAddress) -> Result<Option<Member>, StoreError> {
        find(self.0.reader(), tenant, tenant_users::Column::Email.eq(email.as_str())).await
    }

    async fn find(&self, tenant: TenantId, id: TenantUserId) -> Result<Option<Member>, StoreError> {
        find(self.0.reader(), tenant, tenant_users::Column::Id.eq(id.uuid())).await
    }

    async fn find_for_share(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<Member>, StoreError> {
        let Some(workshop) = shared(tenant).one(tx.executor()).await? else { return Ok(None) };
        let person = tenant_users::Entity::find_by_id(id.uuid())
            .filter(tenant_users::Column::TenantId.eq(tenant.uuid()))
            .lock(LockType::Share)
            .one(tx.executor())
            .await?;
        person.map(|person| member(person, workshop)).transpose()
    }

    async fn record_sign_in_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        lock_workshop(tx, tenant).await?;
        one(tenant, id)
            .col_expr(tenant_users::Column::LastLoginAt, Expr::val(at))
            .col_expr(tenant_users::Column::LastActivityAt, Expr::val(at))
            .exec(tx.executor())
            .await?;
        Ok(())
    }

    async fn record_activity_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        lock_workshop(tx, tenant).await?;
        one(tenant, id).col_expr(tenant_users::Column::LastActivityAt, Expr::val(at)).exec(tx.executor()).await?;
        Ok(())
    }

    async fn bump_generation_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<i64>, StoreError> {
        lock_workshop(tx, tenant).await?;
        // bound: one
        let people = one(tenant, id)
            .col_expr(tenant_users::Column::Generation, tenant_users::Column::Generation.into_expr().add(1))
            .exec_with_returning(tx.executor())
            .await?;
        Ok(people.first().map(|person| person.generation))
    }

    async fn mark_accepted_in(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        lock_workshop(tx, tenant).await?;
        let updated = one(tenant, id)
            .col_expr(tenant_users::Column::AcceptedAt, Expr::val(at))
            .col_expr(tenant_users::Column::UpdatedAt, Expr::val(at))
            .col_expr(tenant_users::Column::Version, tenant_users::Column::Version.into_expr().add(1))
            .filter(tenant_users::Column::InvitedAt.is_not_null())
            .filter(tenant_users::Column::AcceptedAt.is_null())
            .exec(tx.executor())
            .await?;
        Ok(updated.rows_affected == 1)
    }
}

fn shared(tenant: TenantId) -> Select<tenants::Entity> {
    tenants::Entity::find_by_id(tenant.uuid()).lock(LockType::Share)
}

async fn lock_workshop(tx: &mut Tx, tenant: TenantId) -> Result<(), StoreError> {
    let select = shared(tenant).select_only().column(tenants::Column::Id);
    let _: Option<Uuid> = select.into_tuple().one(tx.executor()).await?;
    Ok(())
}

fn one(tenant: TenantId, id: TenantUserId) -> sea_orm::UpdateMany<tenant_users::Entity> {
    tenant_users::Entity::update_many()
        .filter(tenant_users::Column::TenantId.eq(tenant.uuid()))
        .filter(tenant_users::Column::Id.eq(id.uuid()))
}

async fn find(
    connection: &impl ConnectionTrait,
    tenant: TenantId,
    condition: Expr,
) -> Result<Option<Member>, StoreError> {
    let row = tenant_users::Entity::find()
        .find_also_related(tenants::Entity)
        .filter(tenant_users::Column::TenantId.eq(tenant.uuid()))
        .filter(condition)
        .one(connection)
        .await?;
    match row {
        Some((person, Some(workshop))) => member(person, workshop).map(Some),
        _ => Ok(None),
    }
}

fn member(person: tenant_users::Model, workshop: tenants::Model) -> Result<Member, StoreError> {
    Ok(Member {
        person: rows::person(person)?,
        tenant_status: rows::word("tenants.status", &workshop.status)?,
        tenant_deleted: workshop.deleted_at.is_some(),
        tenant_generation: workshop.generation,
        tenant_name: workshop.name,
        subdomain: workshop.subdomain,
    })
}
