//! The tables as SeaORM sees them.

pub(super) mod api_call_days;
pub(super) mod api_call_flushes;
pub(super) mod usage_keys;
pub(super) mod usage_metrics;
pub(super) mod usage_rollups;
