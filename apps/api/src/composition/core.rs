//! What every domain needs: database, time, randomness, keys, outbox, idempotency keys, scheduled jobs.

use std::{sync::Arc, time::Duration};

use anyhow::Context as _;
use kernel::{
    AuditTrail, Clock, Database, DatabaseOptions, Entropy, OsEntropy, SystemClock, Transactor,
    idempotency::{IdempotencyKeys, IdempotencyOptions},
    jobs::{Cadence, Runner, RunnerOptions, Schedule, ScheduleMarks},
    outbox::{DeadEvents, EventHandler, EventQueue, Outbox, Relay, RelayOptions},
    rate::RateWindows,
    refusals::Refusals,
    sealed::{KeyRing, Reseal},
    store::{Housekeeping, SeaIdempotency, SeaOutbox, SeaRateWindows, SeaScheduleMarks},
};
use secrecy::ExposeSecret;

use super::Background;
use crate::config::Config;

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
    // A statement that outlives its request helps nobody.
    options.statement_timeout = options.statement_timeout.min(config.http.request_timeout);
    options
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
    /// Where events are published.
    pub outbox: Arc<dyn Outbox>,
    /// Where events are taken from.
    pub event_queue: Arc<dyn EventQueue>,
    /// Events that were given up on.
    pub dead_events: Arc<dyn DeadEvents>,
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
        let outbox = SeaOutbox::new(db.clone(), Arc::clone(&clock), Arc::clone(&entropy));
        let options = IdempotencyOptions {
            lease: config.http.request_timeout + Duration::from_secs(30),
            ..IdempotencyOptions::default()
        };
        let keys = SeaIdempotency::new(db.clone(), Arc::clone(&clock), Arc::clone(&entropy), ring.clone(), options);
        let keys = Arc::new(keys);
        let marks = SeaScheduleMarks::new(db.clone(), Arc::clone(&clock), Arc::clone(&entropy));
        let housekeeping = Arc::new(Housekeeping::new(outbox.clone(), Arc::clone(&keys)));
        let outbox = Arc::new(outbox);
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
            sealed_tables: vec![Arc::clone(&outbox) as _, Arc::clone(&keys) as _],
            event_queue: Arc::clone(&outbox) as Arc<dyn EventQueue>,
            dead_events: Arc::clone(&outbox) as Arc<dyn DeadEvents>,
            outbox,
            idempotency: keys,
            marks: Arc::new(marks),
            housekeeping,
        })
    }

    /// Starts the relay and the scheduled jobs.
    pub(super) fn start(
        &self,
        background: &mut Background,
        handlers: Vec<Arc<dyn EventHandler>>,
        schedules: Vec<Schedule>,
    ) {
        let (clock, entropy) = (Arc::clone(&self.clock), Arc::clone(&self.entropy));
        let queue = Arc::clone(&self.event_queue);
        let relay = Relay::new(queue, handlers, Arc::clone(&clock), Arc::clone(&entropy), RelayOptions::default());
        let stop = background.stop();
        background.spawn(async move { relay.run(stop).await });
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
