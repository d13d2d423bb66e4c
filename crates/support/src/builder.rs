use std::sync::Arc;

use kernel::outbox::Outbox;
use platform::Runtime;

use crate::{
    Directory,
    events::SupportEvent,
    repository::{Customers, Staff},
    service::{Dependencies, Erasure, SlaWatch, StaffTickets, WorkshopTickets},
    store::{ErasureStore, HistoryStore, MessageStore, TicketStore},
};

/// The services of this crate, over its own stores.
#[derive(Debug, Clone)]
pub struct Support {
    /// For staff.
    pub staff: StaffTickets,
    /// For workshops' people.
    pub workshops: WorkshopTickets,
    /// Takes people out.
    pub erasure: Erasure,
    /// Notes what was missed; run it every minute.
    pub sla_watch: SlaWatch,
}

impl Support {
    /// Begins with what the services run on, or with a database alone, and an empty [`Directory`].
    pub fn builder(runtime: impl Into<Runtime>) -> SupportBuilder {
        let (runtime, nobody) = (runtime.into(), Arc::new(Directory::new()));
        let outbox = Arc::new(runtime.outbox());
        SupportBuilder { runtime, outbox, staff: Arc::clone(&nobody) as _, customers: nobody }
    }
}

/// Makes [`Support`].
#[derive(Clone)]
#[must_use]
pub struct SupportBuilder {
    runtime: Runtime,
    outbox: Arc<dyn Outbox<SupportEvent>>,
    staff: Arc<dyn Staff>,
    customers: Arc<dyn Customers>,
}

impl std::fmt::Debug for SupportBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SupportBuilder").finish_non_exhaustive()
    }
}

impl SupportBuilder {
    /// Takes events, in place of the platform's outbox.
    pub fn outbox(self, outbox: Arc<dyn Outbox<SupportEvent>>) -> Self {
        Self { outbox, ..self }
    }

    /// Who works on tickets, and whose they are.
    pub fn directory(self, directory: Directory) -> Self {
        let directory = Arc::new(directory);
        Self { staff: Arc::clone(&directory) as _, customers: directory, ..self }
    }

    /// Who works on tickets.
    pub fn staff(self, staff: impl Staff + 'static) -> Self {
        Self { staff: Arc::new(staff), ..self }
    }

    /// Whose tickets are.
    pub fn customers(self, customers: impl Customers + 'static) -> Self {
        Self { customers: Arc::new(customers), ..self }
    }

    /// The services.
    #[must_use]
    pub fn build(self) -> Support {
        let Runtime { db, transactor, audit, clock, entropy } = self.runtime;
        let deps = Dependencies {
            transactor,
            tickets: Arc::new(TicketStore::new(db.clone())),
            messages: Arc::new(MessageStore::new(db.clone())),
            history: Arc::new(HistoryStore),
            staff: self.staff,
            customers: self.customers,
            audit,
            outbox: self.outbox,
            clock,
            entropy,
        };
        Support {
            staff: StaffTickets::new(deps.clone()),
            workshops: WorkshopTickets::new(deps.clone()),
            erasure: Erasure::new(Arc::new(ErasureStore::new(db))),
            sla_watch: SlaWatch::new(deps),
        }
    }
}
