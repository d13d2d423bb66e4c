use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    AdminId, AdminRole, EmailAddress, StoreError, Tx,
    fold::search_pattern,
    page::{Key, Page, PageRequest},
};
use platform::{Database, store::keyset};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LikeExpr},
};

use super::entity::admin_user::{ActiveModel, Column, Entity, Model, search_text};
use crate::{
    domain::{AdminAccount, PasswordHash},
    repository::{AdminFilter, AdminRepository, AdminSort, NewCredential},
};

/// Admins in `admin_users`.
#[derive(Debug, Clone)]
pub struct AdminStore {
    db: Database,
}

impl AdminStore {
    /// Over this database.
    #[must_use]
    pub fn new(db: Database) -> Self {
        Self { db }
    }

    pub(super) fn reader(&self) -> &platform::Reader {
        self.db.reader()
    }
}

fn matching(filter: &AdminFilter) -> Condition {
    let search = filter.search.as_deref().map(|text| {
        let pattern = LikeExpr::new(search_pattern(text)).escape('\\');
        Expr::col(Column::SearchText).like(pattern)
    });
    Condition::all()
        .add_option(filter.role.map(|role| Column::Role.eq(role.as_str())))
        .add_option(filter.is_active.map(|is_active| Column::IsActive.eq(is_active)))
        .add_option(search)
}

#[async_trait]
impl AdminRepository for AdminStore {
    async fn find_admin(&self, id: AdminId) -> Result<Option<AdminAccount>, StoreError> {
        account(Entity::find_by_id(id.uuid()).one(self.db.reader()).await?)
    }

    async fn find_admin_by_email(&self, email: &EmailAddress) -> Result<Option<AdminAccount>, StoreError> {
        account(Entity::find().filter(Column::Email.eq(email.as_str())).one(self.db.reader()).await?)
    }

    async fn list_admins(
        &self,
        filter: &AdminFilter,
        page: &PageRequest<AdminSort>,
    ) -> Result<Page<AdminAccount>, StoreError> {
        let matching = Entity::find().filter(matching(filter));
        let total = matching.clone().count(self.db.reader()).await?;
        let column = sort_column(page.sort.field);
        let query = keyset::page(matching, page, column, Column::Id);
        let rows = query.all(self.db.reader()).await?;
        let accounts = rows.into_iter().map(AdminAccount::try_from).collect::<Result<Vec<_>, _>>()?;
        let key = |admin: &AdminAccount| (sort_key(admin, page.sort.field), admin.id.uuid());
        Ok(Page::from_overfetch(accounts, page.limit, total, key))
    }

    async fn find_admin_for_share(&self, tx: &mut Tx, id: AdminId) -> Result<Option<AdminAccount>, StoreError> {
        account(Entity::find_by_id(id.uuid()).lock_shared().one(tx.executor()).await?)
    }

    async fn find_admin_for_update(&self, tx: &mut Tx, id: AdminId) -> Result<Option<AdminAccount>, StoreError> {
        account(Entity::find_by_id(id.uuid()).lock_exclusive().one(tx.executor()).await?)
    }

    async fn lock_active_super_admins(&self, tx: &mut Tx) -> Result<Vec<AdminId>, StoreError> {
        // bound: super admins, whom super admins make one by one
        let rows = Entity::find()
            .filter(Column::Role.eq(AdminRole::SuperAdmin.as_str()))
            .filter(Column::IsActive.eq(true))
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .all(tx.executor())
            .await?;
        Ok(rows.into_iter().map(|row| row.id.into()).collect())
    }

    async fn insert_admin_in(&self, tx: &mut Tx, admin: &AdminAccount) -> Result<(), StoreError> {
        Entity::insert(ActiveModel::from(admin)).exec_without_returning(tx.executor()).await?;
        Ok(())
    }

