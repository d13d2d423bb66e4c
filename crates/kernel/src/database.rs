use std::time::Duration;

use async_trait::async_trait;
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};

use crate::{StoreError, Transactor, Tx};

/// The database behind a [`Database`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file, one writer.
    Sqlite,
    /// Production.
    Postgres,
}

/// How to connect.
#[derive(Debug, Clone)]
pub struct DatabaseOptions {
    /// `sqlite://PATH` or `postgres://...`.
    pub url: String,
    /// Most connections to PostgreSQL, or readers of SQLite.
    pub max_connections: u32,
    /// How long a request may wait for a free connection.
    pub acquire_timeout: Duration,
    /// PostgreSQL's `statement_timeout`, SQLite's busy timeout.
    pub statement_timeout: Duration,
}

impl DatabaseOptions {
    /// The defaults for a URL: 16 connections, 3 s to get one, 10 s a statement.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            acquire_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
        }
    }

    /// Which engine the URL names; `None` for any other.
    #[must_use]
    pub fn engine(&self) -> Option<Engine> {
        if self.url.starts_with("sqlite:") {
            Some(Engine::Sqlite)
        } else if self.url.starts_with("postgres://") || self.url.starts_with("postgresql://") {
            Some(Engine::Postgres)
        } else {
            None
        }
    }
}

/// The connection pools: on PostgreSQL one, on SQLite readers and a single writing connection.
#[derive(Debug, Clone)]
pub struct Database {
    engine: Engine,
    readers: DatabaseConnection,
    writer: DatabaseConnection,
}

impl Database {
    /// Connects and checks that the database answers. A missing SQLite file is made.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nobody answers, [`StoreError::Other`] for a URL of another kind.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, StoreError> {
        match options.engine() {
            Some(Engine::Postgres) => {
                let pool = sea_orm::Database::connect(pool_options(options, options.max_connections)).await?;
                Ok(Self { engine: Engine::Postgres, readers: pool.clone(), writer: pool })
            }
            Some(Engine::Sqlite) => {
                // The writer first: it makes the file and switches it to WAL.
                let writer = sea_orm::Database::connect(pool_options(options, 1)).await?;
                let readers = sea_orm::Database::connect(pool_options(options, options.max_connections)).await?;
                Ok(Self { engine: Engine::Sqlite, readers, writer })
            }
            None => Err(StoreError::Other(DbErr::Custom("the URL must start with sqlite:// or postgres://".into()))),
        }
    }

    /// Which engine this is; for the few queries that must differ.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.engine
    }

    /// Pool for reads that need no transaction; for code under `store/` only.
    #[must_use]
    pub fn reader(&self) -> &DatabaseConnection {
        &self.readers
    }

    /// Connection(s) for migrations and bulk work; everything else writes through a [`Tx`].
    #[must_use]
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.readers.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// Connections in use and open, for metrics: `(in_use, open)` of the readers' pool.
    #[must_use]
    pub fn pool_usage(&self) -> (u32, u32) {
        let (size, idle) = match self.engine {
            Engine::Postgres => {
                let pool = self.readers.get_postgres_connection_pool();
                (pool.size(), pool.num_idle())
            }
            Engine::Sqlite => {
                let pool = self.readers.get_sqlite_connection_pool();
                (pool.size(), pool.num_idle())
            }
        };
        (size.saturating_sub(u32::try_from(idle).unwrap_or(u32::MAX)), size)
    }

    /// Closes all connections, after the queries under way.
    ///
    /// # Errors
    /// When a connection does not close.
    pub async fn close(self) -> Result<(), StoreError> {
        self.readers.close().await?;
        self.writer.close().await?;
        Ok(())
    }
}

#[async_trait]
impl Transactor for Database {
    async fn begin(&self) -> Result<Tx, StoreError> {
        let options = match self.engine {
            // A deferred transaction that turns from reading to writing fails with BUSY at once.
            Engine::Sqlite => TransactionOptions {
                sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
                ..TransactionOptions::default()
            },
            Engine::Postgres => TransactionOptions::default(),
        };
        Ok(Tx::new(self.writer.begin_with_options(options).await?))
    }
}

fn pool_options(options: &DatabaseOptions, max_connections: u32) -> ConnectOptions {
    let mut connect = ConnectOptions::new(options.url.clone());
    let statement_timeout = options.statement_timeout;
    connect
        .max_connections(max_connections)
        .min_connections(0)
        .connect_timeout(options.acquire_timeout)
        .acquire_timeout(options.acquire_timeout)
        // The pool's reaper can spin for ever after acquire time-outs; without these it never runs.
        // The ping of idle connections weeds out dead ones instead.
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
        .test_before_acquire_if_idle_for(Duration::from_secs(5))
        .sqlx_logging_level(log::LevelFilter::Debug)
        .record_stmt_in_spans(false)
        .map_sqlx_sqlite_opts(move |sqlite| {
            use sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(statement_timeout)
        })
        .map_sqlx_postgres_opts(move |postgres| {
            postgres.options([("statement_timeout", statement_timeout.as_millis().to_string())])
        });
    connect
}
