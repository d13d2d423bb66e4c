use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "usage_rollups")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) tenant_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) width: i16,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) quarter: i32,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) metric_type: String,
    pub(crate) sum_milli: i64,
    pub(crate) points: i64,
    pub(crate) last_at: DateTimeUtc,
    pub(crate) last_id: Uuid,
    pub(crate) last_milli: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
