//! The tables as SeaORM sees them.

pub(super) mod api_call_days;
pub(super) mod subscriptions;
pub(super) mod tenant_counts;
pub(super) mod tenant_integrations;
pub(super) mod tenant_users;
pub(super) mod tenants;
pub(super) mod trial_warnings;
pub(super) mod usage_keys;
pub(super) mod usage_metrics;
pub(super) mod usage_rollups;
