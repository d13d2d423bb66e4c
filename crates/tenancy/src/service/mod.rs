//! The use cases. [`Tenants`] and [`People`] are what staff do, [`Subscriptions`] what was agreed.

mod people;
mod ports;
mod subscriptions;
mod tenants;
#[cfg(test)]
mod test_ports;

pub use people::People;
pub use ports::Ports;
pub use subscriptions::{Recorded, Subscriptions};
pub use tenants::{CreatedTenant, Tenants};
