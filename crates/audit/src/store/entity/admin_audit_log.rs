use kernel::{AuditEntryId, StoreError, TenantId, TenantUserId, input::Word as _};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::domain::entry::{Entry, Seal};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "admin_audit_log")]
pub(in crate::store) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub sequence: Option<i64>,
    pub actor_type: String,
    pub actor_id: Option<Uuid>,
    pub actor_role: Option<String>,
    pub action: String,
    pub resource: String,
    pub resource_id: Option<String>,
    pub tenant_id: Option<Uuid>,
    pub tenant_user_id: Option<Uuid>,
    pub changes: Option<Json>,
    pub status_code: i32,
    pub error_message: Option<String>,
    pub ip_address: Option<String>,
    pub user_agent: Option<String>,
    pub request_id: String,
    pub created_at: DateTimeUtc,
    pub personal_digest: Option<String>,
    pub previous_hash: Option<String>,
    pub hash: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub(in crate::store) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Entry {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let actor_type =
            row.actor_type.parse().map_err(|error| StoreError::corrupt("admin_audit_log.actor_type", error))?;
        let status_code = u16::try_from(row.status_code)
            .map_err(|error| StoreError::corrupt("admin_audit_log.status_code", error))?;
        let seal = match (row.sequence, row.personal_digest, row.previous_hash, row.hash) {
            (Some(sequence), Some(personal_digest), Some(previous_hash), Some(hash)) => {
                Some(Seal { sequence, personal_digest, previous_hash, hash })
            }
            (None, ..) => None,
            _ => return Err(StoreError::corrupt("admin_audit_log.hash", "a seal in parts")),
        };
        Ok(Self {
            id: AuditEntryId(row.id),
            actor_type,
            actor_id: row.actor_id,
            actor_role: row.actor_role,
            action: row.action,
            resource: row.resource,
            resource_id: row.resource_id,
            tenant_id: row.tenant_id.map(TenantId),
            tenant_user_id: row.tenant_user_id.map(TenantUserId),
            changes: row.changes.unwrap_or(Json::Null),
            status_code,
            error_message: row.error_message,
            ip_address: row.ip_address,
            user_agent: row.user_agent,
            request_id: row.request_id,
            created_at: row.created_at,
            seal,
        })
    }
}

impl From<&Entry> for ActiveModel {
    fn from(entry: &Entry) -> Self {
        let entry = entry.clone();
        let seal = entry.seal;
        Self {
            id: Set(entry.id.uuid()),
            sequence: Set(seal.as_ref().map(|seal| seal.sequence)),
            actor_type: Set(entry.actor_type.as_str().to_owned()),
            actor_id: Set(entry.actor_id),
            actor_role: Set(entry.actor_role),
            action: Set(entry.action),
            resource: Set(entry.resource),
            resource_id: Set(entry.resource_id),
            tenant_id: Set(entry.tenant_id.map(TenantId::uuid)),
            tenant_user_id: Set(entry.tenant_user_id.map(TenantUserId::uuid)),
            changes: Set(Some(entry.changes).filter(|changes| !changes.is_null())),
            status_code: Set(i32::from(entry.status_code)),
            error_message: Set(entry.error_message),
            ip_address: Set(entry.ip_address),
            user_agent: Set(entry.user_agent),
            request_id: Set(entry.request_id),
            created_at: Set(entry.created_at),
            personal_digest: Set(seal.as_ref().map(|seal| seal.personal_digest.clone())),
            previous_hash: Set(seal.as_ref().map(|seal| seal.previous_hash.clone())),
            hash: Set(seal.map(|seal| seal.hash)),
        }
    }
}
