use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "tenant_users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) tenant_id: Uuid,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) search_text: String,
    pub(crate) role: String,
    pub(crate) is_active: bool,
    pub(crate) phone: Option<String>,
    pub(crate) avatar: Option<String>,
    pub(crate) last_login_at: Option<DateTimeUtc>,
    pub(crate) last_activity_at: Option<DateTimeUtc>,
    pub(crate) invited_at: Option<DateTimeUtc>,
    pub(crate) invitation_expires_at: Option<DateTimeUtc>,
    pub(crate) accepted_at: Option<DateTimeUtc>,
    pub(crate) version: i64,
    pub(crate) generation: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter)]
pub(crate) enum Relation {
    Tenant,
}

impl RelationTrait for Relation {
    fn def(&self) -> RelationDef {
        Entity::belongs_to(super::tenants::Entity).from(Column::TenantId).to(super::tenants::Column::Id).into()
    }
}

impl Related<super::tenants::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Tenant.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
