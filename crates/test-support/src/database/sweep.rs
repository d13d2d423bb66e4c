//! Removal of what killed test processes could not remove themselves.

use nix::{errno::Errno, sys::signal, unistd::Pid};
use sqlx::{AssertSqlSafe, PgConnection};

const PREFIX: &str = "nextcrm-test-sqlite-";

/// How a process names its directories of SQLite files.
pub(super) fn directory_prefix(process: u32) -> String {
    format!("{PREFIX}{process}-")
}

/// Removes the SQLite directories of processes that are no more.
pub(super) fn directories_of_dead_processes() {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        if owner(&entry.file_name().to_string_lossy()).is_some_and(is_gone) {
            // Another process may be faster, or the directory another user's: not ours to care.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn owner(directory: &str) -> Option<i32> {
    directory.strip_prefix(PREFIX)?.split('-').next()?.parse().ok()
}

fn is_gone(process: i32) -> bool {
    signal::kill(Pid::from_raw(process), None) == Err(Errno::ESRCH)
}

/// Sets advisory locks of this crate apart from others'.
const LOCK_SPACE: i32 = 0x6e78_7465;

/// What a process says, by an advisory lock of its session, that it uses. The server frees the locks of
/// whoever dies, however it dies.
#[derive(Debug, Clone, Copy)]
pub(super) enum Lock {
    /// Exclusive: roles, templates and abandoned databases are being seen to.
    Preparation,
    /// Shared: the databases of this run are in use.
    Run(i32),
    /// Shared: this template is in use.
    Template(&'static str),
}

impl Lock {
    fn key(self) -> i32 {
        match self {
            Self::Preparation => 0,
            Self::Run(run) => run,
            Self::Template(name) => template_key(name),
        }
    }
}

/// Negative, where runs are positive: the head of the hash in the name.
fn template_key(name: &str) -> i32 {
    let hash = name.strip_prefix(TEMPLATES).and_then(|hash| u32::from_str_radix(hash.get(..8)?, 16).ok());
    i32::MIN + i32::try_from(hash.unwrap_or_default() >> 1).unwrap_or_default()
}

/// Takes a lock, waiting for it.
pub(super) async fn lock(session: &mut PgConnection, lock: Lock) -> Result<(), sqlx::Error> {
    let sql = match lock {
        Lock::Preparation => "SELECT pg_advisory_lock($1, $2)",
        Lock::Run(_) | Lock::Template(_) => "SELECT pg_advisory_lock_shared($1, $2)",
    };
    sqlx::query(sql).bind(LOCK_SPACE).bind(lock.key()).execute(session).await.map(drop)
}

/// Gives an exclusive lock back.
pub(super) async fn unlock(session: &mut PgConnection, lock: Lock) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(LOCK_SPACE).bind(lock.key()).execute(session).await.map(drop)
}

const DATABASES: &str = "nextcrm_test_";
const TEMPLATES: &str = "nextcrm_template_";

/// How a run (a process) names its databases.
pub(super) fn database_name(run: i32, number: u64) -> String {
    format!("{DATABASES}{run}_{number}")
}

/// Drops the databases of runs that are no more, and the templates of other schemas that nobody uses. The
/// caller holds [`Lock::Preparation`].
pub(super) async fn abandoned_databases(session: &mut PgConnection, template: &str) -> Result<(), sqlx::Error> {
    let sql =
        r"SELECT datname::text FROM pg_database WHERE datname LIKE 'nextcrm\_te%' AND pg_has_role(datdba, 'USAGE')";
    let names: Vec<String> = sqlx::query_scalar(sql).fetch_all(&mut *session).await?;
    for name in names.iter().filter(|name| *name != template) {
        let run = name.strip_prefix(DATABASES).and_then(|rest| rest.split('_').next()?.parse().ok());
        let is_template = name.starts_with(TEMPLATES);
        let Some(key) = run.or_else(|| is_template.then(|| template_key(name))) else { continue };
        if !try_lock(session, key).await? {
            continue;
        }
        if is_template {
            execute(session, format!("ALTER DATABASE \"{name}\" WITH IS_TEMPLATE false")).await?;
        }
        execute(session, format!("DROP DATABASE IF EXISTS \"{name}\" WITH (FORCE)")).await?;
        sqlx::query("SELECT pg_advisory_unlock($1, $2)").bind(LOCK_SPACE).bind(key).execute(&mut *session).await?;
    }
    Ok(())
}

async fn try_lock(session: &mut PgConnection, key: i32) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar("SELECT pg_try_advisory_lock($1, $2)").bind(LOCK_SPACE).bind(key).fetch_one(session).await
}

/// Runs a statement made of names that this crate gave.
async fn execute(session: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(session).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_only_what_dead_processes_left() {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        let dead = tempfile::Builder::new().prefix(&directory_prefix(child.id())).tempdir().unwrap();
        let living = tempfile::Builder::new().prefix(&directory_prefix(std::process::id())).tempdir().unwrap();
        child.wait().unwrap();

        directories_of_dead_processes();
        assert!(!dead.path().exists());
        assert!(living.path().exists());
    }
}
