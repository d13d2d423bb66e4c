//! The use cases. [`Tenants`] and [`People`] are what staff do, [`Subscriptions`] what was agreed.

mod integrations;
mod people;
mod ports;
mod quotas;
mod subscriptions;
mod tenants;
#[cfg(test)]
mod test_ports;
mod trials;
mod usage;

pub use integrations::Integrations;
pub use people::People;
pub use ports::Ports;
pub use quotas::{ApiCalls, ApiCallsHousekeeping, ApiCallsMetering, Quotas};
pub use subscriptions::{Recorded, Subscriptions};
pub use tenants::{CreatedTenant, Tenants};
pub use trials::{TrialExpiry, TrialWarnings};
pub use usage::{Usage, UsageHousekeeping, UsagePage, UsageRecorded};
