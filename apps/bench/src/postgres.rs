use anyhow::Context as _;
use test_support::TestDatabase;

/// The database under the benchmark.
pub(crate) struct Postgres {
    /// Its `DATABASE_URL`.
    pub(crate) url: String,
    /// Dropping it removes the database; `None` for one that the user named.
    throw_away: Option<TestDatabase>,
}

impl Postgres {
    /// The database that the user named, or an empty one in a private cluster (without fsync: see
    /// docs/performance.md) that is gone afterwards.
    ///
    /// # Errors
    /// When the machine has no PostgreSQL binaries.
    pub(crate) async fn get(url: Option<&str>) -> anyhow::Result<Self> {
        if let Some(url) = url {
            anyhow::ensure!(url.starts_with("postgres"), "--database-url must start with postgres://");
            return Ok(Self { url: url.to_owned(), throw_away: None });
        }
        let database = TestDatabase::postgres()
            .await
            .context("no PostgreSQL on this machine: install one, or give an empty database with --database-url")?;
        Ok(Self { url: database.url().to_owned(), throw_away: Some(database) })
    }

    /// Removes a throw-away database.
    pub(crate) async fn stop(self) {
        if let Some(database) = self.throw_away {
            // Its connections go first: a database in use cannot be dropped.
            let _ = database.database().clone().close().await;
        }
    }
}
