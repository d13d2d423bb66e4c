//! Tables as SeaORM sees them.

pub(super) mod tenant_integrations;
