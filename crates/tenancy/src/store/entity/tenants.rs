use sea_orm::{
    entity::prelude::*,
    sea_query::{ExprTrait as _, IntoCondition},
};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenants")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) name: String,
    pub(crate) name_folded: String,
    pub(crate) subdomain: String,
    pub(crate) slug: String,
    pub(crate) plan: String,
    pub(crate) status: String,
    pub(crate) status_before_deletion: Option<String>,
    pub(crate) primary_contact_id: Option<Uuid>,
    pub(crate) website: Option<String>,
    pub(crate) logo: Option<String>,
    pub(crate) description: Option<String>,
    pub(crate) business_details: Json,
    pub(crate) metadata: Json,
    pub(crate) stripe_customer_id: Option<String>,
    pub(crate) trial_ends_at: Option<DateTimeUtc>,
    pub(crate) suspended_reason: Option<String>,
    pub(crate) version: i64,
    pub(crate) generation: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
    pub(crate) deleted_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter)]
pub(crate) enum Relation {
    PrimaryContact,
}

impl RelationTrait for Relation {
    fn def(&self) -> RelationDef {
        Entity::belongs_to(super::tenant_users::Entity)
            .from(Column::PrimaryContactId)
            .to(super::tenant_users::Column::Id)
            .on_condition(|tenant, person| {
                Expr::col((person, super::tenant_users::Column::TenantId)).equals((tenant, Column::Id)).into_condition()
            })
            .into()
    }
}

impl ActiveModelBehavior for ActiveModel {}
