//! What workshops use, recorded point by point and read as points or sums.

mod housekeeping;
mod read;
mod record;

pub use housekeeping::UsageHousekeeping;
pub use read::UsagePage;
pub use record::UsageRecorded;

use super::Dependencies;
use crate::{
    MeteringError,
    domain::{RawRetention, UsageBatch, UsageInput, UsageQuery, UsageQueryInput},
};

/// Records and reads what workshops use.
#[derive(Clone)]
pub struct Usage {
    deps: Dependencies,
    keep: RawRetention,
}

impl std::fmt::Debug for Usage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Usage").finish_non_exhaustive()
    }
}

impl Usage {
    /// The service over these dependencies; points are kept as long as `keep` says.
    #[must_use]
    pub fn new(deps: Dependencies, keep: RawRetention) -> Self {
        Self { deps, keep }
    }

    /// Reads what a client wants to record now.
    ///
    /// # Errors
    /// [`MeteringError::Validation`].
    pub fn parse(&self, input: UsageInput) -> Result<UsageBatch, MeteringError> {
        Ok(UsageBatch::parse(input, self.deps.clock.now())?)
    }

    /// Reads what a client wants to see now.
    ///
    /// # Errors
    /// [`MeteringError::Validation`].
    pub fn parse_query(&self, input: UsageQueryInput) -> Result<UsageQuery, MeteringError> {
        Ok(UsageQuery::parse(input, self.deps.clock.now(), self.keep)?)
    }
}
