use async_trait::async_trait;
use kernel::{
    EmailAddress, StoreError, TenantId, TenantRole, TenantUserId, Tx,
    fold::search_pattern,
    page::{Key, Page, PageRequest},
};
use platform::{Database, store::keyset};
use sea_orm::{
    ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Condition, Expr, ExprTrait, LikeExpr, LockType},
};

use super::{
    entity::tenant_users::{Column, Entity},
    rows,
};
use crate::{
    domain::{Person, PersonFilter, PersonSort},
    repository::PersonRepository,
};

/// [`PersonRepository`] over the database.
#[derive(Debug, Clone)]
pub struct PersonStore(Database);

impl PersonStore {
    /// A store on this database.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self(database)
    }
}

#[async_trait]
impl PersonRepository for PersonStore {
    async fn find(&self, tenant: TenantId, id: TenantUserId) -> Result<Option<Person>, StoreError> {
        one(tenant, id).one(self.0.reader()).await?.map(rows::person).transpose()
    }

    async fn list(
        &self,
        tenant: TenantId,
        filter: &PersonFilter,
        page: &PageRequest<PersonSort>,
    ) -> Result<Page<Person>, StoreError> {
        let sort = page.sort.field;
        let select = of(tenant).filter(matching(filter));
        let total = select.clone().count(self.0.reader()).await?;
        let select = keyset::page(select, page, column(sort), Column::Id);
        let people = all(select.all(self.0.reader()).await?)?;
        let key = |person: &Person| (sort_key(sort, person), person.id.uuid());
        Ok(Page::from_overfetch(people, page.limit, total, key))
    }

    async fn list_first(&self, tenant: TenantId, limit: u64) -> Result<Vec<Person>, StoreError> {
        let select = of(tenant).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).limit(limit);
        all(select.all(self.0.reader()).await?)
    }

    async fn find_for_update(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        id: TenantUserId,
    ) -> Result<Option<Person>, StoreError> {
        one(tenant, id).lock(LockType::NoKeyUpdate).one(tx.executor()).await?.map(rows::person).transpose()
    }

    async fn insert_in(&self, tx: &mut Tx, person: &Person) -> Result<(), StoreError> {
        Entity::insert(rows::person_row(person)).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn update_in(&self, tx: &mut Tx, person: &Person, from_version: i64) -> Result<bool, StoreError> {
        let updated = Entity::update_many()
            .set(rows::person_changes(person))
            .filter(Column::TenantId.eq(person.tenant_id.uuid()))
            .filter(Column::Id.eq(person.id.uuid()))
            .filter(Column::Version.eq(from_version))
            .exec(tx.executor())
            .await?;
        Ok(updated.rows_affected == 1)
    }

    async fn delete_in(&self, tx: &mut Tx, tenant: TenantId, id: TenantUserId) -> Result<bool, StoreError> {
        let deleted = Entity::delete_many()
            .filter(Column::TenantId.eq(tenant.uuid()))
            .filter(Column::Id.eq(id.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(deleted.rows_affected == 1)
    }

    async fn uses_email_in(&self, tx: &mut Tx, email: &EmailAddress) -> Result<bool, StoreError> {
        let one = Entity::find().select_only().column(Column::Id).filter(Column::Email.eq(email.as_str())).limit(1);
        let found: Option<uuid::Uuid> = one.into_tuple().one(tx.executor()).await?;
        Ok(found.is_some())
    }

    async fn count_active(&self, tenant: TenantId) -> Result<u64, StoreError> {
        Ok(of(tenant).filter(Column::IsActive.eq(true)).count(self.0.reader()).await?)
    }

    async fn count_active_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<u64, StoreError> {
        Ok(of(tenant).filter(Column::IsActive.eq(true)).count(tx.executor()).await?)
    }

    async fn list_active_owners_in(&self, tx: &mut Tx, tenant: TenantId) -> Result<Vec<Person>, StoreError> {
        // bound: owners, whom owners make one by one
        let owners = of(tenant).filter(Column::Role.eq(TenantRole::Owner.as_str())).filter(Column::IsActive.eq(true));
        all(owners.all(tx.executor()).await?)
    }
}

fn of(tenant: TenantId) -> Select<Entity> {
    Entity::find().filter(Column::TenantId.eq(tenant.uuid()))
}

fn one(tenant: TenantId, id: TenantUserId) -> Select<Entity> {
    of(tenant).filter(Column::Id.eq(id.uuid()))
}

fn all(rows: Vec<super::entity::tenant_users::Model>) -> Result<Vec<Person>, StoreError> {
    rows.into_iter().map(rows::person).collect()
}

fn matching(filter: &PersonFilter) -> Condition {
    Condition::all()
        .add_option(filter.role.map(|role| Column::Role.eq(role.as_str())))
        .add_option(filter.is_active.map(|active| Column::IsActive.eq(active)))
        .add_option(filter.search.as_deref().map(|text| {
            let pattern = LikeExpr::new(search_pattern(text)).escape('\\');
            Expr::col(Column::SearchText).like(pattern)
        }))
}

fn column(sort: PersonSort) -> Column {
    match sort {
        PersonSort::CreatedAt => Column::CreatedAt,
        PersonSort::Email => Column::Email,
        PersonSort::LastName => Column::LastName,
        PersonSort::Role => Column::Role,
    }
}

fn sort_key(sort: PersonSort, person: &Person) -> Key {
    match sort {
        PersonSort::CreatedAt => Key::Time(person.created_at),
        PersonSort::Email => Key::Text(person.email.as_str().to_owned()),
        PersonSort::LastName => Key::Text(person.last_name.as_str().to_owned()),
        PersonSort::Role => Key::Text(person.role.as_str().to_owned()),
    }
}
