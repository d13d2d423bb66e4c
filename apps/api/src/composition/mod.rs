//! What is built from what: the only place that names concrete stores and clients. Everything else sees
//! services and traits. Each domain has its file here; a new service is built there and given to the
//! handlers in its `provide`.

mod audit;
mod auth;
mod core;
mod email;
mod support;
mod tenancy;

use std::sync::Arc;

use actix_web::web;
use tokio_util::sync::CancellationToken;

pub use self::{
    audit::{AuditServices, audit_keys},
    auth::AuthServices,
    core::{Core, CoreParts, database_options},
    email::{EmailServices, carrier},
    support::SupportServices,
    tenancy::TenancyServices,
};
use crate::{
    config::Config,
    http::{Gate, Idempotency},
    openapi::OpenApiText,
    workflows::{ChangeStaff, ErasePerson, OpenTicket, ViewWorkshop},
};

/// Everything that handlers, jobs and commands work with.
#[derive(Clone)]
pub struct Services {
    /// The configuration.
    pub config: Arc<Config>,
    /// What every domain needs.
    pub core: Core,
    /// The audit trail.
    pub audit: AuditServices,
    /// Sign-in and staff.
    pub auth: AuthServices,
    /// Mail.
    pub email: EmailServices,
    /// The support desk.
    pub support: SupportServices,
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
        let audit = AuditServices::build(&config, &parts)?;
        let mut core = Core::build(&config, parts, Arc::clone(&audit.trail))?;
        let email = EmailServices::build(&config, &mut core)?;
        let auth = AuthServices::build(&config, &core)?;
        let tenancy = TenancyServices::build(&config, &mut core, &auth)?;
        let support = SupportServices::build(&core);
        let view_workshop = ViewWorkshop {
            people: Arc::clone(&tenancy.people),
            subscriptions: Arc::clone(&tenancy.subscriptions),
            integrations: Arc::clone(&tenancy.integrations),
            usage: Arc::clone(&tenancy.usage),
            tickets: Arc::clone(&support.workshops),
        };
        let erase_person = ErasePerson {
            transactor: Arc::clone(&core.transactor),
            people: Arc::clone(&tenancy.people),
            accounts: auth.erasure.clone(),
            trail: Arc::clone(&audit.eraser),
            mail: email.erasure.clone(),
            tickets: support.erasure.clone(),
            events: kernel::store::Erasure,
        };
        let change_staff = ChangeStaff {
            transactor: Arc::clone(&core.transactor),
            admins: Arc::clone(&auth.admins),
            tickets: Arc::clone(&support.staff),
        };
        let open_ticket = OpenTicket { tickets: Arc::clone(&support.staff), throttle: Arc::clone(&auth.throttle) };
        let openapi = OpenApiText::new(config.environment)?;
        Ok(Self {
            config: Arc::new(config),
            core,
            audit,
            auth,
            email,
            support,
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
        let gate = Gate {
            tokens: Arc::clone(&self.auth.tokens),
            refusals: self.core.refusals.clone(),
            calls: Arc::clone(&self.tenancy.api_calls),
        };
        let idempotency =
            Idempotency { keys: Arc::clone(&self.core.idempotency), transactor: Arc::clone(&self.core.transactor) };
        config
            .app_data(web::Data::new(gate))
            .app_data(web::Data::new(idempotency))
            .app_data(web::Data::new(self.core.clone()))
            .app_data(web::Data::from(Arc::clone(&self.config)))
            .app_data(web::Data::new(self.view_workshop.clone()))
            .app_data(web::Data::new(self.erase_person.clone()))
            .app_data(web::Data::new(self.change_staff.clone()))
            .app_data(web::Data::new(self.open_ticket.clone()))
            .app_data(web::Data::new(self.openapi.clone()));
        self.audit.provide(config);
        self.auth.provide(config);
        self.email.provide(config);
        self.support.provide(config);
        self.tenancy.provide(config);
    }

    /// Starts what works beside the requests (relay, feeds, sealer, jobs); all of it ends by itself, its work
    /// in hand finished, when `stop` is cancelled.
    ///
    /// # Errors
    /// When something that must be known before the first request cannot be read.
    pub async fn start_background(&self, stop: &CancellationToken) -> anyhow::Result<Background> {
        let mut background = Background::new(stop.clone());
        self.auth.start(&mut background).await?;
        self.audit.start(&mut background);
        self.email.start(&mut background);
        self.tenancy.start(&mut background);
        self.core.start(&mut background, self.event_handlers(), self.schedules());
        Ok(background)
    }

    /// Whoever acts on events; a domain adds its own in its file.
    fn event_handlers(&self) -> Vec<Arc<dyn kernel::outbox::EventHandler>> {
        [self.auth.event_handlers(), self.tenancy.event_handlers()].concat()
    }

    /// What is done on a schedule.
    fn schedules(&self) -> Vec<kernel::jobs::Schedule> {
        let Self { core, audit, auth, email, support, tenancy, .. } = self;
        let domains = [auth.schedules(), email.schedules(), support.schedules(), tenancy.schedules()];
        [core.schedules(), audit.schedules(), domains.concat()].concat()
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
