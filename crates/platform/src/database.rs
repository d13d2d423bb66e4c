use std::time::Duration;

use async_trait::async_trait;
use kernel::{StoreError, Transactor, Tx, finished};
use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use sqlx::{
    Connection,
    postgres::{PgConnectOptions, PgSslMode},
};

use crate::{
    Reader, SeaOrmTransaction,
    maintenance::unknown_engine,
    outage::Outage,
    postgres::{Pool, Pools},
    reader::Readers,
};

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
    /// Most connections to PostgreSQL (half of them for workshops, at least one for each side), or readers of SQLite.
    pub max_connections: u32,
    /// Threads with a runtime of their own that will [`settle`](Database::settle).
    pub settlers: u32,
    /// How long a request may wait for a free connection.
    pub acquire_timeout: Duration,
    /// PostgreSQL's `statement_timeout`, but for [`Maintenance`](crate::Maintenance), which has none; SQLite's busy timeout.
    pub statement_timeout: Duration,
}

impl DatabaseOptions {
    /// The defaults for a URL: 16 connections, 3 s to get one, 10 s a statement.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_connections: 16,
            settlers: 0,
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

    /// PostgreSQL's host, when it is another one and connections to it may be without encryption: sqlx would rather have
    /// it, but takes what the server offers, unless `sslmode` (or PGSSLMODE) asks for it.
    #[must_use]
    pub fn unencrypted_host(&self) -> Option<String> {
        if self.engine() != Some(Engine::Postgres) {
            return None;
        }
        let options: PgConnectOptions = self.url.parse().ok()?;
        let mode = options.get_ssl_mode();
        let encrypted = matches!(mode, PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull);
        let host = options.get_host();
        let loopback = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
        let here = loopback || host.starts_with('/') || options.get_socket().is_some();
        (!encrypted && !here).then(|| host.to_owned())
    }
}

/// The connection pools. On PostgreSQL one that sees all, for staff and the background, and one for work in a workshop's
/// [`scope`](crate::scope), that sees nothing until a transaction tells whose; on SQLite readers and a single writing
/// connection. Nothing writes here but a [`Tx`]: outside of one, the database refuses it.
#[derive(Debug, Clone)]
pub struct Database {
    reader: Reader,
    writer: Writer,
}

#[derive(Debug, Clone)]
enum Writer {
    Sqlite(DatabaseConnection),
    Postgres(Pools),
}

impl Database {
    /// Connects and checks that the database answers. A missing SQLite file is made.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nobody answers, [`StoreError::Other`] for a URL of another kind.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, StoreError> {
        let outage = Outage::default();
        match options.engine() {
            Some(Engine::Postgres) => {
                let for_workshops = Shares::of((options.max_connections / 2).max(1), options.settlers);
                let for_all = options.max_connections.saturating_sub(options.max_connections / 2).max(1);
                let for_all = Shares::of(for_all, options.settlers);
                let all = sea_orm::Database::connect(pool_options(options, for_all.rest, Use::All, &outage)).await?;
                let mut of_one_tenant = pool_options(options, for_workshops.rest, Use::OneTenant, &outage);
                let of_one_tenant = sea_orm::Database::connect(of_one_tenant.connect_lazy(true).to_owned()).await?;
                let [all, of_one_tenant] = [(all, for_all), (of_one_tenant, for_workshops)].map(|(pool, shares)| {
                    let connections = pool.get_postgres_connection_pool().clone();
                    Pool::new(connections, shares.each, outage.clone())
                });
                let pools = Pools { all, of_one_tenant };
                Ok(Self { reader: Reader(Readers::Postgres(pools.clone())), writer: Writer::Postgres(pools) })
            }
            Some(Engine::Sqlite) => {
                // The writer first: it makes the file and switches it to WAL.
                let writer = sea_orm::Database::connect(pool_options(options, 1, Use::Write, &outage)).await?;
                let readers = pool_options(options, options.max_connections, Use::All, &outage);
                let readers = sea_orm::Database::connect(readers).await?;
                Ok(Self { reader: Reader(Readers::Sqlite(readers)), writer: Writer::Sqlite(writer) })
            }
            None => Err(unknown_engine()),
        }
    }

    /// Gives this thread, one of the announced [`settlers`](DatabaseOptions::settlers), connections of its own to PostgreSQL,
    /// out of [`max_connections`](DatabaseOptions::max_connections). A connection wakes the thread that opened it when an
    /// answer comes, so that whoever waits there need not be woken by another one. Where the threads would have less than two
    /// each, all go on sharing.
    pub fn settle(&self) {
        if let Writer::Postgres(Pools { all, of_one_tenant }) = &self.writer {
            all.settle();
            of_one_tenant.settle();
        }
    }

    /// Which engine this is; for the few queries that must differ.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.writer {
            Writer::Sqlite(_) => Engine::Sqlite,
            Writer::Postgres(_) => Engine::Postgres,
        }
    }

    /// For reads that need no transaction, of the running [`scope`](crate::scope); for code under `store/` only.
    #[must_use]
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<(), StoreError> {
        self.reader.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    /// Connections in use and open, for metrics: `(in_use, open)` of PostgreSQL's pools together, or of SQLite's readers.
    #[must_use]
    pub fn pool_usage(&self) -> (u32, u32) {
        let pools: Vec<(u32, usize)> = match &self.reader.0 {
            Readers::Sqlite(readers) => {
                let readers = readers.get_sqlite_connection_pool();
                vec![(readers.size(), readers.num_idle())]
            }
            Readers::Postgres(Pools { all, of_one_tenant }) => {
                let pools = [all, of_one_tenant].into_iter().flat_map(Pool::everywhere);
                pools.map(|pool| (pool.size(), pool.num_idle())).collect()
            }
        };
        pools.into_iter().fold((0, 0), |(in_use, open), (size, idle)| {
            let idle = u32::try_from(idle).unwrap_or(u32::MAX);
            (in_use + size.saturating_sub(idle), open + size)
        })
    }

    /// Closes all connections, after the queries under way.
    ///
    /// # Errors
    /// When a connection does not close.
    pub async fn close(self) -> Result<(), StoreError> {
        match self.reader.0 {
            Readers::Sqlite(readers) => readers.close().await?,
            Readers::Postgres(Pools { all, of_one_tenant }) => {
                for pool in of_one_tenant.everywhere().into_iter().chain(all.everywhere()) {
                    pool.close().await;
                }
            }
        }
        if let Writer::Sqlite(writer) = self.writer {
            writer.close().await?;
        }
        Ok(())
    }
}

