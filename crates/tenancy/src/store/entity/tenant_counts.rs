use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_counts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) status: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) plan: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) deleted: bool,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) shard: i16,
    pub(crate) count: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
