use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use kernel::{StoreError, Transactor, Tx};
use platform::SeaOrmTransaction;
use sea_orm::{DatabaseBackend, DatabaseConnection, MockDatabase, TransactionTrait};

/// A [`Transactor`] without a database, for services over mocked ports: it writes down how each of its
/// transactions began and ended. A query inside one of them fails, because no answers are scripted.
#[derive(Debug, Default)]
pub struct RecordingTransactor(Mutex<Vec<Recording>>);

#[derive(Debug)]
struct Recording {
    connection: DatabaseConnection,
    log: Vec<String>,
}

impl RecordingTransactor {
    /// One that has begun nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What happened so far, as SQL: `BEGIN`, then `COMMIT` or `ROLLBACK`, once per transaction and in
    /// the order they began. A transaction that is still open shows nothing.
    #[must_use]
    pub fn log(&self) -> Vec<String> {
        let mut recordings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for recording in recordings.iter_mut() {
            let ended = recording.connection.clone().into_transaction_log();
            let statements = ended.iter().flat_map(sea_orm::Transaction::statements);
            recording.log.extend(statements.map(|statement| statement.sql.clone()));
        }
        recordings.iter().flat_map(|recording| recording.log.clone()).collect()
    }
}

#[async_trait]
impl Transactor for RecordingTransactor {
    async fn begin(&self) -> Result<Tx, StoreError> {
        // A connection each: two transactions open on one would nest as savepoints.
        let connection = MockDatabase::new(DatabaseBackend::Sqlite).into_connection();
        let tx = Tx::new(SeaOrmTransaction(connection.begin().await?));
        let mut recordings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        recordings.push(Recording { connection, log: Vec::new() });
        Ok(tx)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn tells_how_transactions_end() {
        let transactor = RecordingTransactor::new();
        assert!(transactor.log().is_empty());

        transactor.begin().await.unwrap().commit().await.unwrap();
        assert_eq!(transactor.log(), ["BEGIN", "COMMIT"]);

        drop(transactor.begin().await.unwrap());
        transactor.begin().await.unwrap().rollback().await.unwrap();
        let expected = ["BEGIN", "COMMIT", "BEGIN", "ROLLBACK", "BEGIN", "ROLLBACK"];
        assert_eq!(transactor.log(), expected);
        assert_eq!(transactor.log(), expected, "reading the log does not empty it");
    }

    #[tokio::test]
    async fn transactions_may_overlap() {
        let transactor = RecordingTransactor::new();
        let first = transactor.begin().await.unwrap();
        let second = transactor.begin().await.unwrap();
        second.commit().await.unwrap();
        assert_eq!(transactor.log(), ["BEGIN", "COMMIT"]);
        drop(first);
        assert_eq!(transactor.log(), ["BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
    }
}