#[async_trait]
impl Transactor for Database {
    async fn begin(&self) -> Result<Tx, StoreError> {
        match &self.writer {
            Writer::Sqlite(writer) => Ok(Tx::new(SeaOrmTransaction(begin_immediate(writer.clone()).await?))),
            Writer::Postgres(pools) => Ok(Tx::new(pools.begin().await?)),
        }
    }
}

async fn begin_immediate(writer: DatabaseConnection) -> Result<DatabaseTransaction, StoreError> {
    // A deferred transaction that turns from reading to writing fails with BUSY at once.
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    Ok(finished(async move { writer.begin_with_options(options).await }).await??)
}

/// How connections are shared out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shares {
    /// For each thread that settles; less than two are not worth it.
    each: Option<u32>,
    /// For all others.
    rest: u32,
}

impl Shares {
    fn of(connections: u32, settlers: u32) -> Self {
        let each = connections / settlers.saturating_add(1);
        if settlers == 0 || each < 2 {
            return Self { each: None, rest: connections };
        }
        Self { each: Some(each), rest: connections - each * settlers }
    }
}

/// What a pool is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Sees all rows; writes in transactions only (and SQLite's readers never).
    All,
    /// Sees what a transaction tells; PostgreSQL only.
    OneTenant,
    /// Sees and writes all: SQLite's one writer.
    Write,
    /// Sees and writes all, outside of transactions too.
    Maintenance,
}

pub(crate) fn pool_options(
    options: &DatabaseOptions,
    max_connections: u32,
    purpose: Use,
    outage: &Outage,
) -> ConnectOptions {
    let mut connect = ConnectOptions::new(options.url.clone());
    let outage = outage.clone();
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
                // Who is erased is gone from the file too, not only from its tables.
                .pragma("secure_delete", "ON")
                .pragma("query_only", if purpose == Use::All { "ON" } else { "OFF" })
        })
        .map_sqlx_postgres_before_acquire(move |connection, used| {
            let in_doubt = outage.may_have_hit(used.idle_for);
            Box::pin(async move {
                if in_doubt {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .map_sqlx_postgres_opts(move |postgres| {
            // What somebody has started at the command line may take its time.
            let most = if purpose == Use::Maintenance { Duration::ZERO } else { statement_timeout };
            let postgres = postgres.options([("statement_timeout", most.as_millis().to_string())]);
            // Heeded by the policies of migrations/src/m0012_row_level_security.rs. Always told, so that nothing that is set
            // for the role or the database widens the scope.
            let postgres =
                postgres.options([("nextcrm.scope", if purpose == Use::OneTenant { "tenant" } else { "all" })]);
            // Only a transaction that says so writes.
            let read_only = if purpose == Use::Maintenance { "off" } else { "on" };
            postgres.options([("default_transaction_read_only", read_only)])
        });
    connect
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn connections_are_shared_out_and_none_is_made_up() {
        assert_eq!(Shares::of(8, 0), Shares { each: None, rest: 8 });
        assert_eq!(Shares::of(8, 2), Shares { each: Some(2), rest: 4 });
        assert_eq!(Shares::of(25, 4), Shares { each: Some(5), rest: 5 });
        assert_eq!(Shares::of(8, 16), Shares { each: None, rest: 8 });
        assert_eq!(Shares::of(1, 1), Shares { each: None, rest: 1 });
    }

    #[test]
    fn another_host_without_encryption_is_told() {
        let host = |url: &str| DatabaseOptions::new(url).unencrypted_host();
        for url in ["postgres://u:p@db.example.com/n", "postgresql://db.example.com/n?sslmode=prefer"] {
            assert_eq!(host(url).as_deref(), Some("db.example.com"), "{url}");
        }
        for url in [
            "postgres://db.example.com/n?sslmode=require",
            "postgres://db.example.com/n?sslmode=verify-full",
            "postgres://u@localhost/n",
            "postgres://u@127.0.0.1:5432/n",
            "postgres:///n?host=/var/run/postgresql",
            "sqlite://data/nextcrm.db",
        ] {
            assert_eq!(host(url), None, "{url}");
        }
    }
}
