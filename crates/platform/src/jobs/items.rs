use std::fmt::Display;

use kernel::{DomainError, ErrorKind};

use super::JobError;

/// So many in a row are no longer each item's own trouble.
const UNAVAILABLE_IN_A_ROW: u32 = 3;

/// The items that a run goes through. One that fails is logged, counted and passed by; the others are served, and the run
/// reports failed at its end, so that it is tried again. Only a database that is unavailable for several in a row ends it.
///
/// ```
/// use platform::jobs::Items;
///
/// let mut items = Items::of("demo.tidy");
/// for id in 1..=3 {
///     let tidied = if id == 2 { Err(kernel::StoreError::corrupt("things.size", "no number")) } else { Ok(()) };
///     items.note(id, tidied)?;
/// }
/// assert_eq!(items.finish().expect_err("one failed").to_string(), "1 of 3 items failed");
/// # Ok::<(), platform::jobs::JobError>(())
/// ```
#[derive(Debug)]
pub struct Items {
    run: &'static str,
    all: u64,
    failed: u64,
    unavailable: u32,
}

impl Items {
    /// None yet, of this job.
    #[must_use]
    pub fn of(run: &'static str) -> Self {
        Self { run, all: 0, failed: 0, unavailable: 0 }
    }

    /// Takes down what came of an item; `None` when it failed.
    ///
    /// # Errors
    /// When the database is unavailable for several items in a row: the others would only fail as well.
    pub fn note<T, E>(&mut self, item: impl Display, result: Result<T, E>) -> Result<Option<T>, JobError>
    where
        E: DomainError + Send + Sync + 'static,
    {
        self.all += 1;
        let error = match result {
            Ok(done) => {
                self.unavailable = 0;
                return Ok(Some(done));
            }
            Err(error) => error,
        };
        self.failed += 1;
        let job = self.run;
        tracing::error!(job, %item, error = %chain(&error), "an item fails and is passed by");
        metrics::counter!("job_items_failed_total", "job" => job).increment(1);
        let unavailable = error.kind() == ErrorKind::Unavailable;
        self.unavailable = if unavailable { self.unavailable + 1 } else { 0 };
        if self.unavailable >= UNAVAILABLE_IN_A_ROW { Err(Box::new(error)) } else { Ok(None) }
    }

    /// Ends the run.
    ///
    /// # Errors
    /// When an item failed.
    pub fn finish(self) -> Result<(), JobError> {
        match self.failed {
            0 => Ok(()),
            failed => Err(format!("{failed} of {} items failed", self.all).into()),
        }
    }
}

/// An error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnAcquireErr, DbErr};

    use super::*;
    use kernel::StoreError;

    fn unavailable() -> Result<(), StoreError> {
        Err(StoreError::Unavailable(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)))
    }

    fn poisoned() -> Result<(), StoreError> {
        Err(StoreError::corrupt("things.size", "no number"))
    }

    #[test]
    fn a_run_fails_at_its_end_and_only_then() {
        let mut items = Items::of("test");
        for result in [Ok(()), poisoned(), Ok(())] {
            items.note("it", result).expect("goes on");
        }
        assert_eq!(items.finish().expect_err("one failed").to_string(), "1 of 3 items failed");
        assert!(Items::of("test").finish().is_ok());
    }

    #[test]
    fn a_database_that_stays_away_ends_a_run() {
        let mut items = Items::of("test");
        for result in [unavailable(), unavailable(), Ok(()), unavailable(), poisoned(), unavailable(), unavailable()] {
            items.note("it", result).expect("goes on");
        }
        assert!(items.note("it", unavailable()).is_err());
    }
}
