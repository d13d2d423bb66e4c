//! The ports: what the services need from a database and of tenants.

mod api_calls;
mod tenants;
mod usage;

#[cfg(any(test, feature = "mock"))]
pub use api_calls::MockApiCallRepository;
pub use api_calls::{ApiCallRepository, CallDay, Counted, FlushId, UnmeteredDay};
#[cfg(any(test, feature = "mock"))]
pub use tenants::MockTenants;
pub use tenants::{AnyTenant, TenantState, Tenants};
#[cfg(any(test, feature = "mock"))]
pub use usage::MockUsageRepository;
pub use usage::UsageRepository;
