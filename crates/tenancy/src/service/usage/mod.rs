//! What workshops use, recorded point by point and read as points or sums.

mod housekeeping;
mod read;
mod record;
#[cfg(test)]
mod test_world;

pub use housekeeping::UsageHousekeeping;
pub use read::UsagePage;
pub use record::UsageRecorded;

use std::sync::Arc;

use super::Ports;
use crate::{
    TenancyError,
    domain::{RawRetention, UsageBatch, UsageInput, UsageQuery, UsageQueryInput},
    repository::UsageRepository,
};

/// Records and reads what workshops use.
#[derive(Clone)]
pub struct Usage {
    ports: Ports,
    usage: Arc<dyn UsageRepository>,
    keep: RawRetention,
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usage").finish_non_exhaustive()
    }
}

impl Usage {
    /// The service over these ports; points are kept as long as `keep` says.
    #[must_use]
    pub fn new(ports: Ports, usage: Arc<dyn UsageRepository>, keep: RawRetention) -> Self {
        Self { ports, usage, keep }
    }

    /// Reads what a client wants to record now.
    ///
    /// # Errors
    /// [`TenancyError::Validation`].
    pub fn parse(&self, input: UsageInput) -> Result<UsageBatch, TenancyError> {
        Ok(UsageBatch::parse(input, self.ports.clock.now())?)
    }

    /// Reads what a client wants to see now.
    ///
    /// # Errors
    /// [`TenancyError::Validation`].
    pub fn parse_query(&self, input: UsageQueryInput) -> Result<UsageQuery, TenancyError> {
        Ok(UsageQuery::parse(input, self.ports.clock.now(), self.keep)?)
    }
}
