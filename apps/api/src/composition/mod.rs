//! What is built from what: the only place that names concrete stores and clients. Everything else sees
//! services and traits. Each domain has its file here; a new service is built there and given to the
//! handlers in its `provide`.

mod audit;
mod auth;
mod core;
mod email;
mod integrations;
mod metering;
mod support;
mod tenancy;

use std::sync::Arc;

use ::{audit::Audit, auth::Auth, integrations::service::Integrations, metering::Metering, support::Support};
use actix_web::web;
use tokio_util::sync::CancellationToken;

pub use self::{
    audit::audit_keys,
    core::{Core, CoreParts, database_options},
    email::{EmailServices, carrier},
    tenancy::TenancyServices,
};
use crate::{
    config::Config,
    http::{Authorizer, Idempotency},
    openapi::OpenApiText,
    workflows::{ChangeStaff, ErasePerson, OpenTicket, ViewQuota, ViewWorkshop},
};

/// Everything that handlers, jobs and commands work with.
#[derive(Clone)]
pub struct Services {
    /// The configuration.
    pub config: Arc<Config>,
    /// What every domain needs.
    pub core: Core,
    /// The audit trail.
    pub audit: Audit,
    /// Sign-in and staff.
    pub auth: Auth,
    /// Mail.
    pub email: EmailServices,
    /// Tickets.
    pub support: Support,
    /// Connections to other services.
    pub integrations: Integrations,
    /// What workshops use.
    pub metering: Metering,
    /// What workshops have used of their plans.
    pub view_quota: ViewQuota,
    /// Workshops.
    pub tenancy: TenancyServices,
    view_workshop: ViewWorkshop,
    erase_person: ErasePerson,
    change_staff: ChangeStaff,
    open_ticket: OpenTicket,
    openapi: OpenApiText,
}

impl Services {
    /// Connects to the configured database and builds everything on the machine's clock and randomness.
    ///
    /// # Errors
    /// When the database does not answer or a key cannot be read.
    pub async fn connect(config: Config) -> anyhow::Result<Self> {
        let parts = CoreParts::connect(&config).await?;
        Self::build(config, parts)
    }

    /// Builds everything from given parts; tests bring their own clock and database.
    ///
    /// # Errors
    /// When a key cannot be read.
    pub fn build(config: Config, parts: CoreParts) -> anyhow::Result<Self> {
        let audit = audit::build(&config, &parts)?;
        let mut core = Core::build(&config, parts, audit.trail.clone())?;
        let email = EmailServices::build(&config, &mut core)?;
        let auth = auth::build(&config, &core, &email.outbox)?;
        let tenancy = TenancyServices::build(&core, &email.outbox, &auth);
        let integrations = integrations::build(&config, &mut core, &email.outbox);
        let metering = metering::build(&core, &email.outbox);
        let view_quota = ViewQuota { people: tenancy.people.clone(), calls: metering.calls.clone() };
        let support = support::build(&core, &email.outbox);
        let view_workshop = ViewWorkshop {
            people: tenancy.people.clone(),
            subscriptions: tenancy.subscriptions.clone(),
            integrations: integrations.clone(),
            usage: metering.usage.clone(),
            tickets: support.workshops.clone(),
        };
        let erase_person = ErasePerson {
            transactor: Arc::clone(&core.transactor),
            people: tenancy.people.clone(),
            accounts: auth.erasure.clone(),
            trail: audit.eraser.clone(),
            mail: email.services.erasure.clone(),
            tickets: support.erasure.clone(),
            shared: platform::store::Erasure,
        };
        let change_staff = ChangeStaff {
            transactor: Arc::clone(&core.transactor),
            admins: Arc::clone(&auth.admins),
            tickets: support.staff.clone(),
        };
        let open_ticket = OpenTicket { tickets: support.staff.clone(), throttle: Arc::clone(&auth.throttle) };
        let openapi = OpenApiText::new(config.environment)?;
        Ok(Self {
            config: Arc::new(config),
            core,
            audit,
            auth,
            email,
            support,
            integrations,
            metering,
            view_quota,
            tenancy,
            view_workshop,
            erase_person,
            change_staff,
            open_ticket,
            openapi,
        })
    }

    /// Gives the handlers what they ask for as `web::Data`.
    pub fn provide(&self, config: &mut web::ServiceConfig) {
        let authorizer = Authorizer {
            verifiers: self.auth.verifiers.clone(),
            refusals: self.core.refusals.clone(),
            calls: self.metering.calls.clone(),
        };
        let idempotency =
            Idempotency { keys: Arc::clone(&self.core.idempotency), transactor: Arc::clone(&self.core.transactor) };
        config
            .app_data(web::Data::new(authorizer))
            .app_data(web::Data::new(idempotency))
            .app_data(web::Data::new(self.core.clone()))
            .app_data(web::Data::from(Arc::clone(&self.config)))
            .app_data(web::Data::new(self.view_workshop.clone()))
            .app_data(web::Data::new(self.view_quota.clone()))
            .app_data(web::Data::new(self.erase_person.clone()))
            .app_data(web::Data::new(self.change_staff.clone()))
            .app_data(web::Data::new(self.open_ticket.clone()))
            .app_data(web::Data::new(self.openapi.clone()))
            .app_data(web::Data::new(self.support.staff.clone()))
            .app_data(web::Data::new(self.support.workshops.clone()))
            .app_data(web::Data::new(self.integrations.clone()))
            .app_data(web::Data::new(self.metering.usage.clone()));
        audit::provide(&self.audit, &self.core, config);
        auth::provide(&self.auth, config);
        self.email.provide(config);
        self.tenancy.provide(config);
    }

    /// Starts what works beside the requests (queues, feeds, sealer, jobs); all of it ends by itself, its work
    /// in hand finished, when `stop` is cancelled.
    ///
    /// # Errors
    /// When something that must be known before the first request cannot be read.
    pub async fn start_background(&self, stop: &CancellationToken) -> anyhow::Result<Background> {
        let mut background = Background::new(stop.clone());
        auth::start(&self.auth, &mut background, self.core.tools()).await?;
        audit::start(&self.audit, self.config.environment, &mut background);
        self.email.start(&mut background);
        metering::start(&self.metering, &mut background);
        self.core.start(&mut background, self.consumers(), self.schedules());
        Ok(background)
    }

    /// Whoever acts on events; each has its line in `SUBSCRIPTIONS`, too. Mail is none of them: it is queued with its event.
    fn consumers(&self) -> Vec<Arc<dyn platform::events::Consumer>> {
        Vec::new()
    }

    /// What is done on a schedule.
    fn schedules(&self) -> Vec<platform::jobs::Schedule> {
        let Self { core, audit, auth, email, metering, support, tenancy, .. } = self;
        let domains = [
            auth::schedules(auth),
            email.schedules(),
            support::schedules(support),
            tenancy.schedules(),
            metering::schedules(metering),
        ];
        [core.schedules(), audit::schedules(audit), domains.concat()].concat()
    }
}

/// Tasks beside the requests.
pub struct Background {
    stop: CancellationToken,
    tasks: tokio::task::JoinSet<()>,
}

impl Background {
    fn new(stop: CancellationToken) -> Self {
        Self { stop, tasks: tokio::task::JoinSet::new() }
    }

    /// The token that tells tasks to end.
    #[must_use]
    pub fn stop(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts a task.
    pub fn spawn(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Waits until all tasks have ended; cancel the token first.
    pub async fn join(mut self) {
        while let Some(ended) = self.tasks.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a background task ended abnormally");
            }
        }
    }
}
