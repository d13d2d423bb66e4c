//! Mocked ports for the unit tests of the services.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use kernel::{
    AdminRole, AuditEntry, AuditTrail, Clock, EventId, RequestContext, StoreError, Subject, Tx,
    outbox::MockOutbox,
    rate::{Counted, MockRateWindows},
};
use secrecy::SecretString;
use test_support::{FixedClock, PushedItems, RecordingTransactor, SeededEntropy};
use uuid::Uuid;

use super::{AccessTokens, Dependencies, HasherConfig, PasswordHasher, Revocations, account_test_tools::Mailed};
use crate::{
    AdminAccount, AuthConfig, MockAdminRepository, MockAttemptRepository, MockCredentialRepository,
    MockRevocationRepository, MockSessionRepository, MockTenantDirectory, PasswordHash, SigningKeys, events::AuthEvent,
    repository::Tally,
};

/// An audit trail that remembers who did what.
#[derive(Default)]
pub(crate) struct Trail(Mutex<Vec<(Subject, AuditEntry)>>);

impl Trail {
    pub(crate) fn actions(&self) -> Vec<(&'static str, u16)> {
        self.0.lock().expect("not poisoned").iter().map(|(_, entry)| (entry.action, entry.status_code)).collect()
    }

    pub(crate) fn subjects(&self) -> Vec<Subject> {
        self.0.lock().expect("not poisoned").iter().map(|(subject, _)| *subject).collect()
    }
}

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, _: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        self.0.lock().expect("not poisoned").push((context.caller.subject, entry));
        Ok(())
    }
}

/// The mocks, to be told what to expect before [`Mocks::deps`].
pub(crate) struct Mocks {
    pub(crate) admins: MockAdminRepository,
    pub(crate) credentials: MockCredentialRepository,
    pub(crate) directory: MockTenantDirectory,
    pub(crate) sessions: MockSessionRepository,
    pub(crate) attempts: MockAttemptRepository,
    pub(crate) revocations: MockRevocationRepository,
    pub(crate) rates: MockRateWindows,
    pub(crate) outbox: MockOutbox<AuthEvent>,
}

/// The dependencies, and what they record.
pub(crate) struct Fixture {
    pub(crate) deps: Dependencies,
    pub(crate) trail: Arc<Trail>,
    pub(crate) transactor: Arc<RecordingTransactor>,
    pub(crate) clock: Arc<FixedClock>,
    pub(crate) config: AuthConfig,
    pub(crate) keys: Arc<SigningKeys>,
    pub(crate) mailed: Arc<Mailed>,
    pub(crate) pushed: Arc<PushedItems>,
}

impl Mocks {
    pub(crate) fn new() -> Self {
        Self {
            admins: MockAdminRepository::new(),
            credentials: MockCredentialRepository::new(),
            directory: MockTenantDirectory::new(),
            sessions: MockSessionRepository::new(),
            attempts: MockAttemptRepository::new(),
            revocations: MockRevocationRepository::new(),
            rates: MockRateWindows::new(),
            outbox: MockOutbox::new(),
        }
    }

    /// Lets every try pass, uncounted.
    pub(crate) fn without_throttle(mut self) -> Self {
        self.attempts.expect_count_try_in().returning(|_, _, _| Ok(Tally { tries: 1, locked_until: None }));
        self.attempts.expect_clear_in().returning(|_, _| Ok(()));
        self.attempts.expect_uncount_try_in().returning(|_, _| Ok(()));
        self
    }

    /// Whatever is counted is the first of its window.
    pub(crate) fn with_rates(mut self) -> Self {
        let ends_at = FixedClock::default().now() + chrono::TimeDelta::hours(1);
        self.rates.expect_take_ended_in().returning(|_, _| Ok(None));
        self.rates.expect_count_in().returning(move |_, _, _| Ok(Counted { count: 1, ends_at }));
        self.rates.expect_note_in().returning(|_, _, _| Ok(()));
        self
    }

    /// Nobody has too many sessions.
    pub(crate) fn with_room(mut self) -> Self {
        self.sessions.expect_end_oldest_in().returning(|_, _, _, _| Ok(Vec::new()));
        self
    }

    /// Takes any event.
    pub(crate) fn with_outbox(mut self) -> Self {
        self.outbox.expect_publish_in().returning(|_, _| Ok(EventId(Uuid::nil())));
        self
    }

    pub(crate) fn deps(self) -> Fixture {
        let trail = Arc::new(Trail::default());
        let transactor = Arc::new(RecordingTransactor::new());
        let clock = Arc::new(FixedClock::default());
        let deps = Dependencies {
            admins: Arc::new(self.admins),
            credentials: Arc::new(self.credentials),
            directory: Arc::new(self.directory),
            sessions: Arc::new(self.sessions),
            attempts: Arc::new(self.attempts),
            revocations: Arc::new(self.revocations),
            rates: Arc::new(self.rates),
            audit: Arc::clone(&trail) as Arc<dyn AuditTrail>,
            outbox: Arc::new(self.outbox),
            transactor: Arc::clone(&transactor) as _,
            clock: Arc::clone(&clock) as _,
            entropy: Arc::new(SeededEntropy::default()),
        };
        let config = AuthConfig { refusal_floor: std::time::Duration::ZERO, ..AuthConfig::new("https://api.test") };
        Fixture {
            deps,
            trail,
            transactor,
            clock,
            config,
            keys: Arc::new(keys()),
            mailed: Arc::default(),
            pushed: Arc::default(),
        }
    }
}

impl Fixture {
    /// Revocations as of now, none, with the tokens held against them.
    pub(crate) fn tokens(&self) -> (Arc<Revocations>, Arc<AccessTokens>) {
        let revocations = Arc::new(Revocations::new(&self.deps, &self.config));
        revocations.live().absorb(&[], tokio::time::Instant::now());
        let tokens = AccessTokens::new(
            self.config.clone(),
            Arc::clone(&self.keys),
            revocations.live(),
            Arc::clone(&self.deps.clock),
            Arc::clone(&self.deps.entropy),
        );
        (revocations, Arc::new(tokens))
    }
}

pub(crate) fn keys() -> SigningKeys {
    let access = SecretString::from("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    let refresh = SecretString::from("ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=");
    SigningKeys::parse(&access, &refresh).expect("keys")
}

/// A pool whose hashes cost next to nothing.
pub(crate) fn hasher() -> PasswordHasher {
    let config = HasherConfig { memory_kib: 64, iterations: 1, ..HasherConfig::default() };
    PasswordHasher::new(config, Arc::new(SeededEntropy::default())).expect("parameters")
}

pub(crate) fn context() -> RequestContext {
    RequestContext {
        caller: kernel::Caller::anonymous(kernel::Audience::Admin),
        ip: Some([203, 0, 113, 7].into()),
        user_agent: Some("test".to_owned()),
        request_id: "r1".to_owned(),
    }
}

pub(crate) fn an_admin(hash: PasswordHash) -> AdminAccount {
    let at = FixedClock::default().now();
    AdminAccount {
        id: Uuid::from_u128(1).into(),
        first_name: "Ada".to_owned(),
        last_name: "Lane".to_owned(),
        email: "ada@nextcrm.test".parse().expect("an address"),
        password_hash: hash,
        password_set_at: at,
        must_change_password: false,
        role: AdminRole::Support,
        department: None,
        phone: None,
        avatar: None,
        is_active: true,
        mfa_enabled: false,
        last_login_at: None,
        last_activity_at: None,
        generation: 1,
        version: 1,
        created_at: at,
        updated_at: at,
    }
}
