use std::time::Duration;

/// How calls to one party are made.
///
/// ```
/// use std::time::Duration;
/// use outbound::Profile;
///
/// let profile = Profile { timeout: Duration::from_secs(20), retries: 0, ..Profile::new("stripe") };
/// assert!(profile.circuit.is_some());
/// ```
#[derive(Debug, Clone)]
pub struct Profile {
    /// Who is called, in metrics and traces; from a closed set.
    pub target: &'static str,
    /// The most that connecting may take, looking up the name and TLS included.
    pub connect_timeout: Duration,
    /// The most that a call may take: all its tries, the waits between them, and reading the answer.
    pub timeout: Duration,
    /// More is not read of an answer.
    pub max_answer_bytes: usize,
    /// How many redirects are followed; guarded clients follow none.
    pub redirects: usize,
    /// How often a call that may be repeated is, at most.
    pub retries: u32,
    /// The wait before the first repetition, which doubles with each, with jitter.
    pub first_wait: Duration,
    /// The longest of these waits; what `Retry-After` asks for may be longer.
    pub longest_wait: Duration,
    /// Calls under one key that are on their way at once; others wait.
    pub concurrency: usize,
    /// When calls under a key that keep failing are no longer made; `None` for never.
    pub circuit: Option<Circuit>,
}

impl Profile {
    /// For calls to `target`: 15 s in all and 5 s to connect, 1 MiB of answer, no redirects, two repetitions, 16 calls at
    /// once for each key, and a circuit.
    #[must_use]
    pub fn new(target: &'static str) -> Self {
        Self {
            target,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(15),
            max_answer_bytes: 1024 * 1024,
            redirects: 0,
            retries: 2,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(5),
            concurrency: 16,
            circuit: Some(Circuit::default()),
        }
    }
}

/// When a circuit opens, and for how long. A try fails when no answer came, half of one, or one of 5xx; other refusals are
/// of the caller's making and count as success.
#[derive(Debug, Clone, Copy)]
pub struct Circuit {
    /// Opens after so many failures in a row,
    pub failures_in_a_row: usize,
    /// or when at least half of so many tries
    pub tries: usize,
    /// within this time have failed.
    pub window: Duration,
    /// After this time one try is let through: it closes the circuit or opens it again.
    pub wait: Duration,
}

impl Default for Circuit {
    /// Five in a row, or half of 20 in 30 s; tried again after 10 s.
    fn default() -> Self {
        Self { failures_in_a_row: 5, tries: 20, window: Duration::from_secs(30), wait: Duration::from_secs(10) }
    }
}
