use kernel::StoreError;
use sea_orm::{DatabaseConnection, DbErr};

use crate::{
    DatabaseOptions, Engine,
    database::{Use, pool_options},
    outage::Outage,
};

/// Connections of their own for migrations and the command line: they see all rows, and write without a [`Tx`](kernel::Tx).
/// What serves requests has none; it takes a [`Database`](crate::Database).
#[derive(Debug, Clone)]
pub struct Maintenance(DatabaseConnection);

impl Maintenance {
    /// Connects and checks that the database answers. A missing SQLite file is made.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when nobody answers, [`StoreError::Other`] for a URL of another kind.
    pub async fn connect(options: &DatabaseOptions) -> Result<Self, StoreError> {
        let connections = match options.engine() {
            Some(Engine::Sqlite) => 1,
            Some(Engine::Postgres) => options.max_connections,
            None => return Err(unknown_engine()),
        };
        let options = pool_options(options, connections, Use::Maintenance, &Outage::default());
        Ok(Self(sea_orm::Database::connect(options).await?))
    }

    /// What statements run on.
    #[must_use]
    pub fn connection(&self) -> &DatabaseConnection {
        &self.0
    }

    /// Which engine this is.
    #[must_use]
    pub fn engine(&self) -> Engine {
        match self.0.get_database_backend() {
            sea_orm::DbBackend::Postgres => Engine::Postgres,
            _ => Engine::Sqlite,
        }
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When a connection does not close.
    pub async fn close(self) -> Result<(), StoreError> {
        Ok(self.0.close().await?)
    }
}

pub(crate) fn unknown_engine() -> StoreError {
    StoreError::Other(DbErr::Custom("the URL must start with sqlite:// or postgres://".into()))
}
