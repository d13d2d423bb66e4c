use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use kernel::{OsEntropy, SystemClock};
use test_support::eventually;
use uuid::Uuid;

use super::*;
use crate::jobs::{Cadence, Job, MockScheduleMarks};

/// Runs a closure's outcome, and counts.
struct Scripted {
    started: AtomicU32,
    runs: AtomicU32,
    script: fn(u32) -> Result<(), JobError>,
    wait_for_stop: bool,
}

#[async_trait]
impl Job for Scripted {
    fn name(&self) -> &'static str {
        "test.scripted"
    }

    async fn run(&self, stop: &CancellationToken) -> Result<(), JobError> {
        self.started.fetch_add(1, Ordering::SeqCst);
        if self.wait_for_stop {
            stop.cancelled().await;
        }
        (self.script)(self.runs.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

fn options() -> RunnerOptions {
    RunnerOptions {
        poll: Duration::from_millis(5),
        backoff: Backoff { first: Duration::from_secs(30), most: Duration::from_secs(60) },
        max_attempts: 2,
        ..RunnerOptions::default()
    }
}

/// Marks that hand out leases with these attempts, one after the other, and note what becomes of them.
fn marks(attempts: &'static [u32], log: &Arc<Mutex<Vec<String>>>) -> Arc<MockScheduleMarks> {
    let mut marks = MockScheduleMarks::new();
    let next = AtomicU32::new(0);
    marks.expect_claim().returning(move |name, _, _| {
        let turn = next.fetch_add(1, Ordering::SeqCst) as usize;
        let lease = |attempt: &u32| TickLease { name: name.to_owned(), holder: Uuid::nil(), attempt: *attempt };
        Ok(attempts.get(turn).map(lease))
    });
    let held = Arc::clone(log);
    marks.expect_hold().returning(move |_, until, error| {
        let soon = until <= SystemClock.now() + Duration::from_secs(1);
        held.lock().expect("a lock").push(format!("hold {} {error:?}", if soon { "now" } else { "later" }));
        Ok(true)
    });
    let finished = Arc::clone(log);
    marks.expect_finish().returning(move |_, error| {
        finished.lock().expect("a lock").push(format!("finish {error:?}"));
        Ok(())
    });
    Arc::new(marks)
}

async fn run(job: Scripted, attempts: &'static [u32], options: RunnerOptions) -> (u32, Vec<String>) {
    let log = Arc::new(Mutex::new(Vec::new()));
    let job = Arc::new(job);
    let schedule = Schedule { cadence: Cadence::hourly(), job: Arc::<Scripted>::clone(&job) };
    let marks = marks(attempts, &log);
    let runner = Runner::start(vec![schedule], marks, Arc::new(SystemClock), Arc::new(OsEntropy), options);
    let all_started = async || (job.started.load(Ordering::SeqCst) as usize >= attempts.len()).then_some(());
    eventually("the job runs", all_started).await;
    // One that waits for the stop ends by it; any other has ended when the runner is told to.
    if !job.wait_for_stop {
        eventually("its end is kept", async || (log.lock().expect("a lock").len() >= attempts.len()).then_some(()))
            .await;
    }
    runner.stop().await;
    let log = log.lock().expect("a lock").clone();
    (job.runs.load(Ordering::SeqCst), log)
}

fn scripted(script: fn(u32) -> Result<(), JobError>) -> Scripted {
    Scripted { started: AtomicU32::new(0), runs: AtomicU32::new(0), script, wait_for_stop: false }
}

#[tokio::test]
async fn a_claimed_tick_runs_once_and_is_finished() {
    let (runs, log) = run(scripted(|_| Ok(())), &[1], options()).await;
    assert_eq!((runs, log), (1, vec!["finish None".to_owned()]));
}

#[tokio::test]
async fn a_failure_waits_and_the_last_one_is_kept_with_its_reason() {
    let (runs, log) = run(scripted(|_| Err("no\u{0} disk".into())), &[1, 2], options()).await;
    assert_eq!(runs, 2);
    assert_eq!(log, ["hold later Some(\"no disk\")", "finish Some(\"no disk\")"]);
}

#[tokio::test]
async fn a_panic_is_a_failure() {
    let (_, log) = run(scripted(|_| panic!("oh")), &[1], options()).await;
    assert_eq!(log, ["hold later Some(\"the job panicked\")"]);
}

#[tokio::test]
async fn a_stopped_runner_waits_for_a_job_that_ends_early() {
    let job = Scripted { wait_for_stop: true, ..scripted(|_| Err("stopped early".into())) };
    let (_, log) = run(job, &[1], options()).await;
    assert_eq!(log, ["hold later Some(\"stopped early\")"]);
}

/// Never ends by itself; tells that it began.
#[derive(Default)]
struct Deaf(AtomicU32);

#[async_trait]
impl Job for Deaf {
    fn name(&self) -> &'static str {
        "test.deaf"
    }

    async fn run(&self, _stop: &CancellationToken) -> Result<(), JobError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_job_that_does_not_end_is_cut_off_and_free_at_once() {
    let log = Arc::new(Mutex::new(Vec::new()));
    let job = Arc::new(Deaf::default());
    let schedule = Schedule { cadence: Cadence::hourly(), job: Arc::<Deaf>::clone(&job) };
    let options = RunnerOptions { grace: Duration::from_millis(20), ..options() };
    let runner = Runner::start(vec![schedule], marks(&[1], &log), Arc::new(SystemClock), Arc::new(OsEntropy), options);
    eventually("it runs", async || (job.0.load(Ordering::SeqCst) == 1).then_some(())).await;
    runner.stop().await;
    assert_eq!(*log.lock().expect("a lock"), ["hold now Some(\"cut off when the node stopped\")"]);
}
