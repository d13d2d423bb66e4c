//! Workshops, their people and subscriptions.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use kernel::{
    jobs::{Cadence, Schedule},
    outbox::EventHandler,
};
use tenancy::{
    domain::{RawRetention, WebhookSchemes},
    service::{
        ApiCalls, ApiCallsHousekeeping, ApiCallsMetering, Integrations, People, Ports, Quotas, Subscriptions, Tenants,
        TrialExpiry, TrialWarnings, Usage, UsageHousekeeping,
    },
    store::{ApiCallStore, IntegrationStore, PersonStore, SubscriptionStore, TenantStore, TrialStore, UsageStore},
};

use super::{AuthServices, Background, Core};
use crate::{
    adapters::access_control::SessionControl,
    config::Config,
    workflows::{AddPerson, InviteAgain, OpenWorkshop},
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
    /// Sends an invitation again.
    pub invite_again: Arc<InviteAgain>,
    /// Warns owners of their trial's end.
    pub trial_warnings: Arc<TrialWarnings>,
    /// Ends trials.
    pub trial_expiry: Arc<TrialExpiry>,
    /// Connections to other services.
    pub integrations: Arc<Integrations>,
    /// What is used of plans.
    pub quotas: Arc<Quotas>,
    /// What is used, point by point.
    pub usage: Arc<Usage>,
    /// Counts requests.
    pub api_calls: Arc<ApiCalls>,
}

impl TenancyServices {
    pub(super) fn build(config: &Config, core: &mut Core, auth: &AuthServices) -> anyhow::Result<Self> {
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
        let invite_again = InviteAgain {
            people: Arc::clone(&people),
            invitations: Arc::clone(&auth.invitations),
            clock: Arc::clone(&core.clock),
        };
        let trials = Arc::new(TrialStore::new(core.db.clone()));
        let trial_warnings = TrialWarnings::new(ports.clone(), Arc::clone(&trials) as _);
        let trial_expiry = TrialExpiry::new(ports.clone(), trials);
        let usage = Arc::new(UsageStore::new(core.db.clone()));
        let api_calls = ApiCalls::new(ports.clone(), Arc::new(ApiCallStore::new(core.db.clone())));
        Ok(Self {
            tenants,
            people,
            invite_again: Arc::new(invite_again),
            integrations: Arc::new(integrations(config, core, ports.clone())),
            trial_warnings: Arc::new(trial_warnings),
            trial_expiry: Arc::new(trial_expiry),
            usage: Arc::new(Usage::new(ports.clone(), usage, RawRetention::default())),
            quotas: Arc::new(Quotas::new(ports.clone(), api_calls.clone())),
            api_calls: Arc::new(api_calls),
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
            .app_data(web::Data::from(Arc::clone(&self.add_person)))
            .app_data(web::Data::from(Arc::clone(&self.invite_again)))
            .app_data(web::Data::from(Arc::clone(&self.integrations)))
            .app_data(web::Data::from(Arc::clone(&self.usage)))
            .app_data(web::Data::from(Arc::clone(&self.quotas)));
    }

    pub(super) fn start(&self, background: &mut Background) {
        let (calls, stop) = (Arc::clone(&self.api_calls), background.stop());
        background.spawn(async move { calls.run(stop).await });
    }

    pub(super) fn event_handlers(&self) -> Vec<Arc<dyn EventHandler>> {
        Vec::new()
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        let counts = ApiCallsHousekeeping::new(ApiCalls::clone(&self.api_calls));
        let metering = ApiCallsMetering::new(ApiCalls::clone(&self.api_calls), Usage::clone(&self.usage));
        let minutes = |minutes: u64| Cadence::every(Duration::from_secs(minutes * 60));
        vec![
            Schedule { cadence: Cadence::hourly(), job: Arc::clone(&self.trial_warnings) as _ },
            Schedule { cadence: minutes(5), job: Arc::clone(&self.trial_expiry) as _ },
            Schedule { cadence: Cadence::hourly(), job: Arc::new(metering) },
            Schedule { cadence: Cadence::daily_at(2, 40), job: Arc::new(counts) },
            Schedule {
                cadence: Cadence::daily_at(2, 50),
                job: Arc::new(UsageHousekeeping::new(Usage::clone(&self.usage))),
            },
        ]
    }
}

/// The service, whose secrets `nextcrm keys rotate` seals anew from now on.
fn integrations(config: &Config, core: &mut Core, ports: Ports) -> Integrations {
    let store = Arc::new(IntegrationStore::new(core.db.clone()));
    core.sealed_tables.push(Arc::clone(&store) as _);
    let schemes = if config.environment.is_production() { WebhookSchemes::HttpsOnly } else { WebhookSchemes::HttpToo };
    Integrations::new(ports, store, core.key_ring.clone(), schemes)
}
