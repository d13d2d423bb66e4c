use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{DbErr, RuntimeErr};
use sqlx::error::DatabaseError;

/// When a connection to PostgreSQL was last seen to be dead. Those that were idle then may have died with it, and are
/// tried before they serve again, so that one request notices an outage and the next ones do not.
#[derive(Debug, Clone, Default)]
pub(crate) struct Outage(Arc<Mutex<Option<Instant>>>);

impl Outage {
    /// Hands the result on, and remembers if it tells of a dead connection.
    pub(crate) fn notice<T>(&self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        if result.as_ref().is_err_and(is_dead) {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        result
    }

    /// Whether a connection that has been idle for so long may have died in the last outage.
    pub(crate) fn may_have_hit(&self, idle_for: Duration) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() <= idle_for)
    }
}

/// Whether the connection was lost, or ended by the server (`admin_shutdown`, `crash_shutdown`), while it was used, or is
/// no good because somebody left it in a transaction (`in_failed_sql_transaction`, `active_sql_transaction`).
pub(crate) fn is_dead(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    match error.as_ref() {
        sqlx::Error::Io(_) | sqlx::Error::BeginFailed | sqlx::Error::InvalidSavePointStatement => true,
        sqlx::Error::Database(error) => matches!(error.code().as_deref(), Some("57P01" | "57P02")) || is_left(&**error),
        _ => false,
    }
}

/// Whether a statement was refused, and has done nothing, because its connection had been left in a transaction.
pub(crate) fn was_left_in_transaction(error: &DbErr) -> bool {
    let (DbErr::Query(RuntimeErr::SqlxError(error)) | DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    matches!(error.as_ref(), sqlx::Error::Database(error) if is_left(&**error))
}

fn is_left(error: &dyn DatabaseError) -> bool {
    matches!(error.code().as_deref(), Some("25P02" | "25001"))
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn lost() -> DbErr {
        DbErr::Query(RuntimeErr::SqlxError(Arc::new(sqlx::Error::Io(io::ErrorKind::UnexpectedEof.into()))))
    }

    #[tokio::test]
    async fn connections_that_were_idle_then_are_in_doubt() {
        let outage = Outage::default();
        let too_slow = DbErr::Query(RuntimeErr::SqlxError(Arc::new(sqlx::Error::PoolTimedOut)));
        assert!(outage.notice::<()>(Err(too_slow)).is_err());
        assert!(!outage.may_have_hit(Duration::MAX), "nothing has died yet");
        assert!(outage.notice::<()>(Err(lost())).is_err());
        tokio::time::sleep(Duration::from_millis(2)).await;
        assert!(outage.may_have_hit(Duration::from_secs(60)));
        assert!(!outage.may_have_hit(Duration::from_millis(1)), "it has been used since");
        assert!(outage.notice(Ok(())).is_ok());
        assert!(!outage.may_have_hit(Duration::from_millis(1)));
    }
}
