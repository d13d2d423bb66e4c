use std::sync::Arc;

use kernel::outbox::Outbox;
use platform::Runtime;

use crate::{
    events::TenancyEvent,
    repository::{AccessControl, NoSeatWatch, NoSessions, SeatWatch},
    service::{Dependencies, People, Subscriptions, Tenants, TrialExpiry, TrialWarnings},
    store::{PersonStore, SubscriptionStore, TenantStore, TrialStore},
};

/// The services of this crate, over its own stores.
#[derive(Debug, Clone)]
pub struct Tenancy {
    /// Workshops.
    pub tenants: Tenants,
    /// Their people.
    pub people: People,
    /// What was agreed with them.
    pub subscriptions: Subscriptions,
    /// Warns of a trial's end; run it several times a day.
    pub trial_warnings: TrialWarnings,
    /// Ends trials; run it every few minutes.
    pub trial_expiry: TrialExpiry,
}

impl Tenancy {
    /// Begins with what the services run on, or with a database alone; with [`NoSessions`] to end and [`NoSeatWatch`].
    pub fn builder(runtime: impl Into<Runtime>) -> TenancyBuilder {
        let runtime = runtime.into();
        let outbox = Arc::new(runtime.outbox());
        TenancyBuilder { runtime, outbox, access: Arc::new(NoSessions), seats: Arc::new(NoSeatWatch) }
    }
}

/// Makes [`Tenancy`].
#[derive(Clone)]
#[must_use]
pub struct TenancyBuilder {
    runtime: Runtime,
    outbox: Arc<dyn Outbox<TenancyEvent>>,
    access: Arc<dyn AccessControl>,
    seats: Arc<dyn SeatWatch>,
}

impl std::fmt::Debug for TenancyBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TenancyBuilder").finish_non_exhaustive()
    }
}

impl TenancyBuilder {
    /// Takes events, in place of the platform's outbox.
    pub fn outbox(self, outbox: Arc<dyn Outbox<TenancyEvent>>) -> Self {
        Self { outbox, ..self }
    }

    /// Who takes access back from people.
    pub fn access(self, access: impl AccessControl + 'static) -> Self {
        Self { access: Arc::new(access), ..self }
    }

    /// Who tells when seats run out.
    pub fn seats(self, seats: impl SeatWatch + 'static) -> Self {
        Self { seats: Arc::new(seats), ..self }
    }

    /// The services.
    #[must_use]
    pub fn build(self) -> Tenancy {
        let Runtime { db, transactor, audit, clock, entropy } = self.runtime;
        let deps = Dependencies {
            transactor,
            tenants: Arc::new(TenantStore::new(db.clone())),
            people: Arc::new(PersonStore::new(db.clone())),
            subscriptions: Arc::new(SubscriptionStore::new(db.clone())),
            access: self.access,
            seats: self.seats,
            audit,
            outbox: self.outbox,
            clock,
            entropy,
        };
        let trials = Arc::new(TrialStore::new(db));
        Tenancy {
            tenants: Tenants::new(deps.clone()),
            people: People::new(deps.clone()),
            subscriptions: Subscriptions::new(deps.clone()),
            trial_warnings: TrialWarnings::new(deps.clone(), Arc::clone(&trials) as _),
            trial_expiry: TrialExpiry::new(deps, trials),
        }
    }
}
