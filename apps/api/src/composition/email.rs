//! Mail: the log, the mail dispatcher, and who carries it.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use anyhow::Context as _;
use auth::AdminStore;
use email::{
    Email,
    mailer::{CaptureMailer, Mailbox, Mailer, ResendMailer, SmtpMailer},
    service::DispatcherOptions,
    store::EmailStore,
    webhook::ResendWebhook,
};
use platform::{
    jobs::{Cadence, Schedule},
    store::SeaOutbox,
};
use secrecy::ExposeSecret as _;
use support::store::TicketStore;
use tenancy::store::{MemberStore, PersonStore, TenantStore};

use super::{Background, Core, core::outbound};
use crate::{
    adapters::mail::{Directory, MailingOutbox},
    config::{Config, MailerConfig},
};

/// How long a provider may take to answer; the mail dispatcher waits a little longer.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(15);

/// Takes events, and queues the mail that comes of them.
pub type MailOutbox = MailingOutbox<SeaOutbox>;

/// The services of crates/email, and what stands between it and the others.
#[derive(Clone)]
pub struct EmailServices {
    pub(super) services: Email,
    pub(super) outbox: Arc<MailOutbox>,
    webhook: Arc<Option<ResendWebhook>>,
    mailbox: Option<Arc<dyn Mailbox>>,
}

impl EmailServices {
    pub(super) fn build(config: &Config, core: &mut Core) -> anyhow::Result<Self> {
        core.sealed_tables.push(Arc::new(EmailStore::new(core.db.clone(), Arc::clone(&core.clock))));
        let Carrier { mailer, mailbox } = carrier(config)?;
        let options = DispatcherOptions {
            concurrency: config.mail.concurrency,
            per_second: config.mail.per_second,
            timeout: PROVIDER_TIMEOUT + Duration::from_secs(5),
            ..DispatcherOptions::default()
        };
        let (ring, brand) = (core.key_ring.clone(), config.mail.brand.clone());
        let email = Email::builder(core.runtime(), ring, brand, mailer).dispatching(options).build();
        let directory = Directory {
            tenants: Arc::new(TenantStore::new(core.db.clone())),
            people: Arc::new(PersonStore::new(core.db.clone())),
            members: Arc::new(MemberStore::new(core.db.clone())),
            admins: Arc::new(AdminStore::new(core.db.clone())),
            tickets: Arc::new(TicketStore::new(core.db.clone())),
        };
        let outbox = Arc::clone(&core.outbox);
        let outbox = MailingOutbox { outbox, notifications: email.notifications.clone(), directory };
        let webhook = config.mail.webhook_secret.as_ref().map(ResendWebhook::new).transpose()?;
        Ok(Self {
            services: email,
            outbox: Arc::new(outbox),
            webhook: Arc::new(webhook),
            mailbox: mailbox.filter(|_| config.environment.is_development()),
        })
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::new(self.services.notifications.clone()))
            .app_data(web::Data::new(self.services.suppressions.clone()))
            .app_data(web::Data::new(self.services.templates.clone()))
            .app_data(web::Data::new(self.services.feedback.clone()))
            .app_data(web::Data::from(Arc::clone(&self.webhook)));
        if let Some(mailbox) = &self.mailbox {
            config.app_data(web::Data::from(Arc::clone(mailbox)));
        }
    }

    pub(super) fn start(&self, background: &mut Background) {
        let (dispatcher, stop) = (self.services.dispatcher.clone(), background.stop());
        background.spawn(async move { dispatcher.run(stop).await });
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        vec![Schedule { cadence: Cadence::hourly(), job: Arc::new(self.services.housekeeping.clone()) }]
    }
}

/// Whoever carries mail in this configuration.
pub struct Carrier {
    /// Carries it.
    pub mailer: Arc<dyn Mailer>,
    /// Where captured mail can be read.
    mailbox: Option<Arc<dyn Mailbox>>,
}

/// The mailer of this configuration, which `nextcrm doctor` asks whether it works.
///
/// # Errors
/// When it cannot be set up.
pub fn carrier(config: &Config) -> anyhow::Result<Carrier> {
    Ok(match &config.mail.mailer {
        MailerConfig::Capture => {
            let capture = Arc::new(CaptureMailer::new(config.data_dir.join("mailbox")));
            Carrier { mailer: Arc::clone(&capture) as _, mailbox: Some(capture) }
        }
        MailerConfig::Resend { api_url, api_key } => {
            let mailer = ResendMailer::new(&outbound(config), api_url.clone(), api_key.clone(), PROVIDER_TIMEOUT)?;
            Carrier { mailer: Arc::new(mailer), mailbox: None }
        }
        MailerConfig::Smtp { url } => {
            let url = url.expose_secret().parse().context("SMTP_URL")?;
            Carrier { mailer: Arc::new(SmtpMailer::new(&url, PROVIDER_TIMEOUT)?), mailbox: None }
        }
    })
}
