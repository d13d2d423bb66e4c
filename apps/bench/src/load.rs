use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::client::{Call, Connection};

/// Longest latency that is told apart, in microseconds.
const LONGEST_MICROS: u64 = 120_000_000;
/// What is sent before measuring, so that pools are full and caches warm.
const WARM_UP: Duration = Duration::from_secs(2);
/// No run sends more than this, however fast the server is.
const MOST_REQUESTS: u64 = 20_000_000;

/// The calls of a route: the n-th request of a run is `calls(n)`.
pub(crate) type Calls = Arc<dyn Fn(u64) -> Call + Send + Sync>;

/// What came of a run.
#[derive(Debug)]
pub(crate) struct Measured {
    /// Answers with a 2xx.
    pub(crate) done: u64,
    /// All other answers and broken connections.
    pub(crate) failed: u64,
    /// What the first failure was.
    pub(crate) first_failure: Option<String>,
    /// Bytes of bodies read.
    pub(crate) bytes: u64,
    /// From the first request to the last answer.
    pub(crate) elapsed: Duration,
    /// Latencies of the 2xx in microseconds.
    pub(crate) latencies: Histogram<u64>,
}

impl Measured {
    fn new() -> anyhow::Result<Self> {
        let latencies = Histogram::new_with_bounds(1, LONGEST_MICROS, 3)?;
        Ok(Self { done: 0, failed: 0, first_failure: None, bytes: 0, elapsed: Duration::ZERO, latencies })
    }

    /// Successful requests per second.
    pub(crate) fn rate(&self) -> f64 {
        self.done as f64 / self.elapsed.as_secs_f64().max(f64::EPSILON)
    }

    /// The latency in milliseconds below which `quantile` (0 to 1) of the requests stayed.
    pub(crate) fn millis_at(&self, quantile: f64) -> f64 {
        self.latencies.value_at_quantile(quantile) as f64 / 1000.0
    }

    fn fail(&mut self, what: impl FnOnce() -> String) {
        self.failed += 1;
        self.first_failure.get_or_insert_with(what);
    }

    fn merge(&mut self, other: Self) -> anyhow::Result<()> {
        self.done += other.done;
        self.failed += other.failed;
        self.bytes += other.bytes;
        self.first_failure = self.first_failure.take().or(other.first_failure);
        self.latencies.add(other.latencies)?;
        Ok(())
    }
}

/// Loads a server: `concurrency` connections, each sending its next request when it has the answer to
/// the last (a closed loop), for `duration` after the warm-up.
///
/// # Errors
/// When the server cannot be reached at all; single failures are counted instead.
pub(crate) async fn run(
    address: SocketAddr,
    concurrency: u16,
    duration: Duration,
    calls: &Calls,
) -> anyhow::Result<Measured> {
    let sequence = Arc::new(AtomicU64::new(0));
    workers(address, concurrency, WARM_UP.min(duration), calls, &sequence).await?;
    workers(address, concurrency, duration, calls, &sequence).await
}

async fn workers(
    address: SocketAddr,
    concurrency: u16,
    duration: Duration,
    calls: &Calls,
    sequence: &Arc<AtomicU64>,
) -> anyhow::Result<Measured> {
    let mut connections = Vec::with_capacity(usize::from(concurrency));
    for _ in 0..concurrency {
        connections.push(Connection::open(address).await?);
    }
    let start = Instant::now();
    let mut running = JoinSet::new();
    for connection in connections {
        running.spawn(worker(address, connection, start + duration, Arc::clone(calls), Arc::clone(sequence)));
    }
    let mut total = Measured::new()?;
    while let Some(one) = running.join_next().await {
        total.merge(one.context("a load worker died")??)?;
    }
    total.elapsed = start.elapsed();
    Ok(total)
}

async fn worker(
    address: SocketAddr,
    mut connection: Connection,
    deadline: Instant,
    calls: Calls,
    sequence: Arc<AtomicU64>,
) -> anyhow::Result<Measured> {
    let mut measured = Measured::new()?;
    while Instant::now() < deadline {
        let number = sequence.fetch_add(1, Ordering::Relaxed);
        if number >= MOST_REQUESTS {
            break;
        }
        let call = calls(number);
        let sent = Instant::now();
        match connection.exchange(&call).await {
            Ok((status, length)) if status.is_success() => {
                let micros = u64::try_from(sent.elapsed().as_micros()).unwrap_or(LONGEST_MICROS);
                measured.latencies.record(micros.clamp(1, LONGEST_MICROS))?;
                measured.done += 1;
                measured.bytes += length;
            }
            Ok((status, _)) => measured.fail(|| format!("{} {} answered {status}", call.method, call.path)),
            Err(error) => {
                measured.fail(|| format!("{} {}: {error:#}", call.method, call.path));
                connection = Connection::open(address).await?;
            }
        }
    }
    Ok(measured)
}
