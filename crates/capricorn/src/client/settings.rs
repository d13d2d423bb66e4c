use std::time::Duration;

use outbound::Url;

/// Which server is asked, and how patiently.
#[derive(Debug, Clone)]
pub struct ClientSettings {
    /// `CAPRICORN_API_URL`; it may have a path.
    pub base: Url,
    /// The most that a call may take, its tries and waits included.
    pub timeout: Duration,
    /// The most that connecting may take.
    pub connect_timeout: Duration,
    /// Calls with the same credentials that are on their way at once.
    pub max_concurrency: usize,
    /// More than this is not read of an answer.
    pub max_answer_bytes: usize,
    /// More than this is not read of a PDF.
    pub max_pdf_bytes: usize,
    /// After this time an open circuit lets one try through.
    pub circuit_wait: Duration,
}

impl ClientSettings {
    /// 10 s for a call, 2 s to connect, 16 calls at once, 8 MiB of an answer and 32 MiB of a PDF.
    #[must_use]
    pub fn new(base: Url) -> Self {
        Self {
            base,
            timeout: Duration::from_secs(10),
            connect_timeout: Duration::from_secs(2),
            max_concurrency: 16,
            max_answer_bytes: 8 * 1024 * 1024,
            max_pdf_bytes: 32 * 1024 * 1024,
            circuit_wait: Duration::from_secs(10),
        }
    }
}
