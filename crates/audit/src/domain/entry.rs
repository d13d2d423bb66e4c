use chrono::{DateTime, Utc};
use kernel::{AdminId, AuditEntryId, TenantId, TenantUserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

/// What kind of actor did it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum ActorType {
    /// A member of NextCRM's staff, or somebody unknown on their side.
    Admin,
    /// A workshop's person, or somebody unknown on their side.
    TenantUser,
    /// A program with a workshop's key.
    ApiKey,
    /// The system itself.
    System,
}

/// A person whose name is looked up when entries are shown; the trail itself stores ids only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ActorRef {
    /// A member of staff.
    Admin(AdminId),
    /// A workshop's person.
    TenantUser(TenantId, TenantUserId),
}

impl ActorRef {
    /// Their id.
    #[must_use]
    pub const fn id(&self) -> Uuid {
        match self {
            Self::Admin(id) => id.uuid(),
            Self::TenantUser(_, id) => id.uuid(),
        }
    }

    /// Their workshop.
    #[must_use]
    pub const fn tenant(&self) -> Option<TenantId> {
        match self {
            Self::Admin(_) => None,
            Self::TenantUser(tenant, _) => Some(*tenant),
        }
    }
}

/// How a person is called now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorName {
    /// First and last name.
    pub name: String,
    /// Their address.
    pub email: String,
}

/// How somebody was called who left; sealed under their key until they are erased.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct FormerName {
    pub tenant_id: TenantId,
    /// First and last name.
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
}

impl std::fmt::Debug for FormerName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FormerName").finish_non_exhaustive()
    }
}

/// An entry's place in the hash chain. Hashes are 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seal {
    /// 1, 2, 3, ... in the order of sealing.
    pub sequence: i64,
    /// Keyed digest of the address and user agent.
    pub personal_digest: String,
    /// The hash of the entry before; 64 zeros for the first.
    pub previous_hash: String,
    /// This entry's hash.
    pub hash: String,
}

/// An entry of the trail as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Entry {
    pub id: AuditEntryId,
    pub actor_type: ActorType,
    /// Who; `None` for the system and for people who did not sign in.
    pub actor_id: Option<Uuid>,
    /// Their role at the time; for the system the part that acted.
    pub actor_role: Option<String>,
    /// What, for example `TENANT_CREATED`.
    pub action: String,
    /// On what kind of thing.
    pub resource: String,
    pub resource_id: Option<String>,
    pub tenant_id: Option<TenantId>,
    /// The tenant's person it concerns.
    pub tenant_user_id: Option<TenantUserId>,
    /// `{ field: { "from", "to" } }`, redacted; `null` when nothing changed.
    pub changes: Value,
    pub status_code: u16,
    /// Error code of a refusal.
    pub error_message: Option<String>,
    /// Where from; `None` also after an erasure.
    pub ip_address: Option<String>,
    /// With what; `None` also after an erasure.
    pub user_agent: Option<String>,
    pub request_id: String,
    /// When, to the microsecond.
    pub created_at: DateTime<Utc>,
    /// The place in the chain; `None` for about a second after the commit.
    pub seal: Option<Seal>,
}

impl Entry {
    /// Whose address and user agent these are: the actor's, else the tenant user's at whose account somebody tried.
    #[must_use]
    pub fn person(&self) -> Option<Uuid> {
        self.actor_id.or(self.tenant_user_id.map(TenantUserId::uuid))
    }

    /// Whom to ask for the actor's name.
    #[must_use]
    pub fn actor_ref(&self) -> Option<ActorRef> {
        let id = self.actor_id?;
        match self.actor_type {
            ActorType::Admin => Some(ActorRef::Admin(AdminId(id))),
            ActorType::TenantUser => self.tenant_id.map(|tenant| ActorRef::TenantUser(tenant, TenantUserId(id))),
            ActorType::ApiKey | ActorType::System => None,
        }
    }
}

/// An entry together with its actor's present name.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedEntry {
    /// The entry.
    pub entry: Entry,
    /// The name; `None` when there is no actor or they were erased.
    pub actor: Option<ActorName>,
}
