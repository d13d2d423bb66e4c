use std::sync::Arc;

use kernel::outbox::Outbox;
use platform::Runtime;

use crate::{
    domain::RawRetention,
    events::MeteringEvent,
    repository::{AnyTenant, Tenants},
    service::{ApiCalls, ApiCallsHousekeeping, ApiCallsMetering, Dependencies, Usage, UsageHousekeeping},
    store::{ApiCallStore, UsageStore},
};

/// The services of this crate, over its own stores.
#[derive(Debug, Clone)]
pub struct Metering {
    /// What is used, point by point.
    pub usage: Usage,
    /// Counts requests; let [`ApiCalls::run`] write them down.
    pub calls: ApiCalls,
    /// Records counted requests as usage; run it hourly.
    pub calls_metering: ApiCallsMetering,
    /// Deletes old counts; run it daily.
    pub calls_housekeeping: ApiCallsHousekeeping,
    /// Deletes old points; run it daily.
    pub usage_housekeeping: UsageHousekeeping,
}

impl Metering {
    /// Begins with what the services run on, or with a database alone, and with [`AnyTenant`].
    pub fn builder(runtime: impl Into<Runtime>) -> MeteringBuilder {
        let runtime = runtime.into();
        let outbox = Arc::new(runtime.outbox());
        MeteringBuilder { runtime, outbox, tenants: Arc::new(AnyTenant), retention: RawRetention::default() }
    }
}

/// Makes [`Metering`].
#[derive(Clone)]
#[must_use]
pub struct MeteringBuilder {
    runtime: Runtime,
    outbox: Arc<dyn Outbox<MeteringEvent>>,
    tenants: Arc<dyn Tenants>,
    retention: RawRetention,
}

impl std::fmt::Debug for MeteringBuilder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MeteringBuilder").finish_non_exhaustive()
    }
}

impl MeteringBuilder {
    /// Takes events, in place of the platform's outbox.
    pub fn outbox(self, outbox: Arc<dyn Outbox<MeteringEvent>>) -> Self {
        Self { outbox, ..self }
    }

    /// Whose usage it is, and how many requests they may make.
    pub fn tenants(self, tenants: impl Tenants + 'static) -> Self {
        Self { tenants: Arc::new(tenants), ..self }
    }

    /// How long points are kept.
    pub fn retention(self, retention: RawRetention) -> Self {
        Self { retention, ..self }
    }

    /// The services.
    #[must_use]
    pub fn build(self) -> Metering {
        let Runtime { db, transactor, audit, clock, entropy } = self.runtime;
        let deps = Dependencies {
            transactor,
            usage: Arc::new(UsageStore::new(db.clone())),
            calls: Arc::new(ApiCallStore::new(db)),
            tenants: self.tenants,
            audit,
            outbox: self.outbox,
            clock,
            entropy,
        };
        let (usage, calls) = (Usage::new(deps.clone(), self.retention), ApiCalls::new(deps));
        Metering {
            calls_metering: ApiCallsMetering::new(calls.clone(), usage.clone()),
            calls_housekeeping: ApiCallsHousekeeping::new(calls.clone()),
            usage_housekeeping: UsageHousekeeping::new(usage.clone()),
            usage,
            calls,
        }
    }
}
