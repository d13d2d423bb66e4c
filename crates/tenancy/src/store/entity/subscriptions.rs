use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) plan: String,
    pub(crate) status: String,
    pub(crate) price_cents: i64,
    pub(crate) currency: String,
    pub(crate) current_period_start: DateTimeUtc,
    pub(crate) current_period_end: DateTimeUtc,
    pub(crate) cancel_at_period_end: bool,
    pub(crate) external_customer_id: Option<String>,
    pub(crate) external_subscription_id: Option<String>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
