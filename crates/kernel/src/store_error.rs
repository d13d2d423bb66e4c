use std::time::Duration;

use sea_orm::{DbErr, RuntimeErr, SqlErr};

use crate::{DomainError, ErrorCode, ErrorKind};

/// What can go wrong in a store, in words a service can act on; the source is always kept.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// A unique constraint refused the row.
    #[error("unique constraint {constraint} violated")]
    Unique {
        /// `uq_<table>_<column>[_<column>...]`, the same on both databases.
        constraint: String,
        /// The driver's error.
        #[source]
        source: DbErr,
    },
    /// A foreign key refused the row.
    #[error("foreign key violated")]
    ForeignKey(#[source] DbErr),
    /// A deadlock or a serialisation failure: the same transaction may work if tried again.
    #[error("the transaction lost a race")]
    Retryable(#[source] DbErr),
    /// The database is not there, too slow or has no free connection.
    #[error("the database is unavailable")]
    Unavailable(#[source] DbErr),
    /// A stored value cannot be read back into its type.
    #[error("corrupt value in {what}")]
    Corrupt {
        /// Table and column.
        what: &'static str,
        /// What is wrong with it.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Anything else.
    #[error("database error")]
    Other(#[source] DbErr),
}

impl StoreError {
    /// The violated unique constraint's name, if this is one.
    #[must_use]
    pub fn unique_constraint(&self) -> Option<&str> {
        match self {
            Self::Unique { constraint, .. } => Some(constraint),
            _ => None,
        }
    }

    /// A stored value that does not parse.
    pub fn corrupt(what: &'static str, source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Corrupt { what, source: source.into() }
    }

    /// Whether waiting a little may help (answered as 503).
    #[must_use]
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Retryable(_))
    }
}

/// For callers with no outcomes of their own, such as the shell: unavailable or internal.
impl DomainError for StoreError {
    fn kind(&self) -> ErrorKind {
        if self.is_unavailable() { ErrorKind::Unavailable } else { ErrorKind::Internal }
    }

    fn code(&self) -> ErrorCode {
        if self.is_unavailable() { ErrorCode::DatabaseUnavailable } else { ErrorCode::Internal }
    }

    fn retry_after(&self) -> Option<Duration> {
        self.is_unavailable().then_some(Duration::from_secs(1))
    }
}

impl From<DbErr> for StoreError {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(message)) => {
                return Self::Unique { constraint: constraint_name(&error, &message), source: error };
            }
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => return Self::ForeignKey(error),
            _ => {}
        }
        match severity(&error) {
            Severity::Retryable => Self::Retryable(error),
            Severity::Unavailable => Self::Unavailable(error),
            Severity::Other => Self::Other(error),
        }
    }
}

enum Severity {
    Retryable,
    Unavailable,
    Other,
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => Some(e.as_ref()),
        _ => None,
    }
}

fn severity(error: &DbErr) -> Severity {
    if matches!(error, DbErr::ConnectionAcquire(_) | DbErr::Conn(_)) {
        return Severity::Unavailable;
    }
    match sqlx_error(error) {
        Some(sqlx::Error::Database(db)) => match db.code().as_deref() {
            // PostgreSQL: serialization_failure, deadlock_detected.
            Some("40001" | "40P01") => Severity::Retryable,
            // PostgreSQL: statement or lock timeout, too many connections, shutting or starting up,
            // out of memory or disk, left in a transaction. SQLite: BUSY and LOCKED with their extended codes.
            Some(
                "57014" | "55P03" | "53300" | "53200" | "53100" | "57P01" | "57P02" | "57P03" | "25001" | "25P02" | "5"
                | "6" | "261" | "262" | "517",
            ) => Severity::Unavailable,
            Some(code) if code.starts_with("08") => Severity::Unavailable,
            _ => Severity::Other,
        },
        Some(
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed
            | sqlx::Error::InvalidSavePointStatement
            | sqlx::Error::Protocol(_),
        ) => Severity::Unavailable,
        _ => Severity::Other,
    }
}

/// PostgreSQL names the constraint; SQLite tells `table.column, table.column` or `index 'name'`.
fn constraint_name(error: &DbErr, message: &str) -> String {
    if let Some(sqlx::Error::Database(db)) = sqlx_error(error)
        && let Some(name) = db.constraint()
    {
        return name.to_owned();
    }
    let tail = message.rsplit("constraint failed: ").next().unwrap_or(message);
    if let Some(index) = tail.strip_prefix("index '") {
        return index.trim_end_matches('\'').to_owned();
    }
    let mut name = String::from("uq");
    for (position, column) in tail.split(", ").enumerate() {
        let (table, column) = column.split_once('.').unwrap_or(("", column));
        if position == 0 {
            name = format!("uq_{table}");
        }
        name.push('_');
        name.push_str(column);
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_messages_become_constraint_names() {
        let plain = DbErr::Custom("x".into());
        let name = |message| constraint_name(&plain, message);
        assert_eq!(name("UNIQUE constraint failed: tenants.subdomain"), "uq_tenants_subdomain");
        assert_eq!(
            name("UNIQUE constraint failed: tenant_users.tenant_id, tenant_users.email"),
            "uq_tenant_users_tenant_id_email"
        );
        assert_eq!(name("UNIQUE constraint failed: index 'uq_a_b'"), "uq_a_b");
    }
}
