//! SQLite files: one is migrated per process, each test gets a copy.

use std::path::Path;

use migrations::Migrator;
use platform::{DatabaseOptions, Maintenance};
use sea_orm::ConnectionTrait;
use sea_orm_migration::MigratorTrait;
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::sweep;

/// A directory with a migrated database in it, and the database's URL.
pub(super) async fn create() -> (TempDir, String) {
    // Kept in memory, so that no file is left when the process ends.
    static TEMPLATE: OnceCell<Vec<u8>> = OnceCell::const_new();
    let template = TEMPLATE.get_or_init(migrated_file).await;
    let directory = directory();
    let file = directory.path().join("test.db");
    std::fs::write(&file, template).unwrap();
    (directory, url(&file))
}

async fn migrated_file() -> Vec<u8> {
    sweep::directories_of_dead_processes();
    let directory = directory();
    let file = directory.path().join("template.db");
    let database = Maintenance::connect(&DatabaseOptions::new(url(&file))).await.unwrap();
    Migrator::up(database.connection(), None).await.unwrap_or_else(|error| panic!("migrating SQLite failed: {error}"));
    database.connection().execute_unprepared("PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    database.close().await.unwrap();
    std::fs::read(&file).unwrap()
}

fn directory() -> TempDir {
    tempfile::Builder::new().prefix(&sweep::directory_prefix(std::process::id())).tempdir().unwrap()
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}
