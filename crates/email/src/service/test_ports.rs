//! Mocked ports for the unit tests of the services.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    Actor, AdminId, AdminRole, AuditEntry, AuditTrail, Clock, EmailAddress, RequestContext, StoreError, TenantId, Tx,
    sealed::{KeyRing, Sealed},
};
use test_support::{FixedClock, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::Ports;
use crate::{
    domain::{
        Notification, NotificationId, NotificationStatus, Suppression, SuppressionReason, Template, samples,
        secret::{self, Owner},
    },
    repository::{MockNotificationRepository, MockSuppressionRepository, Queued},
};

/// The secret of every message whose template has one.
pub(crate) const SECRET: &str = "correct horse battery";

/// A trail that remembers what it was told and for whom, and fails when it should.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) entries: Mutex<Vec<(Actor, AuditEntry)>>,
    fails: bool,
}

#[async_trait]
impl AuditTrail for Told {
    async fn record_in(&self, _: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        if self.fails {
            return Err(broken());
        }
        self.entries.lock().expect("not poisoned").push((context.actor, entry));
        Ok(())
    }
}

/// The mocks, to be told what to expect before [`Mocks::ports`].
#[derive(Default)]
pub(crate) struct Mocks {
    pub(crate) notifications: MockNotificationRepository,
    pub(crate) suppressions: MockSuppressionRepository,
    pub(crate) audit_fails: bool,
}

/// What the test keeps of the ports.
pub(crate) struct Kept {
    pub(crate) ports: Ports,
    pub(crate) told: Arc<Told>,
    pub(crate) transactor: Arc<RecordingTransactor>,
}

impl Mocks {
    pub(crate) fn ports(self) -> Kept {
        let told = Arc::new(Told { fails: self.audit_fails, ..Told::default() });
        let transactor = Arc::new(RecordingTransactor::new());
        let ports = Ports {
            transactor: Arc::clone(&transactor) as _,
            notifications: Arc::new(self.notifications),
            suppressions: Arc::new(self.suppressions),
            audit: Arc::clone(&told) as _,
            key_ring: ring("k1"),
            brand: Arc::new(samples::brand()),
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
        };
        Kept { ports, told, transactor }
    }
}

impl Kept {
    /// The entries so far.
    pub(crate) fn entries(&self) -> Vec<AuditEntry> {
        let entries = self.told.entries.lock().expect("not poisoned");
        entries.iter().map(|(_, entry)| entry.clone()).collect()
    }

    /// Sees that its one transaction was undone and told nothing.
    #[track_caller]
    pub(crate) fn assert_undone(&self) {
        assert_eq!(self.transactor.log(), ["BEGIN", "ROLLBACK"]);
        assert!(self.entries().is_empty());
    }
}

/// A ring with one key of this name, the same each time.
pub(crate) fn ring(id: &str) -> KeyRing {
    let text = format!("{id}:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    KeyRing::parse(&text, SeededEntropy::new(1)).expect("a ring")
}

/// What a store says when it cannot.
pub(crate) fn broken() -> StoreError {
    StoreError::corrupt("test", "broken")
}

pub(crate) fn context() -> RequestContext {
    RequestContext {
        actor: Actor::Admin { id: AdminId(Uuid::from_u128(1)), role: AdminRole::Admin },
        ..RequestContext::system("test", "r1")
    }
}

/// What the clocks show.
pub(crate) fn now() -> DateTime<Utc> {
    FixedClock::default().now()
}

pub(crate) fn address(text: &str) -> EmailAddress {
    text.parse().expect("an address")
}

pub(crate) fn tenant() -> TenantId {
    TenantId(Uuid::from_u128(7))
}

pub(crate) fn id(number: u128) -> NotificationId {
    NotificationId(Uuid::from_u128(number))
}

/// A message of a workshop to `p<number>@example.com` that was just claimed for the first time, with its secret if it has one.
pub(crate) fn claimed(number: u128, template: Template) -> Queued {
    let notification = Notification {
        id: id(number),
        event_id: None,
        tenant_id: Some(tenant()),
        recipient: address(&format!("p{number}@example.com")),
        template,
        subject: "Something".to_owned(),
        variables: samples::variables(template).to_value().expect("an object"),
        status: NotificationStatus::Pending,
        attempts: 1,
        next_attempt_at: Some(now()),
        provider: None,
        provider_message_id: None,
        error_message: None,
        created_at: now(),
        updated_at: now(),
        sent_at: None,
        version: 2,
    };
    let secret = template.secret_variable().map(|_| seal("k1", &Owner::new(id(number), Some(tenant()))));
    Queued { notification, secret, once: None, first_attempt_at: Some(now()) }
}

/// The secret, sealed for this row.
pub(crate) fn seal(key: &str, owner: &Owner) -> Sealed {
    secret::seal(&ring(key), owner, &SECRET.into()).expect("sealed")
}

/// An entry of the suppression list.
pub(crate) fn suppressed(email: &str, reason: SuppressionReason) -> Suppression {
    Suppression {
        id: Uuid::from_u128(9),
        email: address(email),
        reason,
        notification_id: None,
        created_at: now() - chrono::TimeDelta::days(1),
    }
}
