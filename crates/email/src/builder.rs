use std::sync::Arc;

use kernel::sealed::KeyRing;
use platform::Runtime;

use crate::{
    domain::Brand,
    mailer::Mailer,
    service::{
        Dependencies, Dispatcher, DispatcherOptions, Erasure, Feedback, Housekeeping, Notifications, Suppressions,
        Templates,
    },
    store::EmailStore,
};

/// The services of this crate, over its own store.
#[derive(Debug, Clone)]
pub struct Email {
    /// What was, is and will be sent.
    pub notifications: Notifications,
    /// Addresses that nothing is sent to.
    pub suppressions: Suppressions,
    /// Previews.
    pub templates: Templates,
    /// Takes a provider's delivery events.
    pub feedback: Feedback,
    /// Takes people out.
    pub erasure: Erasure,
    /// Hands messages over; let [`Dispatcher::run`] do so.
    pub dispatcher: Dispatcher,
    /// Erases old secrets and messages; run it hourly.
    pub housekeeping: Housekeeping,
}

impl Email {
    /// Begins with what the services run on, or with a database alone; `ring` seals the secrets in messages, `brand` says
    /// whose they are, and `mailer` carries them.
    pub fn builder(runtime: impl Into<Runtime>, ring: KeyRing, brand: Brand, mailer: Arc<dyn Mailer>) -> EmailBuilder {
        EmailBuilder { runtime: runtime.into(), ring, brand, mailer, dispatching: DispatcherOptions::default() }
    }
}

/// Makes [`Email`].
#[derive(Clone)]
#[must_use]
pub struct EmailBuilder {
    runtime: Runtime,
    ring: KeyRing,
    brand: Brand,
    mailer: Arc<dyn Mailer>,
    dispatching: DispatcherOptions,
}

impl std::fmt::Debug for EmailBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmailBuilder").finish_non_exhaustive()
    }
}

impl EmailBuilder {
    /// How messages are handed over.
    pub fn dispatching(self, dispatching: DispatcherOptions) -> Self {
        Self { dispatching, ..self }
    }

    /// The services.
    #[must_use]
    pub fn build(self) -> Email {
        let Runtime { db, transactor, audit, clock, entropy } = self.runtime;
        let (store, brand) = (Arc::new(EmailStore::new(db, Arc::clone(&clock))), Arc::new(self.brand));
        let deps = Dependencies {
            transactor,
            notifications: store.clone(),
            suppressions: store.clone(),
            audit,
            key_ring: self.ring,
            brand: Arc::clone(&brand),
            clock: Arc::clone(&clock),
            entropy,
        };
        Email {
            notifications: Notifications::new(deps.clone()),
            suppressions: Suppressions::new(deps.clone()),
            templates: Templates::new(brand),
            dispatcher: Dispatcher::new(store.clone(), self.mailer, &deps, self.dispatching),
            feedback: Feedback::new(deps),
            erasure: Erasure::new(store.clone()),
            housekeeping: Housekeeping::new(store, clock),
        }
    }
}
