//! The use cases. [`Tenants`] and [`People`] are what staff do, [`Subscriptions`] what was agreed.

mod dependencies;
mod people;
mod subscriptions;
mod tenants;
#[cfg(test)]
mod test_ports;
mod trials;

pub use dependencies::Dependencies;
pub use people::People;
pub use subscriptions::{Recorded, Subscriptions};
pub use tenants::{CreatedTenant, Tenants};
pub use trials::{TrialExpiry, TrialWarnings};
