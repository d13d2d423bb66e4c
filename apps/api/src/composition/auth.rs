//! Sign-in, sessions, passwords, staff.

use std::sync::Arc;

use actix_web::web;
use auth::{
    AccessTokens, AccountTools, AdminAccounts, AdminStore, AttemptStore, AuthConfig, AuthPorts, CredentialStore,
    Erasure, ErasureStore, HasherConfig, Housekeeping, Invitations, OneTimeTokenStore, PasswordHasher,
    PasswordResetLinks, Passwords, Profiles, Refresh, RevocationStore, Revocations, SessionStore, Sessions, SignIn,
    SignOut, SigningKeys, Throttle,
};
use kernel::{
    jobs::{Cadence, Schedule},
    outbox::EventHandler,
};
use tenancy::{repository::MemberRepository, store::MemberStore};

use super::{Background, Core};
use crate::{
    adapters::{invitation_acceptance::MemberAcceptance, tenant_directory::MemberDirectory},
    config::Config,
};

/// The services of crates/auth.
#[derive(Clone)]
pub struct AuthServices {
    /// The numbers.
    pub config: Arc<AuthConfig>,
    /// Signs and verifies access tokens.
    pub tokens: Arc<AccessTokens>,
    /// Signs people in.
    pub sign_in: Arc<SignIn>,
    /// Exchanges refresh tokens.
    pub refresh: Arc<Refresh>,
    /// Signs people out.
    pub sign_out: Arc<SignOut>,
    /// Reads the account of whoever is signed in.
    pub profiles: Arc<Profiles>,
    /// Lists and ends sessions.
    pub sessions: Arc<Sessions>,
    /// Kills access tokens.
    pub revocations: Arc<Revocations>,
    /// Changes and resets passwords.
    pub passwords: Arc<Passwords>,
    /// Issues and accepts invitations.
    pub invitations: Arc<Invitations>,
    /// Counts tries to sign in, and what is written to addresses.
    pub throttle: Arc<Throttle>,
    /// Manages staff.
    pub admins: Arc<AdminAccounts>,
    /// Takes people out.
    pub erasure: Erasure,
    /// Hashes passwords.
    pub hasher: PasswordHasher,
    housekeeping: Arc<Housekeeping>,
}

impl AuthServices {
    pub(super) fn build(config: &Config, core: &Core) -> anyhow::Result<Self> {
        let numbers = AuthConfig::new(config.public_url.clone());
        let keys = Arc::new(SigningKeys::parse(&config.secrets.jwt, &config.secrets.refresh_token)?);
        let hashing = HasherConfig { concurrency: config.hash_concurrency, ..HasherConfig::default() };
        let hasher = PasswordHasher::new(hashing, Arc::clone(&core.entropy))?;
        let members: Arc<dyn MemberRepository> = Arc::new(MemberStore::new(core.db.clone()));
        let ports = ports(core, &members);

        let revocations = Arc::new(Revocations::new(&ports, &numbers));
        let (clock, entropy) = (Arc::clone(&core.clock), Arc::clone(&core.entropy));
        let tokens =
            Arc::new(AccessTokens::new(numbers.clone(), Arc::clone(&keys), revocations.live(), clock, entropy));
        let throttle = Arc::new(Throttle::new(&ports, Arc::clone(&keys), &numbers));
        let sessions = Arc::new(Sessions::new(&ports, Arc::clone(&revocations)));
        let (by, held) = (|| Arc::clone(&keys), || Arc::clone(&revocations));
        let counted = Arc::clone(&throttle);
        let sign_in = SignIn::new(&ports, &numbers, by(), Arc::clone(&tokens), hasher.clone(), counted, held());
        let refresh = Refresh::new(&ports, &numbers, by(), Arc::clone(&tokens), held());
        let sign_out = SignOut::new(&ports, by(), held());
        let profiles = Profiles::new(&ports);

        let acceptance = MemberAcceptance {
            members,
            audit: Arc::clone(&core.audit),
            outbox: Arc::clone(&core.outbox),
            clock: Arc::clone(&core.clock),
        };
        let tools = AccountTools {
            ports,
            tokens: Arc::new(OneTimeTokenStore::new(core.db.clone())),
            acceptance: Arc::new(acceptance),
            key_ring: core.key_ring.clone(),
            hasher: hasher.clone(),
            sessions: Arc::clone(&sessions),
            revocations: held(),
            throttle: Arc::clone(&throttle),
        };
        let passwords = Arc::new(Passwords::new(tools.clone()));
        let housekeeping = Housekeeping {
            transactor: Arc::clone(&core.transactor),
            throttle: Arc::clone(&throttle),
            revocations: held(),
            sessions: Arc::clone(&sessions),
            passwords: Arc::clone(&passwords),
        };
        Ok(Self {
            config: Arc::new(numbers),
            tokens,
            sign_in: Arc::new(sign_in),
            refresh: Arc::new(refresh),
            sign_out: Arc::new(sign_out),
            profiles: Arc::new(profiles),
            sessions,
            throttle,
            revocations,
            passwords,
            invitations: Arc::new(Invitations::new(tools.clone())),
            admins: Arc::new(AdminAccounts::new(tools)),
            erasure: Erasure::new(Arc::new(AdminStore::new(core.db.clone())), Arc::new(ErasureStore)),
            hasher,
            housekeeping: Arc::new(housekeeping),
        })
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.config)))
            .app_data(web::Data::from(Arc::clone(&self.tokens)))
            .app_data(web::Data::from(Arc::clone(&self.sign_in)))
            .app_data(web::Data::from(Arc::clone(&self.refresh)))
            .app_data(web::Data::from(Arc::clone(&self.sign_out)))
            .app_data(web::Data::from(Arc::clone(&self.profiles)))
            .app_data(web::Data::from(Arc::clone(&self.sessions)))
            .app_data(web::Data::from(Arc::clone(&self.passwords)))
            .app_data(web::Data::from(Arc::clone(&self.invitations)))
            .app_data(web::Data::from(Arc::clone(&self.admins)));
    }

    /// Reads the revocations before the first request is served, and follows them from then on.
    pub(super) async fn start(&self, background: &mut Background) -> anyhow::Result<()> {
        self.revocations.load().await?;
        let (revocations, stop) = (Arc::clone(&self.revocations), background.stop());
        background.spawn(async move { revocations.run(stop).await });
        Ok(())
    }

    pub(super) fn event_handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        vec![Arc::new(PasswordResetLinks::new(Passwords::clone(&self.passwords)))]
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        vec![Schedule { cadence: Cadence::hourly(), job: Arc::clone(&self.housekeeping) as _ }]
    }
}

fn ports(core: &Core, members: &Arc<dyn MemberRepository>) -> AuthPorts {
    AuthPorts {
        admins: Arc::new(AdminStore::new(core.db.clone())),
        credentials: Arc::new(CredentialStore::new(core.db.clone())),
        directory: Arc::new(MemberDirectory::new(Arc::clone(members))),
        sessions: Arc::new(SessionStore::new(core.db.clone())),
        attempts: Arc::new(AttemptStore::new()),
        revocations: Arc::new(RevocationStore::new(core.db.clone())),
        rates: Arc::clone(&core.rates),
        audit: Arc::clone(&core.audit),
        outbox: Arc::clone(&core.outbox),
        transactor: Arc::clone(&core.transactor),
        clock: Arc::clone(&core.clock),
        entropy: Arc::clone(&core.entropy),
    }
}
