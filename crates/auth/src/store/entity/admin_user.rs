use kernel::{StoreError, fold::search_text_of_person};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::domain::{AdminAccount, PasswordHash};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "admin_users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) search_text: String,
    pub(crate) password_hash: String,
    pub(crate) password_set_at: DateTimeUtc,
    pub(crate) must_change_password: bool,
    pub(crate) role: String,
    pub(crate) department: Option<String>,
    pub(crate) phone: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) is_active: bool,
    pub(crate) mfa_enabled: bool,
    pub(crate) mfa_secret: Option<String>,
    pub(crate) last_login_at: Option<DateTimeUtc>,
    pub(crate) last_activity_at: Option<DateTimeUtc>,
    pub(crate) generation: i64,
    pub(crate) version: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for AdminAccount {
    type Error = StoreError;
    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            first_name: row.first_name,
            last_name: row.last_name,
            email: row.email.parse().map_err(|error| StoreError::corrupt("admin_users.email", error))?,
            password_hash: PasswordHash::new(row.password_hash),
            password_set_at: row.password_set_at,
            must_change_password: row.must_change_password,
            role: row.role.parse().map_err(|error| StoreError::corrupt("admin_users.role", error))?,
            department: row.department,
            phone: row.phone,
            avatar: row.avatar,
            is_active: row.is_active,
            mfa_enabled: row.mfa_enabled,
            last_login_at: row.last_login_at,
            last_activity_at: row.last_activity_at,
            generation: row.generation,
            version: row.version,
            created_at: row.created_at,
            updated_at: row.updated_at,
        })
    }
}

/// What the list searches in.
pub(crate) fn search_text(admin: &AdminAccount) -> String {
    search_text_of_person(&admin.first_name, &admin.last_name, admin.email.as_str())
}

impl From<&AdminAccount> for ActiveModel {
    fn from(admin: &AdminAccount) -> Self {
        Self {
            id: Set(admin.id.uuid()),
            first_name: Set(admin.first_name.clone()),
            last_name: Set(admin.last_name.clone()),
            email: Set(admin.email.to_string()),
            search_text: Set(search_text(admin)),
            password_hash: Set(admin.password_hash.as_str().to_owned()),
            password_set_at: Set(admin.password_set_at),
            must_change_password: Set(admin.must_change_password),
            role: Set(admin.role.as_str().to_owned()),
            department: Set(admin.department.clone()),
            phone: Set(admin.phone.clone()),
            avatar: Set(admin.avatar.clone()),
            is_active: Set(admin.is_active),
            mfa_enabled: Set(admin.mfa_enabled),
            mfa_secret: Set(None),
            last_login_at: Set(admin.last_login_at),
            last_activity_at: Set(admin.last_activity_at),
            generation: Set(admin.generation),
            version: Set(admin.version),
            created_at: Set(admin.created_at),
            updated_at: Set(admin.updated_at),
        }
    }
}
