//! Workshops, their people and subscriptions.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use auth::Auth;
use metering::service::QuotaLevels;
use platform::jobs::{Cadence, Schedule};
use tenancy::{
    Tenancy,
    service::{People, Subscriptions, Tenants, TrialExpiry, TrialWarnings},
};

use super::{Core, email::MailOutbox};
use crate::{
    adapters::{access_control::SessionControl, metering_tenants::SeatLevels},
    workflows::{AddPerson, InviteAgain, OpenWorkshop},
};

/// The services of crates/tenancy, and the workflows around them.
#[derive(Clone)]
pub struct TenancyServices {
    /// Workshops.
    pub tenants: Tenants,
    /// Their people.
    pub people: People,
    /// Their subscriptions.
    pub subscriptions: Subscriptions,
    /// Warns owners of their trial's end.
    pub trial_warnings: TrialWarnings,
    /// Ends trials.
    pub trial_expiry: TrialExpiry,
    open_workshop: OpenWorkshop,
    add_person: AddPerson,
    invite_again: InviteAgain,
}

impl TenancyServices {
    pub(super) fn build(core: &Core, outbox: &Arc<MailOutbox>, auth: &Auth) -> Self {
        let access =
            SessionControl::new(Arc::clone(&auth.sessions), Arc::clone(&auth.revocations), Arc::clone(&auth.passwords));
        let levels = QuotaLevels::new(Arc::clone(&core.audit), Arc::clone(outbox) as _);
        let builder = Tenancy::builder(core.runtime()).outbox(Arc::clone(outbox) as _);
        let Tenancy { tenants, people, subscriptions, trial_warnings, trial_expiry } =
            builder.access(access).seats(SeatLevels(levels)).build();
        let (invitations, clock) = (|| Arc::clone(&auth.invitations), || Arc::clone(&core.clock));
        let open_workshop = OpenWorkshop { tenants: tenants.clone(), invitations: invitations(), clock: clock() };
        let add_person = AddPerson {
            people: people.clone(),
            passwords: Arc::clone(&auth.passwords),
            invitations: invitations(),
            clock: clock(),
        };
        let invite_again = InviteAgain { people: people.clone(), invitations: invitations(), clock: clock() };
        Self { tenants, people, subscriptions, trial_warnings, trial_expiry, open_workshop, add_person, invite_again }
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::new(self.tenants.clone()))
            .app_data(web::Data::new(self.people.clone()))
            .app_data(web::Data::new(self.subscriptions.clone()))
            .app_data(web::Data::new(self.open_workshop.clone()))
            .app_data(web::Data::new(self.add_person.clone()))
            .app_data(web::Data::new(self.invite_again.clone()));
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        let often = Cadence::every(Duration::from_secs(5 * 60));
        vec![
            Schedule { cadence: Cadence::hourly(), job: Arc::new(self.trial_warnings.clone()) },
            Schedule { cadence: often, job: Arc::new(self.trial_expiry.clone()) },
        ]
    }
}
