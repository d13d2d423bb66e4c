use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_credentials")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant_user_id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) password_hash: Option<String>,
    pub(crate) password_set_at: Option<DateTimeUtc>,
    pub(crate) mfa_enabled: bool,
    pub(crate) mfa_secret: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
