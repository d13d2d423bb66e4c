//! What every domain needs: database, time, randomness, keys, outbox, idempotency keys, scheduled jobs.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use auth::PasswordResetLinks;
use kernel::{
    AuditTrail, Clock, Entropy, OsEntropy, SystemClock, Transactor,
    idempotency::{IdempotencyKeys, IdempotencyOptions},
    rate::RateWindows,
    sealed::{KeyRing, Reseal},
};
use outbound::Outbound;
use platform::{
    Database, DatabaseOptions, Runtime,
    events::{Consumer, EventLog, Subscription, deliver},
    jobs::{Cadence, Runner, RunnerOptions, Schedule, ScheduleMarks},
    queue::{QueueControl, QueueOptions, Tools, WorkItems},
    refusals::Refusals,
    store::{Housekeeping, SeaIdempotency, SeaOutbox, SeaRateWindows, SeaScheduleMarks, SeaWorkItems},
};
use secrecy::ExposeSecret;

use super::Background;
use crate::config::Config;

/// Which consumers get which events.
const SUBSCRIPTIONS: &[Subscription] = &[];
/// The queues beside those of consumers.
const QUEUES: &[&str] = &[PasswordResetLinks::QUEUE];

/// What comes from outside of the process.
#[derive(Clone)]
pub struct CoreParts {
    /// The database, migrated.
    pub db: Database,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

impl CoreParts {
    /// The configured database, the machine's clock and randomness.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn connect(config: &Config) -> anyhow::Result<Self> {
        let options = database_options(config);
        let db = Database::connect(&options).await.context("the database of DATABASE_URL does not answer")?;
        Ok(Self { db, clock: Arc::new(SystemClock), entropy: Arc::new(OsEntropy) })
    }
}

/// How this configuration connects.
#[must_use]
pub fn database_options(config: &Config) -> DatabaseOptions {
    let mut options = DatabaseOptions::new(config.database_url.expose_secret());
    options.max_connections = config.database_max_connections;
    options.settlers = u32::try_from(config.workers).unwrap_or(u32::MAX);
    // A statement that outlives its request helps nobody.
    options.statement_timeout = options.statement_timeout.min(config.http.request_timeout);
    options
}

/// Makes the clients that call others.
pub(super) fn outbound(config: &Config) -> Outbound {
    Outbound::new(config.outbound.rules.clone(), config.outbound.resolver)
}

/// What every domain needs.
#[derive(Clone)]
pub struct Core {
    /// The database; for stores.
    pub db: Database,
    /// Opens transactions; for workflows.
    pub transactor: Arc<dyn Transactor>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Seals secrets.
    pub key_ring: KeyRing,
    /// The audit trail.
    pub audit: Arc<dyn AuditTrail>,
    /// Counts what may happen so often.
    pub rates: Arc<dyn RateWindows>,
    /// Audits refused calls, once a window.
    pub refusals: Refusals,
    /// Where events are written, without the mail that comes of them.
    pub outbox: Arc<SeaOutbox>,
    /// Events that were published.
    pub events: Arc<dyn EventLog>,
    /// Where things to do are put and taken from.
    pub work_items: Arc<dyn WorkItems>,
    /// What people do with queues.
    pub queues: Arc<dyn QueueControl>,
    /// Idempotency keys.
    pub idempotency: Arc<dyn IdempotencyKeys>,
    /// The tables that `nextcrm keys rotate` seals anew.
    pub sealed_tables: Vec<Arc<dyn Reseal>>,
    marks: Arc<dyn ScheduleMarks>,
    housekeeping: Arc<Housekeeping>,
}

impl Core {
    pub(super) fn build(config: &Config, parts: CoreParts, audit: Arc<dyn AuditTrail>) -> anyhow::Result<Self> {
        let CoreParts { db, clock, entropy } = parts;
        let ring = KeyRing::parse(config.secrets.encryption_keys.expose_secret(), OsEntropy)?;
        let items = SeaWorkItems::new(db.clone(), Arc::clone(&clock));
        let outbox = SeaOutbox::new(db.clone(), Arc::clone(&clock), Arc::clone(&entropy));
        let outbox = outbox.delivering(items.clone(), SUBSCRIPTIONS.to_vec());
        let options = IdempotencyOptions {
            lease: config.http.request_timeout + Duration::from_secs(30),
            ..IdempotencyOptions::default()
        };
        let keys = SeaIdempotency::new(db.clone(), Arc::clone(&clock), Arc::clone(&entropy), ring.clone(), options);
        let keys = Arc::new(keys);
        let marks = SeaScheduleMarks::new(db.clone(), Arc::clone(&clock), Arc::clone(&entropy));
        let housekeeping = Arc::new(Housekeeping::new(outbox.clone(), items.clone(), Arc::clone(&keys)));
        let (outbox, items) = (Arc::new(outbox), Arc::new(items));
        let rates: Arc<dyn RateWindows> = Arc::new(SeaRateWindows::new(Arc::clone(&clock)));
        let transactor: Arc<dyn Transactor> = Arc::new(db.clone());
        Ok(Self {
            refusals: Refusals::new(Arc::clone(&rates), Arc::clone(&audit), Arc::clone(&transactor)),
            rates,
            transactor,
            db,
            clock,
            entropy,
            key_ring: ring,
            audit,
            sealed_tables: vec![Arc::clone(&keys) as _],
            events: Arc::clone(&outbox) as _,
            work_items: Arc::clone(&items) as _,
            queues: items,
            outbox,
            idempotency: keys,
            marks: Arc::new(marks),
            housekeeping,
        })
    }

    /// What services of domain crates run on.
    pub(super) fn runtime(&self) -> Runtime {
        Runtime {
            db: self.db.clone(),
            transactor: Arc::clone(&self.transactor),
            audit: Arc::clone(&self.audit),
            clock: Arc::clone(&self.clock),
            entropy: Arc::clone(&self.entropy),
        }
    }

    /// The names of all queues; a consumer of events has one of its own name.
    pub fn queue_names(&self) -> impl Iterator<Item = &'static str> {
        SUBSCRIPTIONS.iter().map(|subscription| subscription.consumer).chain(QUEUES.iter().copied())
    }

    /// What workers on queues need.
    pub(super) fn tools(&self) -> Tools {
        Tools { clock: Arc::clone(&self.clock), entropy: Arc::clone(&self.entropy) }
    }

    /// Starts the deliveries of events and the scheduled jobs.
    pub(super) fn start(
        &self,
        background: &mut Background,
        consumers: Vec<Arc<dyn Consumer>>,
        schedules: Vec<Schedule>,
    ) {
        let (clock, entropy) = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        for consumer in consumers {
            let (items, log, stop) = (Arc::clone(&self.work_items), Arc::clone(&self.events), background.stop());
            background.spawn(deliver(consumer, items, log, QueueOptions::default(), self.tools(), stop));
        }
        let runner = Runner::start(schedules, Arc::clone(&self.marks), clock, entropy, RunnerOptions::default());
        let stop = background.stop();
        background.spawn(async move {
            stop.cancelled().await;
            runner.stop().await;
        });
    }

    pub(super) fn schedules(&self) -> Vec<Schedule> {
        vec![
            Schedule { cadence: Cadence::hourly(), job: Arc::clone(&self.housekeeping) as _ },
            Schedule { cadence: Cadence::every(Duration::from_secs(5 * 60)), job: Arc::new(self.refusals.clone()) },
        ]
    }
}
