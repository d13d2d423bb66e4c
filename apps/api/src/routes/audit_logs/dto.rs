use audit::{ActorName, ActorType, NamedEntry, Summary};
use chrono::{DateTime, Utc};
use kernel::{AdminId, input::Word as _};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

/// Who did it.
#[derive(Serialize, ToSchema)]
pub struct ActorDto {
    id: Uuid,
    /// First and last name as of now; null when they are gone.
    #[schema(required = true)]
    name: Option<String>,
    /// Their address as of now; null when they are gone.
    #[schema(required = true)]
    email: Option<String>,
    /// Their role at the time.
    #[schema(required = true, example = "ADMIN")]
    role: Option<String>,
}

/// An entry of the audit trail.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EntryDto {
    id: Uuid,
    /// Its place in the hash chain; null for about a second after it was written.
    #[schema(required = true)]
    sequence: Option<i64>,
    /// ADMIN, TENANT_USER or SYSTEM.
    actor_type: &'static str,
    /// Null for the system and for people who were not signed in.
    #[schema(required = true)]
    actor: Option<ActorDto>,
    /// What was done.
    #[schema(example = "TENANT_CREATED")]
    action: String,
    /// The kind of thing it was done to.
    #[schema(example = "tenant")]
    resource: String,
    #[schema(required = true)]
    resource_id: Option<String>,
    /// The workshop it concerns.
    #[schema(required = true)]
    tenant_id: Option<Uuid>,
    /// The workshop's person it concerns.
    #[schema(required = true)]
    tenant_user_id: Option<Uuid>,
    /// `{ field: { "from", "to" } }`, redacted; null when nothing changed.
    #[schema(required = true, value_type = Option<Object>)]
    changes: Value,
    /// The HTTP status answered.
    status_code: u16,
    /// The error code of a refusal.
    #[schema(required = true)]
    error_message: Option<String>,
    #[schema(required = true)]
    ip_address: Option<String>,
    #[schema(required = true)]
    user_agent: Option<String>,
    request_id: String,
    created_at: DateTime<Utc>,
    /// Its hash in the chain; null for about a second after it was written.
    #[schema(required = true)]
    hash: Option<String>,
}

impl From<NamedEntry> for EntryDto {
    fn from(NamedEntry { entry, actor }: NamedEntry) -> Self {
        let (name, email) = actor.map(|ActorName { name, email }| (name, email)).unzip();
        let role = entry.actor_role;
        let (sequence, hash) = entry.seal.map(|seal| (seal.sequence, seal.hash)).unzip();
        Self {
            id: entry.id.uuid(),
            sequence,
            actor_type: entry.actor_type.as_str(),
            actor: entry.actor_id.map(|id| ActorDto { id, name, email, role }),
            action: entry.action,
            resource: entry.resource,
            resource_id: entry.resource_id,
            tenant_id: entry.tenant_id.map(|id| id.uuid()),
            tenant_user_id: entry.tenant_user_id.map(|id| id.uuid()),
            changes: entry.changes,
            status_code: entry.status_code,
            error_message: entry.error_message,
            ip_address: entry.ip_address,
            user_agent: entry.user_agent,
            request_id: entry.request_id,
            created_at: entry.created_at,
            hash,
        }
    }
}

/// An entry of the audit trail as its tenant's people see it: of staff, they learn the name and no more.
#[derive(Serialize, ToSchema)]
#[serde(transparent)]
pub struct OwnEntryDto(EntryDto);

impl From<NamedEntry> for OwnEntryDto {
    fn from(named: NamedEntry) -> Self {
        let mut entry = EntryDto::from(named);
        if entry.actor_type == ActorType::Admin.as_str() {
            (entry.ip_address, entry.user_agent) = (None, None);
            if let Some(actor) = &mut entry.actor {
                actor.email = None;
            }
        }
        Self(entry)
    }
}

/// A member of staff.
#[derive(Serialize, ToSchema)]
pub struct TopAdminNameDto {
    id: Uuid,
    /// Null when they are gone.
    #[schema(required = true)]
    name: Option<String>,
    /// Null when they are gone.
    #[schema(required = true)]
    email: Option<String>,
}

/// A member of staff and how many entries are theirs.
#[derive(Serialize, ToSchema)]
pub struct TopAdminDto {
    admin: TopAdminNameDto,
    count: u64,
}

impl From<(AdminId, Option<ActorName>, u64)> for TopAdminDto {
    fn from((id, name, count): (AdminId, Option<ActorName>, u64)) -> Self {
        let (name, email) = name.map(|ActorName { name, email }| (name, email)).unzip();
        Self { admin: TopAdminNameDto { id: id.uuid(), name, email }, count }
    }
}

/// An action and how often it was done.
#[derive(Serialize, ToSchema)]
pub struct TopActionDto {
    action: String,
    count: u64,
}

/// The audit trail at a glance.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SummaryDto {
    #[serde(rename = "actionsLast24h")]
    actions_last_24h: u64,
    #[serde(rename = "actionsLast7d")]
    actions_last_7d: u64,
    /// Entries of the last 24 hours with a status of 400 or more.
    #[serde(rename = "failuresLast24h")]
    failures_last_24h: u64,
    /// Members of staff there are.
    total_admins: u64,
    /// The ten busiest members of staff of the last 7 days.
    top_admins: Vec<TopAdminDto>,
    /// The ten most frequent actions of the last 7 days.
    top_actions: Vec<TopActionDto>,
    /// The ten latest entries.
    recent_logs: Vec<EntryDto>,
}

impl From<Summary> for SummaryDto {
    fn from(summary: Summary) -> Self {
        let action = |(action, count)| TopActionDto { action, count };
        Self {
            actions_last_24h: summary.actions_last_24h,
            actions_last_7d: summary.actions_last_7d,
            failures_last_24h: summary.failures_last_24h,
            total_admins: summary.total_admins,
            top_admins: summary.top_admins.into_iter().map(TopAdminDto::from).collect(),
            top_actions: summary.top_actions.into_iter().map(action).collect(),
            recent_logs: summary.recent.into_iter().map(EntryDto::from).collect(),
        }
    }
}
