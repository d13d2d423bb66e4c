//! The tables as SeaORM sees them.

pub(super) mod subscriptions;
pub(super) mod tenant_counts;
pub(super) mod tenant_users;
pub(super) mod tenants;
pub(super) mod trial_warnings;
