use std::sync::Arc;

use kernel::outbox::Outbox;
use platform::{
    Runtime,
    queue::WorkItems,
    store::{SeaRateWindows, SeaWorkItems},
};

use crate::{
    AuthConfig, AuthError, SigningKeys,
    events::AuthEvent,
    repository::{AccountMail, InvitationAcceptance, NoAccountMail, NoTenants, TenantDirectory},
    service::{
        AccessTokens, AccountTools, AdminAccounts, Dependencies, Erasure, HasherConfig, Housekeeping, Invitations,
        PasswordHasher, PasswordResetLinks, Passwords, Profiles, Refresh, Revocations, Sessions, SignIn, SignOut,
        Throttle, Verifiers,
    },
    store::{
        AdminStore, AttemptStore, CredentialStore, ErasureStore, OneTimeTokenStore, RevocationStore, SessionStore,
    },
};

/// The services of this crate, over its own stores.
#[derive(Debug, Clone)]
pub struct Auth {
    /// The numbers.
    pub config: Arc<AuthConfig>,
    /// Signs and verifies access tokens.
    pub tokens: Arc<AccessTokens>,
    /// All kinds of credentials that are believed.
    pub verifiers: Verifiers,
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
    /// Kills access tokens; [`Revocations::load`] them before the first token is verified, and let [`Revocations::run`]
    /// follow them.
    pub revocations: Arc<Revocations>,
    /// Changes and resets passwords.
    pub passwords: Arc<Passwords>,
    /// Sends reset links; let [`PasswordResetLinks::run`] do so.
    pub reset_links: PasswordResetLinks,
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
    /// Deletes what no longer matters; run it hourly.
    pub housekeeping: Arc<Housekeeping>,
}

impl Auth {
    /// Begins with what the services run on, or with a database alone; `keys` sign the tokens. There is staff only
    /// ([`NoTenants`]), and nobody is written to ([`NoAccountMail`]).
    pub fn builder(runtime: impl Into<Runtime>, keys: SigningKeys, config: AuthConfig) -> AuthBuilder {
        let runtime = runtime.into();
        let items = SeaWorkItems::new(runtime.db.clone(), Arc::clone(&runtime.clock));
        AuthBuilder {
            outbox: Arc::new(runtime.outbox()),
            items: Arc::new(items),
            runtime,
            keys,
            config,
            hashing: HasherConfig::default(),
            directory: Arc::new(NoTenants),
            acceptance: Arc::new(NoTenants),
            mail: Arc::new(NoAccountMail),
        }
    }
}

/// Makes [`Auth`].
#[must_use]
pub struct AuthBuilder {
    runtime: Runtime,
    keys: SigningKeys,
    config: AuthConfig,
    hashing: HasherConfig,
    outbox: Arc<dyn Outbox<AuthEvent>>,
    items: Arc<dyn WorkItems>,
    directory: Arc<dyn TenantDirectory>,
    acceptance: Arc<dyn InvitationAcceptance>,
    mail: Arc<dyn AccountMail>,
}

impl std::fmt::Debug for AuthBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AuthBuilder").finish_non_exhaustive()
    }
}

impl AuthBuilder {
    /// How passwords are hashed.
    pub fn hashing(self, hashing: HasherConfig) -> Self {
        Self { hashing, ..self }
    }

    /// Takes events, in place of the platform's outbox.
    pub fn outbox(self, outbox: Arc<dyn Outbox<AuthEvent>>) -> Self {
        Self { outbox, ..self }
    }

    /// Where reset links that were asked for wait, in place of queues of its own in the same database.
    pub fn work_items(self, items: Arc<dyn WorkItems>) -> Self {
        Self { items, ..self }
    }

    /// Who knows workshops and their people.
    pub fn directory(self, directory: impl TenantDirectory + 'static) -> Self {
        Self { directory: Arc::new(directory), ..self }
    }

    /// Who must know that an invitation was accepted.
    pub fn acceptance(self, acceptance: impl InvitationAcceptance + 'static) -> Self {
        Self { acceptance: Arc::new(acceptance), ..self }
    }

    /// Who writes to people.
    pub fn mail(self, mail: Arc<dyn AccountMail>) -> Self {
        Self { mail, ..self }
    }

    /// The services.
    ///
    /// # Errors
    /// [`AuthError::Hashing`] when passwords cannot be hashed so.
    pub fn build(self) -> Result<Auth, AuthError> {
        let Runtime { db, transactor, audit, clock, entropy } = self.runtime;
        let (config, keys) = (self.config, Arc::new(self.keys));
        let hasher = PasswordHasher::new(self.hashing, Arc::clone(&entropy))?;
        let deps = Dependencies {
            admins: Arc::new(AdminStore::new(db.clone())),
            credentials: Arc::new(CredentialStore::new(db.clone())),
            directory: self.directory,
            sessions: Arc::new(SessionStore::new(db.clone())),
            attempts: Arc::new(AttemptStore::new()),
            revocations: Arc::new(RevocationStore::new(db.clone())),
            rates: Arc::new(SeaRateWindows::new(Arc::clone(&clock))),
            audit,
            outbox: self.outbox,
            transactor: Arc::clone(&transactor),
            clock: Arc::clone(&clock),
            entropy: Arc::clone(&entropy),
        };
        let revocations = Arc::new(Revocations::new(&deps, &config));
        let tokens = AccessTokens::new(config.clone(), Arc::clone(&keys), revocations.live(), clock, entropy);
        let (tokens, throttle) = (Arc::new(tokens), Arc::new(Throttle::new(&deps, Arc::clone(&keys), &config)));
        let sessions = Arc::new(Sessions::new(&deps, Arc::clone(&revocations)));
        let (signing, issuing, revoking) = (|| Arc::clone(&keys), || Arc::clone(&tokens), || Arc::clone(&revocations));
        let sign_in =
            SignIn::new(&deps, &config, signing(), issuing(), hasher.clone(), Arc::clone(&throttle), revoking());
        let refresh = Refresh::new(&deps, &config, signing(), issuing(), revoking());
        let sign_out = SignOut::new(&deps, signing(), revoking());
        let profiles = Profiles::new(&deps);
        let erasure = Erasure::new(Arc::clone(&deps.admins), Arc::new(ErasureStore));
        let tools = AccountTools {
            deps,
            tokens: Arc::new(OneTimeTokenStore::new(db)),
            acceptance: self.acceptance,
            mail: self.mail,
            items: self.items,
            hasher: hasher.clone(),
            sessions: Arc::clone(&sessions),
            revocations: revoking(),
            throttle: Arc::clone(&throttle),
        };
        let passwords = Arc::new(Passwords::new(tools.clone()));
        let housekeeping = Housekeeping {
            transactor,
            throttle: Arc::clone(&throttle),
            revocations: revoking(),
            sessions: Arc::clone(&sessions),
            passwords: Arc::clone(&passwords),
        };
        Ok(Auth {
            config: Arc::new(config),
            verifiers: Verifiers::new(vec![Arc::clone(&tokens) as _]),
            tokens,
            sign_in: Arc::new(sign_in),
            refresh: Arc::new(refresh),
            sign_out: Arc::new(sign_out),
            profiles: Arc::new(profiles),
            sessions,
            revocations,
            reset_links: PasswordResetLinks::new(Passwords::clone(&passwords)),
            passwords,
            invitations: Arc::new(Invitations::new(tools.clone())),
            throttle,
            admins: Arc::new(AdminAccounts::new(tools)),
            erasure,
            hasher,
            housekeeping: Arc::new(housekeeping),
        })
    }
}
