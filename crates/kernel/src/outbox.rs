//! The transactional outbox: what has happened, written in the transaction of the change. Who acts on it gets it afterwards, at
//! least once, whatever dies when: `platform::events`.

use std::fmt::Debug;

use async_trait::async_trait;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use crate::{EventId, StoreError, TenantId, Tx};

/// What one crate announces: an enum with a variant for each kind of event.
///
/// A variant has a versioned name (`<what>.<happened>.v<n>`) and facts and ids as its fields: no addresses, nothing that people
/// wrote, no secrets. Names and fields are stored and read by others, so they are a promise: what would break it is a variant of
/// its own, with the next version.
///
/// ```
/// use kernel::outbox::{About, DomainEvent, NewEvent};
/// use serde::{Deserialize, Serialize};
/// use uuid::Uuid;
///
/// #[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
/// #[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
/// enum GarageEvent {
///     /// A car was brought in.
///     #[serde(rename = "car.arrived.v1")]
///     CarArrived { wheel_count: u8 },
/// }
///
/// impl DomainEvent for GarageEvent {
///     fn about(&self) -> About {
///         match self {
///             Self::CarArrived { .. } => About::tenant("car", "cars:read"),
///         }
///     }
/// }
///
/// let written = NewEvent::new(Uuid::nil(), GarageEvent::CarArrived { wheel_count: 4 }).written()?;
/// assert_eq!((written.kind.as_str(), &written.payload["wheelCount"]), ("car.arrived.v1", &4.into()));
/// assert_eq!(written.read::<GarageEvent>()?, GarageEvent::CarArrived { wheel_count: 4 });
/// # Ok::<(), kernel::StoreError>(())
/// ```
pub trait DomainEvent: Serialize + DeserializeOwned + Debug + Clone + Send + Sync + 'static {
    /// What it is about, and who may know of it.
    fn about(&self) -> About;
}

/// What an event is about, and who may know of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The type of the thing that it happened to.
    pub subject: &'static str,
    /// Who may know of it.
    pub visibility: Visibility,
}

/// Who may know of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Staff with this permission; no tenant ever.
    Staff(&'static str),
    /// The tenant's people with this permission, and staff with the one that is theirs for such subjects.
    Tenant(&'static str),
}

impl About {
    /// For staff with this permission only.
    #[must_use]
    pub const fn staff(subject: &'static str, permission: &'static str) -> Self {
        Self { subject, visibility: Visibility::Staff(permission) }
    }

    /// For the tenant's people with this permission, too.
    #[must_use]
    pub const fn tenant(subject: &'static str, permission: &'static str) -> Self {
        Self { subject, visibility: Visibility::Tenant(permission) }
    }
}

/// An event about to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEvent<E> {
    /// Id of the thing it happened to.
    pub subject: Uuid,
    /// The tenant it concerns.
    pub tenant_id: Option<TenantId>,
    /// What happened.
    pub fact: E,
}

impl<E: DomainEvent> NewEvent<E> {
    /// An event that concerns no tenant.
    #[must_use]
    pub fn new(subject: impl Into<Uuid>, fact: E) -> Self {
        Self { subject: subject.into(), tenant_id: None, fact }
    }

    /// Adds the tenant.
    #[must_use]
    pub fn tenant(self, id: TenantId) -> Self {
        Self { tenant_id: Some(id), ..self }
    }

    /// As it is stored.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if the enum is not tagged as [`DomainEvent`] shows.
    pub fn written(&self) -> Result<WrittenEvent, StoreError> {
        let corrupt = |error| StoreError::corrupt("outbox.payload", error);
        let Tagged { kind, payload } =
            serde_json::to_value(&self.fact).and_then(serde_json::from_value).map_err(corrupt)?;
        Ok(WrittenEvent { kind, subject: self.subject.to_string(), tenant_id: self.tenant_id, payload })
    }
}

/// An event as it is stored.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct WrittenEvent {
    pub kind: String,
    /// Id of the thing it happened to.
    pub subject: String,
    /// The tenant it concerns.
    pub tenant_id: Option<TenantId>,
    pub payload: Value,
}

impl WrittenEvent {
    /// The fact, as the crate that announced it knows it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] if it is none of that crate's.
    pub fn read<E: DomainEvent>(&self) -> Result<E, StoreError> {
        read(&self.kind, &self.payload)
    }
}

/// The fact of a stored event, as the crate that announced it knows it.
///
/// # Errors
/// [`StoreError::Corrupt`] if it is none of that crate's.
pub fn read<E: DomainEvent>(kind: &str, payload: &Value) -> Result<E, StoreError> {
    let tagged = serde_json::json!({ "kind": kind, "payload": payload });
    serde_json::from_value(tagged).map_err(|error| StoreError::corrupt("outbox.payload", error))
}

#[derive(Deserialize)]
struct Tagged {
    kind: String,
    payload: Value,
}

/// Publishes one crate's events on the transaction of the change.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait Outbox<E: DomainEvent>: Send + Sync {
    /// Writes the event; it is delivered if and only if the transaction commits.
    ///
    /// # Errors
    /// What the store says; the caller must then let the transaction roll back.
    async fn publish_in(&self, tx: &mut Tx, event: NewEvent<E>) -> Result<EventId, StoreError>;
}