    async fn update_admin_in(&self, tx: &mut Tx, admin: &AdminAccount) -> Result<bool, StoreError> {
        let outcome = Entity::update_many()
            .col_expr(Column::FirstName, Expr::value(admin.first_name.as_str()))
            .col_expr(Column::LastName, Expr::value(admin.last_name.as_str()))
            .col_expr(Column::Email, Expr::value(admin.email.as_str()))
            .col_expr(Column::SearchText, Expr::value(search_text(admin)))
            .col_expr(Column::Role, Expr::value(admin.role.as_str()))
            .col_expr(Column::Department, Expr::value(admin.department.clone()))
            .col_expr(Column::Phone, Expr::value(admin.phone.clone()))
            .col_expr(Column::Avatar, Expr::value(admin.avatar.clone()))
            .col_expr(Column::IsActive, Expr::value(admin.is_active))
            .col_expr(Column::Generation, Expr::value(admin.generation))
            .col_expr(Column::Version, Expr::value(admin.version))
            .col_expr(Column::UpdatedAt, Expr::value(admin.updated_at))
            .filter(Column::Id.eq(admin.id.uuid()))
            .filter(Column::Version.eq(admin.version - 1))
            .exec(tx.executor())
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    async fn set_password_in(&self, tx: &mut Tx, id: AdminId, credential: &NewCredential) -> Result<(), StoreError> {
        let outcome = Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(credential.hash.as_str()))
            .col_expr(Column::PasswordSetAt, Expr::value(credential.at))
            .col_expr(Column::MustChangePassword, Expr::value(credential.must_change))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::UpdatedAt, Expr::value(credential.at))
            .filter(Column::Id.eq(id.uuid()))
            .exec(tx.executor())
            .await?;
        match outcome.rows_affected {
            1 => Ok(()),
            _ => Err(StoreError::corrupt("admin_users.id", "the account has gone")),
        }
    }

    async fn bump_generation_in(&self, tx: &mut Tx, id: AdminId) -> Result<Option<i64>, StoreError> {
        // bound: one
        let rows = Entity::update_many()
            .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
            .filter(Column::Id.eq(id.uuid()))
            .exec_with_returning(tx.executor())
            .await?;
        Ok(rows.first().map(|row| row.generation))
    }

    async fn upgrade_hash_in(
        &self,
        tx: &mut Tx,
        id: AdminId,
        from: &PasswordHash,
        to: &PasswordHash,
    ) -> Result<bool, StoreError> {
        let outcome = Entity::update_many()
            .col_expr(Column::PasswordHash, Expr::value(to.as_str()))
            .filter(Column::Id.eq(id.uuid()))
            .filter(Column::PasswordHash.eq(from.as_str()))
            .exec(tx.executor())
            .await?;
        Ok(outcome.rows_affected == 1)
    }

    async fn record_sign_in_in(&self, tx: &mut Tx, id: AdminId, at: DateTime<Utc>) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastLoginAt, Expr::value(at))
            .col_expr(Column::LastActivityAt, Expr::value(at))
            .filter(Column::Id.eq(id.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(())
    }

    async fn record_activity_in(&self, tx: &mut Tx, id: AdminId, at: DateTime<Utc>) -> Result<(), StoreError> {
        Entity::update_many()
            .col_expr(Column::LastActivityAt, Expr::value(at))
            .filter(Column::Id.eq(id.uuid()))
            .exec(tx.executor())
            .await?;
        Ok(())
    }
}

fn account(row: Option<Model>) -> Result<Option<AdminAccount>, StoreError> {
    row.map(AdminAccount::try_from).transpose()
}

const fn sort_column(field: AdminSort) -> Column {
    match field {
        AdminSort::CreatedAt => Column::CreatedAt,
        AdminSort::Email => Column::Email,
        AdminSort::LastName => Column::LastName,
    }
}

fn sort_key(admin: &AdminAccount, field: AdminSort) -> Key {
    match field {
        AdminSort::CreatedAt => Key::Time(admin.created_at),
        AdminSort::Email => Key::Text(admin.email.as_str().to_owned()),
        AdminSort::LastName => Key::Text(admin.last_name.as_str().to_owned()),
    }
}
