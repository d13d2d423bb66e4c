use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "capricorn_orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) order_number: String,
    pub(crate) tenant_id: Uuid,
    pub(crate) status: String,
    pub(crate) external_order_id: Option<String>,
    pub(crate) revision: Option<i64>,
    pub(crate) currency: String,
    pub(crate) subtotal_cents: i64,
    pub(crate) gst_cents: i64,
    pub(crate) total_cents: i64,
    pub(crate) delivery_type: String,
    pub(crate) notes: Option<String>,
    pub(crate) purchase_order_number: Option<String>,
    pub(crate) vehicle: Option<Json>,
    pub(crate) error_message: Option<String>,
    pub(crate) needs_review: bool,
    pub(crate) review_reason: Option<String>,
    pub(crate) resolution_note: Option<String>,
    pub(crate) placed_by_id: Option<Uuid>,
    pub(crate) integration_id: Option<Uuid>,
    pub(crate) key_fingerprint: String,
    pub(crate) task: i64,
    pub(crate) sending_since: Option<DateTimeUtc>,
    pub(crate) sends: i32,
    pub(crate) tries: i32,
    pub(crate) lost_at: Option<DateTimeUtc>,
    pub(crate) absent_at: Option<DateTimeUtc>,
    pub(crate) asked_at: Option<DateTimeUtc>,
    pub(crate) doubted_revision: Option<i64>,
    pub(crate) cancel_asked_by: Option<Json>,
    pub(crate) cancel_asked_at: Option<DateTimeUtc>,
    pub(crate) version: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
