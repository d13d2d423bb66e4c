use async_trait::async_trait;
use serde::Serialize;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::{RequestContext, StoreError, TenantId, TenantUserId, Tx};

/// The fields a change touched, as `{ field: { "from", "to" } }`, already redacted.
///
/// Only fields that are named here get in (an allow-list); personal data goes in as "changed",
/// secrets never.
///
/// ```
/// use kernel::Changes;
/// let changes = Changes::new().field("plan", &"PROFESSIONAL", &"ENTERPRISE").personal("phone");
/// assert_eq!(changes.to_value()["plan"]["to"], "ENTERPRISE");
/// assert_eq!(changes.to_value()["phone"]["to"], "[changed]");
/// assert!(Changes::new().field("plan", &1, &1).is_empty(), "what stays the same is no change");
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes(Map<String, Value>);

impl Changes {
    /// No changes yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes a field with both values, unless they are equal.
    #[must_use]
    pub fn field<T: Serialize + PartialEq>(mut self, name: &str, from: &T, to: &T) -> Self {
        if from != to {
            self.0.insert(name.to_owned(), json!({ "from": from, "to": to }));
        }
        self
    }

    /// Notes a field of something new: from nothing to `to`.
    #[must_use]
    pub fn set<T: Serialize>(mut self, name: &str, to: &T) -> Self {
        self.0.insert(name.to_owned(), json!({ "from": null, "to": to }));
        self
    }

    /// Notes that personal data changed, without the values.
    #[must_use]
    pub fn personal(mut self, name: &str) -> Self {
        self.0.insert(name.to_owned(), json!({ "from": "[redacted]", "to": "[changed]" }));
        self
    }

    /// [`Changes::personal`], but only when the values differ.
    #[must_use]
    pub fn personal_field<T: PartialEq>(self, name: &str, from: &T, to: &T) -> Self {
        if from == to { self } else { self.personal(name) }
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The names of the fields that changed, for events.
    #[must_use]
    pub fn field_names(&self) -> Vec<String> {
        self.0.keys().cloned().collect()
    }

    /// The JSON object that is stored; `null` when nothing changed.
    #[must_use]
    pub fn to_value(&self) -> Value {
        if self.0.is_empty() { Value::Null } else { Value::Object(self.0.clone()) }
    }
}

/// How a person is called who is about to leave: the trail names them until they are erased, when nobody else knows
/// them any more.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct LeavingPerson {
    pub id: Uuid,
    pub tenant_id: TenantId,
    /// First and last name.
    pub name: String,
    pub email: String,
    pub phone: Option<String>,
}

impl std::fmt::Debug for LeavingPerson {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LeavingPerson").field("id", &self.id).finish_non_exhaustive()
    }
}

/// What the trail is told; who, where from and when come from the context and the trail's clock.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct AuditEntry {
    /// Upper snake case, for example `TENANT_CREATED`.
    pub action: &'static str,
    /// The kind of thing acted on, singular snake case: `tenant`, `admin_user`, `session`, ...
    pub resource: &'static str,
    pub resource_id: Option<String>,
    /// The tenant it concerns.
    pub tenant_id: Option<TenantId>,
    /// The tenant's person it concerns.
    pub tenant_user_id: Option<TenantUserId>,
    pub changes: Changes,
    /// The HTTP status answered: 2xx for what was done, 4xx for what was refused.
    pub status_code: u16,
    /// The error code of a refusal, for example `INVALID_CREDENTIALS`; never personal data.
    pub error_message: Option<String>,
    /// Who leaves by this; no part of the entry, but kept under their key.
    pub leaving: Option<LeavingPerson>,
}

impl AuditEntry {
    /// A successful action (status 200) on `resource`.
    #[must_use]
    pub fn done(action: &'static str, resource: &'static str, resource_id: impl ToString) -> Self {
        Self {
            action,
            resource,
            resource_id: Some(resource_id.to_string()),
            tenant_id: None,
            tenant_user_id: None,
            changes: Changes::new(),
            status_code: 200,
            error_message: None,
            leaving: None,
        }
    }

    /// A refused action.
    #[must_use]
    pub fn refused(action: &'static str, resource: &'static str, status_code: u16, code: &str) -> Self {
        Self {
            action,
            resource,
            resource_id: None,
            tenant_id: None,
            tenant_user_id: None,
            changes: Changes::new(),
            status_code,
            error_message: Some(code.to_owned()),
            leaving: None,
        }
    }

    /// Adds the tenant.
    #[must_use]
    pub fn tenant(mut self, id: TenantId) -> Self {
        self.tenant_id = Some(id);
        self
    }

    /// Adds the tenant's person.
    #[must_use]
    pub fn tenant_user(mut self, id: TenantUserId) -> Self {
        self.tenant_user_id = Some(id);
        self
    }

    /// Adds what changed.
    #[must_use]
    pub fn changes(mut self, changes: Changes) -> Self {
        self.changes = changes;
        self
    }

    /// Adds who leaves by this.
    #[must_use]
    pub fn leaving(mut self, person: LeavingPerson) -> Self {
        self.leaving = Some(person);
        self
    }

    /// Sets the status (201 for a creation).
    #[must_use]
    pub fn status(mut self, status_code: u16) -> Self {
        self.status_code = status_code;
        self
    }
}

/// The audit trail as every crate sees it; crates/audit implements it.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AuditTrail: Send + Sync {
    /// Writes the entry in the transaction of the change it tells of.
    ///
    /// # Errors
    /// What the store says; the caller must then let the transaction roll back.
    async fn record_in(&self, tx: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError>;
}
