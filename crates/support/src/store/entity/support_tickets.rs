use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "support_tickets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) ticket_number: String,
    pub(crate) tenant_id: Uuid,
    pub(crate) subject: String,
    pub(crate) description: String,
    pub(crate) search_words: Option<String>,
    pub(crate) status: String,
    pub(crate) priority: String,
    pub(crate) urgency: i16,
    pub(crate) category: Option<String>,
    pub(crate) assigned_to_id: Option<Uuid>,
    pub(crate) created_by_type: String,
    pub(crate) created_by_id: Option<Uuid>,
    pub(crate) created_by_name: Option<String>,
    pub(crate) created_by_email: Option<String>,
    pub(crate) first_response_at: Option<DateTimeUtc>,
    pub(crate) first_response_due_at: DateTimeUtc,
    pub(crate) first_response_breached_at: Option<DateTimeUtc>,
    pub(crate) resolution_due_at: DateTimeUtc,
    pub(crate) resolution_breached_at: Option<DateTimeUtc>,
    pub(crate) clock_paused_since: Option<DateTimeUtc>,
    pub(crate) next_breach_at: Option<DateTimeUtc>,
    pub(crate) resolved_at: Option<DateTimeUtc>,
    pub(crate) closed_at: Option<DateTimeUtc>,
    pub(crate) merged_into_id: Option<Uuid>,
    pub(crate) metadata: Json,
    pub(crate) message_count: i32,
    pub(crate) version: i64,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
