//! The ports: what the service needs from a database and of tenants.

mod integrations;
mod tenants;

pub use integrations::IntegrationRepository;
#[cfg(any(test, feature = "mock"))]
pub use integrations::MockIntegrationRepository;
#[cfg(any(test, feature = "mock"))]
pub use tenants::MockTenants;
pub use tenants::{AnyTenant, TenantState, Tenants};
