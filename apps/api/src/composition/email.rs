//! Mail: the log, the courier, and who carries it.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use anyhow::Context as _;
use email::{
    mailer::{CaptureMailer, Mailbox, Mailer, ResendMailer, SmtpMailer},
    repository::MailQueue,
    service::{
        Courier, CourierOptions, Erasure, Feedback, Housekeeping, Notifications, Ports, Suppressions, Templates,
    },
    store::EmailStore,
    webhook::ResendWebhook,
};
use kernel::jobs::{Cadence, Schedule};
use secrecy::ExposeSecret as _;
use tenancy::store::{PersonStore, TenantStore};

use super::{Background, Core};
use crate::{
    adapters::mail::MailingOutbox,
    config::{Config, MailerConfig},
};

/// How long a provider may take to answer; the courier waits a little longer.
const PROVIDER_TIMEOUT: Duration = Duration::from_secs(15);

/// The services of crates/email.
#[derive(Clone)]
pub struct EmailServices {
    /// The log.
    pub notifications: Arc<Notifications>,
    /// Addresses that nothing is sent to.
    pub suppressions: Arc<Suppressions>,
    /// Previews.
    pub templates: Arc<Templates>,
    /// Takes a provider's news.
    pub feedback: Arc<Feedback>,
    /// Takes people out.
    pub erasure: Erasure,
    webhook: Arc<Option<ResendWebhook>>,
    mailbox: Option<Arc<dyn Mailbox>>,
    courier: Arc<Courier>,
    housekeeping: Arc<Housekeeping>,
}

impl EmailServices {
    /// Builds the services, and makes everything that `core` publishes from now on cause its mail.
    pub(super) fn build(config: &Config, core: &mut Core) -> anyhow::Result<Self> {
        let store = Arc::new(EmailStore::new(core.db.clone(), Arc::clone(&core.clock)));
        let brand = Arc::new(config.mail.brand.clone());
        let ports = Ports {
            transactor: Arc::clone(&core.transactor),
            notifications: Arc::clone(&store) as _,
            suppressions: Arc::clone(&store) as _,
            audit: Arc::clone(&core.audit),
            key_ring: core.key_ring.clone(),
            brand: Arc::clone(&brand),
            clock: Arc::clone(&core.clock),
            entropy: Arc::clone(&core.entropy),
        };
        let Carrier { mailer, mailbox } = carrier(config)?;
        let queue: Arc<dyn MailQueue> = Arc::clone(&store) as _;
        let options = CourierOptions {
            concurrency: config.mail.concurrency,
            per_second: config.mail.per_second,
            timeout: PROVIDER_TIMEOUT + Duration::from_secs(5),
            ..CourierOptions::default()
        };
        let courier = Courier::new(Arc::clone(&queue), mailer, &ports, options);
        let notifications = Arc::new(Notifications::new(ports.clone()));
        core.sealed_tables.push(Arc::clone(&store) as _);
        core.outbox = Arc::new(MailingOutbox {
            outbox: Arc::clone(&core.outbox),
            notifications: Arc::clone(&notifications),
            key_ring: core.key_ring.clone(),
            tenants: Arc::new(TenantStore::new(core.db.clone())),
            people: Arc::new(PersonStore::new(core.db.clone())),
        });
        let webhook = config.mail.webhook_secret.as_ref().map(ResendWebhook::new).transpose()?;
        Ok(Self {
            notifications,
            suppressions: Arc::new(Suppressions::new(ports.clone())),
            templates: Arc::new(Templates::new(brand)),
            feedback: Arc::new(Feedback::new(ports)),
            erasure: Erasure::new(Arc::clone(&store) as _),
            webhook: Arc::new(webhook),
            mailbox: mailbox.filter(|_| config.environment.is_development()),
            courier: Arc::new(courier),
            housekeeping: Arc::new(Housekeeping::new(queue, Arc::clone(&core.clock))),
        })
    }

    pub(super) fn provide(&self, config: &mut web::ServiceConfig) {
        config
            .app_data(web::Data::from(Arc::clone(&self.notifications)))
            .app_data(web::Data::from(Arc::clone(&self.suppressions)))
            .app_data(web::Data::from(Arc::clone(&self.templates)))
            .app_data(web::Data::from(Arc::clone(&self.feedback)))
            .app_data(web::Data::from(Arc::clone(&self.webhook)));
        if let Some(mailbox) = &self.mailbox {
            config.app_data(web::Data::from(Arc::clone(mailbox)));
        }
    }

    pub(super) fn start(&self, background: &mut Background) {
        let (courier, stop) = (Arc::clone(&self.courier), background.stop());
        background.spawn(async move { courier.run(stop).await });
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        vec![Schedule { cadence: Cadence::hourly(), job: Arc::clone(&self.housekeeping) as _ }]
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
            let mailer = ResendMailer::new(api_url.clone(), api_key.clone(), PROVIDER_TIMEOUT)?;
            Carrier { mailer: Arc::new(mailer), mailbox: None }
        }
        MailerConfig::Smtp { url } => {
            let url = url.expose_secret().parse().context("SMTP_URL")?;
            Carrier { mailer: Arc::new(SmtpMailer::new(&url, PROVIDER_TIMEOUT)?), mailbox: None }
        }
    })
}
