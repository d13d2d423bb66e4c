//! Workshops, their people and subscriptions.

use std::sync::Arc;

use actix_web::web;
use kernel::{jobs::Schedule, outbox::EventHandler};
use tenancy::{
    service::{People, Ports, Subscriptions, Tenants},
    store::{PersonStore, SubscriptionStore, TenantStore},
};

use super::{AuthServices, Core};
use crate::{
    adapters::access_control::SessionControl,
    config::Config,
    workflows::{AddPerson, OpenWorkshop},
};

/// The services of crates/tenancy, and the workflows around them.
#[derive(Clone)]
pub struct TenancyServices {
    /// Workshops.
    pub tenants: Arc<Tenants>,
    /// Their people.
    pub people: Arc<People>,
    /// Their subscriptions.
    pub subscriptions: Arc<Subscriptions>,
    /// Makes a workshop with its invited owner.
    pub open_workshop: Arc<OpenWorkshop>,
    /// Adds a person with their password or invitation.
    pub add_person: Arc<AddPerson>,
}

impl TenancyServices {
    pub(super) fn build(_: &Config, core: &Core, auth: &AuthServices) -> anyhow::Result<Self> {
        let access =
            SessionControl::new(Arc::clone(&auth.sessions), Arc::clone(&auth.revocations), Arc::clone(&auth.passwords));
        let ports = Ports {
            transactor: Arc::clone(&core.transactor),
            tenants: Arc::new(TenantStore::new(core.db.clone())),
            people: Arc::new(PersonStore::new(core.db.clone())),
            subscriptions: Arc::new(SubscriptionStore::new(core.db.clone())),
            access: Arc::new(access),
            audit: Arc::clone(&core.audit),
            outbox: Arc::clone(&core.outbox),
            clock: Arc::clone(&core.clock),
            entropy: Arc::clone(&core.entropy),
        };
        let tenants = Arc::new(Tenants::new(ports.clone()));
        let people = Arc::new(People::new(ports.clone()));
        let (invitations, clock) = (Arc::clone(&auth.invitations), Arc::clone(&core.clock));
        let open_workshop = OpenWorkshop { tenants: Arc::clone(&tenants), invitations, clock };
        let add_person = AddPerson {
            people: Arc::clone(&people),
            passwords: Arc::clone(&auth.passwords),
            invitations: Arc::clone(&auth.invitations),
            clock: Arc::clone(&core.clock),
        };
        Ok(Self {
            tenants,
            people,
            subscriptions: Arc::new(Subscriptions::new(ports)),
            open_workshop: Arc::new(open_workshop),
            add_person: Arc::new(add_person),
        })
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.tenants)))
            .app_data(web::Data::from(Arc::clone(&self.people)))
            .app_data(web::Data::from(Arc::clone(&self.subscriptions)))
            .app_data(web::Data::from(Arc::clone(&self.open_workshop)))
            .app_data(web::Data::from(Arc::clone(&self.add_person)));
    }

    pub(super) fn event_handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        Vec::new()
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        Vec::new()
    }
}
