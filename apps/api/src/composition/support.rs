//! The support desk.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use auth::AdminStore;
use kernel::jobs::{Cadence, Schedule};
use support::{
    service::{Erasure, Ports, SlaWatch, StaffTickets, WorkshopTickets},
    store::{ErasureStore, HistoryStore, MessageStore, TicketStore},
};
use tenancy::store::{MemberStore, TenantStore};

use super::Core;
use crate::adapters::support_desk::{Assignees, Workshops};

/// The services of crates/support.
#[derive(Clone)]
pub struct SupportServices {
    /// The door for staff.
    pub staff: Arc<StaffTickets>,
    /// The door for workshops.
    pub workshops: Arc<WorkshopTickets>,
    /// Takes people out.
    pub erasure: Erasure,
    watch: Arc<SlaWatch>,
}

impl SupportServices {
    pub(super) fn build(core: &Core) -> Self {
        let admins = Arc::new(AdminStore::new(core.db.clone()));
        let customers = Workshops {
            tenants: Arc::new(TenantStore::new(core.db.clone())),
            members: Arc::new(MemberStore::new(core.db.clone())),
        };
        let ports = Ports {
            transactor: Arc::clone(&core.transactor),
            tickets: Arc::new(TicketStore::new(core.db.clone())),
            messages: Arc::new(MessageStore::new(core.db.clone())),
            history: Arc::new(HistoryStore),
            staff: Arc::new(Assignees { admins: Arc::clone(&admins) as _, names: admins }),
            customers: Arc::new(customers),
            audit: Arc::clone(&core.audit),
            outbox: Arc::clone(&core.outbox),
            clock: Arc::clone(&core.clock),
            entropy: Arc::clone(&core.entropy),
        };
        Self {
            staff: Arc::new(StaffTickets::new(ports.clone())),
            workshops: Arc::new(WorkshopTickets::new(ports.clone())),
            erasure: Erasure::new(Arc::new(ErasureStore::new(core.db.clone()))),
            watch: Arc::new(SlaWatch::new(ports)),
        }
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.staff)))
            .app_data(web::Data::from(Arc::clone(&self.workshops)));
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        vec![Schedule { cadence: Cadence::every(Duration::from_secs(60)), job: Arc::clone(&self.watch) as _ }]
    }
}
