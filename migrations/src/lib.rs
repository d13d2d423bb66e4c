//! The database schema of NextCRM, one file a step, for SQLite and PostgreSQL alike.
//!
//! Steps only expand; a later step contracts once no running binary needs the old shape.
#![deny(missing_docs)]
#![allow(
    elided_lifetimes_in_paths,
    reason = "the signatures of MigrationTrait leave the lifetime of SchemaManager out"
)]

use sea_orm_migration::{prelude::*, sea_orm};

mod m0001_kernel;
mod m0002_tenancy;
mod m0003_auth_accounts;
mod m0004_auth_sessions;
mod m0005_audit;
mod m0006_email;
mod m0007_trial_warnings;
mod m0008_integrations;
mod m0009_usage;
mod m0010_support;
mod m0011_api_calls;
mod m0012_row_level_security;
mod m0014_revocations;
mod m0015_audit_identity;
mod m0016_backfill;
mod m0016_folded_search;
mod m0017_message_counts;
mod m0024_rate_windows;
mod m0025_erasure;
mod m0028_api_call_flushes;
mod m0030_work_items;
mod m0031_borders;
mod m0034_capricorn_orders;
mod m0035_integration_errors;
mod m0036_named_keys;
mod runner;

pub use runner::{MigrateError, Step, complaints, down, status, unbound_role, up};

/// Runs the steps; see `sea_orm_migration::MigratorTrait` for `up`, `down` and `status`.
#[derive(Debug, Clone, Copy)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_kernel::Migration),
            Box::new(m0002_tenancy::Migration),
            Box::new(m0003_auth_accounts::Migration),
            Box::new(m0004_auth_sessions::Migration),
            Box::new(m0005_audit::Migration),
            Box::new(m0006_email::Migration),
            Box::new(m0007_trial_warnings::Migration),
            Box::new(m0008_integrations::Migration),
            Box::new(m0009_usage::Migration),
            Box::new(m0010_support::Migration),
            Box::new(m0011_api_calls::Migration),
            Box::new(m0012_row_level_security::Migration),
            Box::new(m0014_revocations::Migration),
            Box::new(m0015_audit_identity::Migration),
            Box::new(m0024_rate_windows::Migration),
            Box::new(m0025_erasure::Migration),
            Box::new(m0016_folded_search::Migration),
            Box::new(m0017_message_counts::Migration),
            Box::new(m0028_api_call_flushes::Migration),
            Box::new(m0030_work_items::Migration),
            Box::new(m0031_borders::Migration),
            Box::new(m0035_integration_errors::Migration),
            Box::new(m0034_capricorn_orders::Migration),
            Box::new(m0036_named_keys::Migration),
        ]
    }
}

/// A `timestamptz not null` column.
fn time(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.timestamp_with_time_zone().not_null();
    column
}

/// A nullable `timestamptz` column.
fn time_null(name: &str) -> ColumnDef {
    let mut column = ColumnDef::new(Alias::new(name));
    column.timestamp_with_time_zone().null();
    column
}

/// Runs constant SQL, a statement at a time, on whichever engine this is.
async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Whether the schema is being made on PostgreSQL.
fn is_postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == sea_orm::DatabaseBackend::Postgres
}
