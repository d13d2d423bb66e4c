use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_integrations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) tenant_id: Uuid,
    #[sea_orm(column_name = "type")]
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) credentials: Json,
    pub(crate) webhook_url: Option<String>,
    pub(crate) signing_secret: Option<String>,
    pub(crate) is_active: bool,
    pub(crate) last_synced_at: Option<DateTimeUtc>,
    pub(crate) last_error: Option<String>,
    pub(crate) quarantined_at: Option<DateTimeUtc>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
