//! The few lines that fit one crate to a port of another.

pub mod access_control;
pub mod actor_directory;
pub mod audit_jobs;
pub mod invitation_acceptance;
pub mod known_tenants;
pub mod mail;
pub mod support_desk;
pub mod tenant_directory;
