use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    Audience, AuditEntry, AuditEntryId, AuditTrail, Caller, Clock, Entropy, LeavingPerson, RequestContext, Role,
    StoreError, Subject, TenantId, Tx,
};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    domain::{
        entry::{ActorType, Entry, FormerName},
        keys::AuditKeys,
        vault::Vault,
    },
    repository::{EntryStore, NameStore},
};

/// The trail as every crate writes to it: one insert in the caller's transaction, sealed after the commit.
#[derive(Clone)]
pub struct Trail {
    store: Arc<dyn EntryStore>,
    names: Arc<dyn NameStore>,
    keys: Arc<AuditKeys>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    wake: Arc<Notify>,
}

impl std::fmt::Debug for Trail {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Trail").finish_non_exhaustive()
    }
}

impl Trail {
    /// `wake` is shared with the sealer.
    #[must_use]
    pub fn new(
        store: Arc<dyn EntryStore>,
        names: Arc<dyn NameStore>,
        keys: Arc<AuditKeys>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        wake: Arc<Notify>,
    ) -> Self {
        Self { store, names, keys, clock, entropy, wake }
    }

    /// Keeps a name under its person's key; whoever was erased stays so.
    async fn keep_name_in(&self, tx: &mut Tx, person: LeavingPerson, now: DateTime<Utc>) -> Result<(), StoreError> {
        let mut salt = [0; 32];
        self.entropy.fill(&mut salt);
        let Some(salt) = self.names.salt_in(tx, person.id, salt, now).await? else { return Ok(()) };
        let LeavingPerson { id, tenant_id, name, email, phone } = person;
        let sealed = Vault::open(&self.keys, Some((id, &salt)), &self.entropy)
            .and_then(|vault| vault.put_name(id, &FormerName { tenant_id, name, email, phone }))
            .map_err(|error| StoreError::corrupt("audit_person_keys.name_sealed", error))?;
        self.names.keep_name_in(tx, id, &sealed).await
    }
}

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, tx: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        let now = self.clock.now();
        if let Some(person) = entry.leaving {
            self.keep_name_in(tx, person, now).await?;
        }
        let who = Who::of(&context.caller);
        let entry = Entry {
            id: AuditEntryId(self.entropy.uuid_v7(now)),
            actor_type: who.kind,
            actor_id: who.id,
            actor_role: who.role.map(str::to_owned),
            action: entry.action.to_owned(),
            resource: entry.resource.to_owned(),
            resource_id: entry.resource_id,
            // Whoever belongs to a workshop acts in it.
            tenant_id: entry.tenant_id.or(who.tenant),
            tenant_user_id: entry.tenant_user_id.or(context.caller.on_behalf_of().map(|it| it.user_id)),
            changes: entry.changes.to_value(),
            status_code: entry.status_code,
            error_message: entry.error_message,
            ip_address: context.ip.map(|ip| ip.to_string()),
            user_agent: context.user_agent.clone(),
            request_id: context.request_id.clone(),
            created_at: now,
            seal: None,
        };
        self.store.insert_in(tx, &entry).await?;
        tx.wake_on_commit(&self.wake);
        Ok(())
    }
}

struct Who {
    kind: ActorType,
    id: Option<Uuid>,
    role: Option<&'static str>,
    tenant: Option<TenantId>,
}

impl Who {
    fn of(caller: &Caller) -> Self {
        let nobody = |kind| Self { kind, id: None, role: caller.role().map(Role::as_str), tenant: None };
        match caller.subject {
            Subject::Anonymous(Audience::Admin) => nobody(ActorType::Admin),
            Subject::Anonymous(Audience::Tenant) => nobody(ActorType::TenantUser),
            Subject::Admin { id, .. } => Self { id: Some(id.uuid()), ..nobody(ActorType::Admin) },
            Subject::TenantUser { tenant_id, id, .. } => {
                Self { id: Some(id.uuid()), tenant: Some(tenant_id), ..nobody(ActorType::TenantUser) }
            }
            Subject::ApiKey { tenant_id, id, .. } => {
                Self { id: Some(id.uuid()), tenant: Some(tenant_id), ..nobody(ActorType::ApiKey) }
            }
            // Who it really was; the entry's person is on whose behalf.
            Subject::Impersonated { tenant_id, admin_id, admin_role, .. } => Self {
                kind: ActorType::Admin,
                id: Some(admin_id.uuid()),
                role: Some(admin_role.as_str()),
                tenant: Some(tenant_id),
            },
            Subject::System(part) => Self { role: Some(part), ..nobody(ActorType::System) },
        }
    }
}
