mod create;
mod delete;
mod read;
mod suspend;
mod update;

pub use create::CreatedTenant;

use super::Dependencies;

/// What staff do with workshops.
#[derive(Debug, Clone)]
pub struct Tenants {
    deps: Dependencies,
}

impl Tenants {
    /// The service over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }
}
