//! The services of signing in over a real database; audit trail, outbox and directory are stand-ins.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use auth::{
    AccessTokens, AdminAccount, AdminRepository, AdminStore, AttemptStore, AuthConfig, AuthError, AuthPorts,
    CredentialStore, DirectoryPerson, HasherConfig, PasswordHash, PasswordHasher, Refresh, RevocationStore,
    Revocations, SessionStore, Sessions, SignIn, SignOut, SignedIn, SigningKeys, TenantDirectory, TenantRef, Throttle,
};
use chrono::{DateTime, Utc};
use kernel::{
    Actor, AdminRole, AuditEntry, AuditTrail, Clock, Database, EmailAddress, Entropy, EventId, OsEntropy,
    PrincipalKind, RequestContext, StoreError, TenantId, TenantUserId, Transactor, Tx, outbox::MockOutbox,
};
use secrecy::{ExposeSecret, SecretString};
use test_support::FixedClock;

pub const PASSWORD: &str = "Corr3ct-horse!";
pub const EMAIL: &str = "ada@nextcrm.test";

/// Remembers what was audited (also of transactions that did not commit).
#[derive(Default)]
pub struct Trail(Mutex<Vec<&'static str>>);

impl Trail {
    pub fn count(&self, action: &str) -> usize {
        self.0.lock().expect("not poisoned").iter().filter(|known| **known == action).count()
    }
}

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, _: &mut Tx, _: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        self.0.lock().expect("not poisoned").push(entry.action);
        Ok(())
    }
}

/// There are no workshops.
struct NoWorkshops;

#[async_trait]
impl TenantDirectory for NoWorkshops {
    async fn find_tenant_id(&self, _: &TenantRef) -> Result<Option<TenantId>, StoreError> {
        Ok(None)
    }

    async fn find_person_by_email(&self, _: TenantId, _: &EmailAddress) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(None)
    }

    async fn find_person(&self, _: TenantId, _: TenantUserId) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(None)
    }

    async fn find_person_for_share(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
    ) -> Result<Option<DirectoryPerson>, StoreError> {
        Ok(None)
    }

    async fn record_sign_in_in(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(())
    }

    async fn bump_generation_in(&self, _: &mut Tx, _: TenantId, _: TenantUserId) -> Result<Option<i64>, StoreError> {
        Ok(None)
    }

    async fn record_activity_in(
        &self,
        _: &mut Tx,
        _: TenantId,
        _: TenantUserId,
        _: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        Ok(())
    }
}

/// One node: its own services and memory over a shared database.
pub struct Node {
    pub ports: AuthPorts,
    pub trail: Arc<Trail>,
    pub tokens: Arc<AccessTokens>,
    pub revocations: Arc<Revocations>,
    pub throttle: Arc<Throttle>,
    pub sign_in: SignIn,
    pub refresh: Refresh,
    pub sign_out: SignOut,
    pub sessions: Sessions,
}

/// Numbers without waiting.
pub fn config() -> AuthConfig {
    let mut config = AuthConfig::new("https://api.test");
    config.refusal_floor = Duration::ZERO;
    config.throttle.first_delay = Duration::ZERO;
    config.throttle.account_delay = Duration::ZERO;
    config
}

impl Node {
    pub async fn start(db: &Database, clock: &Arc<FixedClock>) -> Self {
        let mut outbox = MockOutbox::new();
        outbox.expect_publish_in().returning(|_, _| Ok(EventId(uuid::Uuid::nil())));
        let trail = Arc::new(Trail::default());
        let ports = AuthPorts {
            admins: Arc::new(AdminStore::new(db.clone())),
            credentials: Arc::new(CredentialStore::new(db.clone())),
            directory: Arc::new(NoWorkshops),
            sessions: Arc::new(SessionStore::new(db.clone())),
            attempts: Arc::new(AttemptStore::new()),
            revocations: Arc::new(RevocationStore::new(db.clone())),
            rates: Arc::new(kernel::store::SeaRateWindows::new(Arc::clone(clock) as _)),
            audit: Arc::clone(&trail) as _,
            outbox: Arc::new(outbox),
            transactor: Arc::new(db.clone()),
            clock: Arc::clone(clock) as _,
            entropy: Arc::new(OsEntropy),
        };
        let config = config();
        let jwt = SecretString::from("MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
        let refresh = SecretString::from("ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=");
        let keys = Arc::new(SigningKeys::parse(&jwt, &refresh).expect("keys"));
        let revocations = Arc::new(Revocations::new(&ports, &config));
        revocations.load().await.expect("loads");
        let tokens = Arc::new(AccessTokens::new(
            config.clone(),
            Arc::clone(&keys),
            revocations.live(),
            Arc::clone(&ports.clock),
            Arc::clone(&ports.entropy),
        ));
        let throttle = Arc::new(Throttle::new(&ports, Arc::clone(&keys), &config));
        let (by, to, held) = (|| Arc::clone(&keys), || Arc::clone(&tokens), || Arc::clone(&revocations));
        Self {
            sign_in: SignIn::new(&ports, &config, by(), to(), hasher(), Arc::clone(&throttle), held()),
            refresh: Refresh::new(&ports, &config, by(), to(), Arc::clone(&revocations)),
            sign_out: SignOut::new(&ports, by(), Arc::clone(&revocations)),
            sessions: Sessions::new(&ports, Arc::clone(&revocations)),
            ports,
            trail,
            tokens,
            revocations,
            throttle,
        }
    }

    pub async fn sign_in(&self, password: &str, ip: [u8; 4]) -> Result<SignedIn<AdminAccount>, AuthError> {
        let context = RequestContext { ip: Some(ip.into()), ..context() };
        self.sign_in.admin(&context, &EMAIL.parse().expect("an address"), &password.into()).await
    }

    /// Refreshes, and answers the successor.
    pub async fn refresh(&self, token: &str) -> Result<String, AuthError> {
        let pair = self.refresh.refresh(&context(), PrincipalKind::Admin, token).await?;
        Ok(pair.refresh_token.expose_secret().to_owned())
    }
}

pub fn context() -> RequestContext {
    RequestContext {
        actor: Actor::Anonymous(PrincipalKind::Admin),
        ip: Some([203, 0, 113, 7].into()),
        user_agent: Some("test".to_owned()),
        request_id: "r1".to_owned(),
    }
}

pub fn hasher() -> PasswordHasher {
    let config = HasherConfig { memory_kib: 64, iterations: 1, max_waiting: 1000, ..HasherConfig::default() };
    PasswordHasher::new(config, Arc::new(OsEntropy)).expect("parameters")
}

/// Adds Ada, who signs in with [`EMAIL`] and [`PASSWORD`].
pub async fn add_ada(db: &Database, clock: &FixedClock) -> AdminAccount {
    let hash = hasher().hash(&PASSWORD.into()).await.expect("hashes");
    add_ada_with(db, clock, hash).await
}

pub async fn add_ada_with(db: &Database, clock: &FixedClock, password_hash: PasswordHash) -> AdminAccount {
    let at = clock.now();
    let ada = AdminAccount {
        id: OsEntropy.uuid_v7(at).into(),
        first_name: "Ada".to_owned(),
        last_name: "Lane".to_owned(),
        email: EMAIL.parse().expect("an address"),
        password_hash,
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
    };
    let mut tx = db.begin().await.expect("begins");
    AdminStore::new(db.clone()).insert_admin_in(&mut tx, &ada).await.expect("inserts");
    tx.commit().await.expect("commits");
    ada
}
