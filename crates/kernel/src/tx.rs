use std::sync::Arc;

use async_trait::async_trait;
use sea_orm::{DbErr, RuntimeErr};
use tokio::sync::Notify;
use tracing::Instrument as _;

use crate::{OpenTransaction, StoreError, TxExecutor};

/// An open database transaction. Dropping it rolls back; only [`Tx::commit`] keeps what was written.
///
/// Every write and every locking read takes `tx: &mut Tx` first, so a signature tells what changes things.
pub struct Tx {
    inner: TxExecutor,
    wake: Vec<Arc<Notify>>,
}

impl std::fmt::Debug for Tx {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tx").finish_non_exhaustive()
    }
}

impl Tx {
    /// Wraps a transaction that was just begun.
    #[must_use]
    pub fn new(inner: impl OpenTransaction + 'static) -> Self {
        Self { inner: TxExecutor(Box::new(inner)), wake: Vec::new() }
    }

    /// What queries run on; for code under `store/` only.
    #[must_use]
    pub fn executor(&mut self) -> &TxExecutor {
        &self.inner
    }

    /// Wakes the waiter once this transaction has committed (and never if it does not).
    pub fn wake_on_commit(&mut self, waiter: &Arc<Notify>) {
        if !self.wake.iter().any(|known| Arc::ptr_eq(known, waiter)) {
            self.wake.push(Arc::clone(waiter));
        }
    }

    /// Keeps everything that was written, also when the caller does not wait for it.
    ///
    /// # Errors
    /// When the database cannot tell that it has; the outcome is then unknown to the caller.
    pub async fn commit(self) -> Result<(), StoreError> {
        let commit = async move {
            self.inner.0.commit().await?;
            for waiter in self.wake {
                waiter.notify_one();
            }
            Ok(())
        };
        finished(commit).await?
    }

    /// Undoes everything now, instead of when dropped.
    ///
    /// # Errors
    /// When the database does not answer; it undoes everything anyway when the connection ends.
    pub async fn rollback(self) -> Result<(), StoreError> {
        Ok(self.inner.0.rollback().await?)
    }
}

/// Does the work in a task of its own: to its end, though the caller leaves.
///
/// # Errors
/// When the work panics.
pub async fn finished<T: Send + 'static>(work: impl Future<Output = T> + Send + 'static) -> Result<T, DbErr> {
    let task = tokio::spawn(work.in_current_span());
    task.await.map_err(|error| DbErr::Conn(RuntimeErr::Internal(error.to_string())))
}

/// Opens transactions.
#[async_trait]
pub trait Transactor: Send + Sync {
    /// Begins a transaction on the writing side.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when no connection is free in time.
    async fn begin(&self) -> Result<Tx, StoreError>;
}

/// What an `If-Match` header asked for: the versions that may be changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum VersionMatch {
    /// No header, or `*`: whatever is there.
    #[default]
    Any,
    /// One of these versions; an empty list never matches.
    OneOf(Vec<i64>),
}

impl VersionMatch {
    /// Whether an object of this version may be changed.
    #[must_use]
    pub fn allows(&self, version: i64) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}
