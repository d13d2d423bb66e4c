use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::FutureExt;
use kernel::{Backoff, Clock, Entropy};
use tokio::{task::JoinSet, time::MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use super::{JobError, Schedule, ScheduleMarks, TickLease};
use crate::one_line;

/// How the runner works; the defaults fit production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunnerOptions {
    /// How often each schedule looks for a tick that another node failed or left behind.
    pub poll: Duration,
    /// When a dead node's run is taken over; a living one extends it in time.
    pub lease: Duration,
    /// Runs of a tick before it is given up on.
    pub max_attempts: u32,
    /// How long to wait between them.
    pub backoff: Backoff,
    /// How long running jobs get to end early when the runner stops.
    pub grace: Duration,
}

impl Default for RunnerOptions {
    fn default() -> Self {
        Self {
            poll: Duration::from_secs(10),
            lease: Duration::from_secs(60),
            max_attempts: 5,
            backoff: Backoff { first: Duration::from_secs(30), most: Duration::from_secs(15 * 60) },
            grace: Duration::from_secs(10),
        }
    }
}

/// Runs jobs on their schedules; one task each, so that a long one keeps no other from its time.
#[derive(Debug)]
pub struct Runner {
    tasks: JoinSet<()>,
    stop: CancellationToken,
}

impl Runner {
    /// Begins to run the schedules.
    #[must_use]
    pub fn start(
        schedules: Vec<Schedule>,
        marks: Arc<dyn ScheduleMarks>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        options: RunnerOptions,
    ) -> Self {
        let stop = CancellationToken::new();
        let mut tasks = JoinSet::new();
        for schedule in schedules {
            let keeper = Keeper {
                schedule,
                marks: Arc::clone(&marks),
                clock: Arc::clone(&clock),
                entropy: Arc::clone(&entropy),
                options,
                stop: stop.clone(),
            };
            tasks.spawn(keeper.keep());
        }
        Self { tasks, stop }
    }

    /// Starts no more jobs, tells the running ones to end and waits for them, for the grace time at most. What was cut
    /// off is free for another node at once.
    pub async fn stop(mut self) {
        self.stop.cancel();
        while self.tasks.join_next().await.is_some() {}
    }
}

/// Keeps one schedule.
struct Keeper {
    schedule: Schedule,
    marks: Arc<dyn ScheduleMarks>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    options: RunnerOptions,
    stop: CancellationToken,
}

/// How a run ended.
enum Run {
    Done,
    Failed(JobError),
    /// The grace time was over.
    CutOff,
    /// Another node holds the lease.
    TakenOver,
}

impl Keeper {
    async fn keep(self) {
        let name = self.schedule.job.name();
        loop {
            let tick = self.schedule.cadence.latest_tick(self.clock.now());
            match self.marks.claim(name, tick, self.options.lease).await {
                Ok(Some(lease)) => self.attend(&lease).await,
                Ok(None) => {}
                Err(error) => tracing::warn!(job = name, %error, "a schedule cannot be read; trying again"),
            }
            let now = self.clock.now();
            let until_tick = (self.schedule.cadence.next_tick(now) - now).to_std().unwrap_or_default();
            // A little later than the tick, so that it is there when looked for.
            let pause = (until_tick + Duration::from_millis(20)).min(self.options.poll);
            tokio::select! {
                () = self.stop.cancelled() => return,
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Runs the job and keeps what came of it.
    async fn attend(&self, lease: &TickLease) {
        let name = self.schedule.job.name();
        let started = tokio::time::Instant::now();
        let run = self.run(lease).await;
        metrics::histogram!("job_duration_seconds", "job" => name).record(started.elapsed().as_secs_f64());
        let outcome = match &run {
            Run::Done => "done",
            Run::Failed(_) => "failed",
            Run::CutOff => "cut_off",
            Run::TakenOver => "taken_over",
        };
        metrics::counter!("job_runs_total", "job" => name, "outcome" => outcome).increment(1);
        let kept = match run {
            Run::Done => {
                // A job that did something worth telling has told it.
                tracing::debug!(job = name, seconds = started.elapsed().as_secs_f64(), "a job is done");
                self.marks.finish(lease, None).await
            }
            Run::Failed(error) => self.failed(lease, &error).await,
            Run::CutOff => {
                let error = Some("cut off when the node stopped".to_owned());
                self.marks.hold(lease, self.clock.now(), error).await.map(drop)
            }
            Run::TakenOver => {
                tracing::warn!(job = name, "another node took a job over; this run is dropped");
                Ok(())
            }
        };
        if let Err(error) = kept {
            tracing::warn!(job = name, %error, "what came of a job cannot be kept; it will run again");
        }
    }

    /// Runs the job, extending its lease meanwhile.
    async fn run(&self, lease: &TickLease) -> Run {
        let job = AssertUnwindSafe(self.schedule.job.run(&self.stop)).catch_unwind();
        let grace_over = async {
            self.stop.cancelled().await;
            tokio::time::sleep(self.options.grace).await;
        };
        tokio::pin!(job, grace_over);
        let mut beat = tokio::time::interval(self.options.lease / 3);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        beat.reset();
        loop {
            tokio::select! {
                result = &mut job => return match result {
                    Ok(Ok(())) => Run::Done,
                    Ok(Err(error)) => Run::Failed(error),
                    Err(_panic) => Run::Failed("the job panicked".into()),
                },
                () = &mut grace_over => return Run::CutOff,
                _ = beat.tick() => {
                    let until = self.clock.now() + self.options.lease;
                    // An error is no loss yet: the lease stands for two more beats.
                    if matches!(self.marks.hold(lease, until, None).await, Ok(false)) {
                        return Run::TakenOver;
                    }
                }
            }
        }
    }

    async fn failed(&self, lease: &TickLease, error: &JobError) -> Result<(), kernel::StoreError> {
        let (job, attempt, error) = (self.schedule.job.name(), lease.attempt, one_line(&error.to_string()));
        if attempt >= self.options.max_attempts {
            tracing::error!(job, attempt, error, "a job is given up on until its next tick");
            return self.marks.finish(lease, Some(error)).await;
        }
        tracing::warn!(job, attempt, error, "a job is tried again later");
        let until = self.clock.now() + self.options.backoff.after(attempt, self.entropy.as_ref());
        self.marks.hold(lease, until, Some(error)).await.map(drop)
    }
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
