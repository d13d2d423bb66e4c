//! Mocked ports for the unit tests of the services.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    AdminId, AdminRole, AuditEntry, AuditTrail, Caller, Clock, EmailAddress, RequestContext, StoreError, Subject,
    TenantId, Tx,
    sealed::{KeyRing, Sealed},
};
use test_support::{FixedClock, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::Dependencies;
use crate::{
    domain::{
        Notification, NotificationId, NotificationStatus, Suppression, SuppressionReason, Template, samples,
        secret::{self, Owner},
    },
    repository::{MockNotificationRepository, MockSuppressionRepository, Queued},
};

/// The secret of every message whose template has one.
pub(crate) const SECRET: &str = "correct horse battery";

/// A trail that records what was written and for whom, and fails when it should.
#[derive(Default)]
pub(crate) struct RecordedTrail {
    pub(crate) entries: Mutex<Vec<(Subject, AuditEntry)>>,
    fails: bool,
}

#[async_trait]
impl AuditTrail for RecordedTrail {
    async fn record_in(&self, _: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        if self.fails {
            return Err(broken());
        }
        self.entries.lock().expect("not poisoned").push((context.caller.subject, entry));
        Ok(())
    }
}

/// The mocks, to be told what to expect before [`Mocks::deps`].
#[derive(Default)]
pub(crate) struct Mocks {
    pub(crate) notifications: MockNotificationRepository,
    pub(crate) suppressions: MockSuppressionRepository,
    pub(crate) audit_fails: bool,
}

/// The dependencies, and what they record.
pub(crate) struct Fixture {
    pub(crate) deps: Dependencies,
    pub(crate) recorded: Arc<RecordedTrail>,
    pub(crate) transactor: Arc<RecordingTransactor>,
}

impl Mocks {
    pub(crate) fn deps(self) -> Fixture {
        let recorded = Arc::new(RecordedTrail { fails: self.audit_fails, ..RecordedTrail::default() });
        let transactor = Arc::new(RecordingTransactor::new());
        let deps = Dependencies {
            transactor: Arc::clone(&transactor) as _,
            notifications: Arc::new(self.notifications),
            suppressions: Arc::new(self.suppressions),
            audit: Arc::clone(&recorded) as _,
            key_ring: ring("k1"),
            brand: Arc::new(samples::brand()),
            clock: Arc::new(FixedClock::default()),
            entropy: Arc::new(SeededEntropy::default()),
        };
        Fixture { deps, recorded, transactor }
    }
}

impl Fixture {
    /// The entries so far.
    pub(crate) fn entries(&self) -> Vec<AuditEntry> {
        let entries = self.recorded.entries.lock().expect("not poisoned");
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
        caller: Caller::new(Subject::Admin { id: AdminId(Uuid::from_u128(1)), role: AdminRole::Admin }),
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
