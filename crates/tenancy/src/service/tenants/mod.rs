mod create;
mod delete;
mod read;
mod suspend;
mod update;

pub use create::CreatedTenant;

use super::Ports;

/// What staff do with workshops.
#[derive(Debug, Clone)]
pub struct Tenants {
    ports: Ports,
}

impl Tenants {
    /// The service over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }
}
