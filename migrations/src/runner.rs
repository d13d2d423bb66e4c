//! Runs the steps on a database that others may be starting on too, and looks at it without changing it.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseBackend, DatabaseConnection, TransactionTrait},
};

use crate::Migrator;

/// PostgreSQL's advisory lock for migrations: any number that nothing else here uses.
const LOCK: i64 = 0x6e65_7874_6372_6d01;
/// Fewest version of PostgreSQL, as `server_version_num`.
const MIN_POSTGRES: i64 = 140_000;

/// Why the schema could not be brought to this program's version.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum MigrateError {
    /// Somebody ran a newer program on it.
    #[error(
        "the database is newer than this program: it has the step {0}, which this program does not know. Start the newer \
         version, or restore a backup from before its first start"
    )]
    NewerDatabase(String),
    /// The database.
    #[error("the database refused: {0}")]
    Database(#[from] DbErr),
}

/// A step and whether the database has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its name.
    pub name: String,
    /// Whether it was run.
    pub applied: bool,
}

/// The steps in their order, and whether the database has them; changes nothing.
///
/// # Errors
/// [`MigrateError`].
pub async fn status(db: &DatabaseConnection) -> Result<Vec<Step>, MigrateError> {
    let known: Vec<String> = Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let applied = applied(db).await?;
    if let Some(foreign) = applied.iter().find(|name| !known.contains(name)) {
        return Err(MigrateError::NewerDatabase(foreign.clone()));
    }
    let step = |name: String| Step { applied: applied.contains(&name), name };
    Ok(known.into_iter().map(step).collect())
}

async fn applied(db: &DatabaseConnection) -> Result<Vec<String>, DbErr> {
    let manager = SchemaManager::new(db);
    if !manager.has_table("seaql_migrations").await? {
        return Ok(Vec::new());
    }
    let select = Query::select().column("version").from("seaql_migrations").to_owned();
    db.query_all(&select).await?.into_iter().map(|row| row.try_get("", "version")).collect()
}

/// Runs the steps that the database does not have, while every other node that starts waits. Answers how many.
///
/// # Errors
/// [`MigrateError`]; what a failing step did is undone where the engine can.
pub async fn up(db: &DatabaseConnection) -> Result<usize, MigrateError> {
    let lock = lock(db).await?;
    let pending = status(db).await?.iter().filter(|step| !step.applied).count();
    if pending > 0 {
        Migrator::up(db, None).await?;
    }
    release(lock).await?;
    Ok(pending)
}

/// Undoes the last `steps` steps.
///
/// # Errors
/// [`MigrateError`].
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<(), MigrateError> {
    let lock = lock(db).await?;
    status(db).await?;
    Migrator::down(db, Some(steps)).await?;
    release(lock).await?;
    Ok(())
}

/// Held by an open transaction on a connection of its own; SQLite has one process only.
async fn lock(db: &DatabaseConnection) -> Result<Option<sea_orm_migration::sea_orm::DatabaseTransaction>, DbErr> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(None);
    }
    let tx = db.begin().await?;
    tx.execute_unprepared("SET LOCAL statement_timeout = 0").await?;
    tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK})")).await?;
    Ok(Some(tx))
}

async fn release(lock: Option<sea_orm_migration::sea_orm::DatabaseTransaction>) -> Result<(), DbErr> {
    match lock {
        Some(tx) => tx.commit().await,
        None => Ok(()),
    }
}

/// What is wrong with the rights and extensions of a PostgreSQL database, with what to do; changes nothing. Nothing is
/// ever wrong with SQLite's.
///
/// # Errors
/// When the database does not answer.
pub async fn complaints(db: &DatabaseConnection) -> Result<Vec<String>, MigrateError> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(Vec::new());
    }
    let mut complaints = Vec::new();
    let version: String = scalar(db, "SELECT current_setting('server_version_num')").await?;
    if version.parse::<i64>().unwrap_or(0) < MIN_POSTGRES {
        complaints.push(format!("PostgreSQL is too old ({version}); 14 or newer is needed"));
    }
    // A server that migrated nothing needs no such right: somebody else may own the tables.
    let pending = status(db).await?.iter().any(|step| !step.applied);
    if pending && !scalar::<bool>(db, "SELECT has_schema_privilege(current_user, current_schema(), 'CREATE')").await? {
        complaints.push("the user may not create tables; migrate as the owner of the database".to_owned());
    }
    if !scalar::<bool>(db, "SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm')").await? {
        complaints.push("the extension pg_trgm is not installed; install postgresql-contrib".to_owned());
    }
    Ok(complaints)
}

/// What to say of a role that row-level security does not bind; nothing of one that it binds, and of SQLite.
///
/// # Errors
/// When the database does not answer.
pub async fn unbound_role(db: &DatabaseConnection) -> Result<Option<&'static str>, MigrateError> {
    if db.get_database_backend() != DatabaseBackend::Postgres {
        return Ok(None);
    }
    let unbound = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    let text = "the user is a superuser or has BYPASSRLS, so row-level security does not keep workshops apart; connect as a \
                role without both, see docs/operations.md";
    Ok(scalar::<bool>(db, unbound).await?.then_some(text))
}

async fn scalar<T: sea_orm_migration::sea_orm::TryGetable>(
    db: &DatabaseConnection,
    sql: &'static str,
) -> Result<T, DbErr> {
    let row = db.query_one_raw(sea_orm_migration::sea_orm::Statement::from_string(DatabaseBackend::Postgres, sql));
    row.await?.ok_or_else(|| DbErr::RecordNotFound(sql.to_owned()))?.try_get_by_index(0)
}
