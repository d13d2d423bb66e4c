//! The few lines that fit one crate to a port of another.

pub mod access_control;
pub mod actor_directory;
pub mod audit_jobs;
pub mod capricorn_accounts;
pub mod integration_tenants;
pub mod invitation_acceptance;
pub mod known_tenants;
pub mod mail;
pub mod metering_tenants;
pub mod support;
pub mod tenant_directory;
