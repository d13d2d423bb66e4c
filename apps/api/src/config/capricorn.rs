//! How Capricorn is reached, once something calls it.

use std::time::Duration;

use secrecy::SecretString;
use url::Url;

use super::{Environment, load::Reader};

const MIB: usize = 1024 * 1024;

/// How Capricorn is reached, and how patiently.
#[derive(Debug, Clone)]
pub struct CapricornConfig {
    /// CAPRICORN_API_URL, without a slash at its end.
    pub api_url: Option<Url>,
    /// CAPRICORN_API_KEY and CAPRICORN_CUSTOMER_ID, for workshops without credentials of their own.
    pub account: Option<CapricornAccount>,
    /// CAPRICORN_TIMEOUT_MS: the most that a call may take, with its repetitions.
    pub timeout: Duration,
    /// CAPRICORN_CONNECT_TIMEOUT_MS.
    pub connect_timeout: Duration,
    /// CAPRICORN_SUBMIT_WAIT_MS: how long whoever orders waits for Capricorn's word.
    pub submit_wait: Duration,
    /// CAPRICORN_POLL_SECS: the first wait before an order is asked about.
    pub poll: Duration,
    /// CAPRICORN_RECONCILE_SECS: the first wait before a lost answer is looked into; the later ones scale with it.
    pub reconcile: Duration,
    /// CAPRICORN_ABSENCE_SECS: how far apart an order must be found missing twice.
    pub absence: Duration,
    /// CAPRICORN_SYNC_HOURS: how often the inventory is fetched; `None` for by hand alone.
    pub sync_every: Option<Duration>,
    /// CAPRICORN_MAX_CONCURRENCY: calls at once with one account.
    pub max_concurrency: usize,
    /// CAPRICORN_MAX_ANSWER_BYTES: more is not read; of a PDF four times as much.
    pub max_answer_bytes: usize,
}

/// Credentials at Capricorn.
#[derive(Debug, Clone)]
pub struct CapricornAccount {
    /// CAPRICORN_API_KEY.
    pub api_key: SecretString,
    /// CAPRICORN_CUSTOMER_ID.
    pub customer_id: String,
}

impl Reader<'_> {
    pub(super) fn capricorn(&mut self, environment: Environment) -> CapricornConfig {
        let sync_hours: u64 = self.number("CAPRICORN_SYNC_HOURS", 6, 0, 24 * 30);
        CapricornConfig {
            api_url: self.capricorn_url(environment),
            account: self.capricorn_account(),
            timeout: Duration::from_millis(self.number("CAPRICORN_TIMEOUT_MS", 10_000, 100, 120_000)),
            connect_timeout: Duration::from_millis(self.number("CAPRICORN_CONNECT_TIMEOUT_MS", 2_000, 10, 60_000)),
            submit_wait: Duration::from_millis(self.number("CAPRICORN_SUBMIT_WAIT_MS", 2_000, 0, 25_000)),
            poll: Duration::from_secs(self.number("CAPRICORN_POLL_SECS", 60, 1, 86_400)),
            reconcile: Duration::from_secs(self.number("CAPRICORN_RECONCILE_SECS", 5, 1, 3_600)),
            absence: Duration::from_secs(self.number("CAPRICORN_ABSENCE_SECS", 60, 1, 86_400)),
            sync_every: (sync_hours > 0).then(|| Duration::from_secs(sync_hours * 60 * 60)),
            max_concurrency: self.number("CAPRICORN_MAX_CONCURRENCY", 16, 1, 1_000),
            max_answer_bytes: self.number("CAPRICORN_MAX_ANSWER_BYTES", 8 * MIB, 64 * 1024, 256 * MIB),
        }
    }

    fn capricorn_url(&mut self, environment: Environment) -> Option<Url> {
        const NAME: &str = "CAPRICORN_API_URL";
        const EXAMPLE: &str = "CAPRICORN_API_URL=https://api.capricorn.example/v1";
        let text = self.variables.get(NAME)?;
        let is_plain = |url: &Url| url.has_host() && url.query().is_none() && url.fragment().is_none();
        match Url::parse(text.trim_end_matches('/')) {
            Ok(url) if environment.is_production() && url.scheme() == "http" => {
                self.wrong(NAME, "must begin with https:// in production", EXAMPLE);
                None
            }
            Ok(url) if matches!(url.scheme(), "http" | "https") && is_plain(&url) && url.username().is_empty() => {
                Some(url)
            }
            _ => {
                self.wrong(NAME, "must be an address, without credentials, query and fragment", EXAMPLE);
                None
            }
        }
    }

    fn capricorn_account(&mut self) -> Option<CapricornAccount> {
        const KEY: &str = "CAPRICORN_API_KEY";
        const CUSTOMER: &str = "CAPRICORN_CUSTOMER_ID";
        match (self.variables.get(KEY), self.variables.get(CUSTOMER)) {
            (Some(key), Some(customer_id)) => {
                if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
                    self.wrong(KEY, "must be visible ASCII characters", "CAPRICORN_API_KEY=cap_live_...");
                }
                Some(CapricornAccount { api_key: SecretString::from(key), customer_id: customer_id.to_owned() })
            }
            (Some(_), None) => {
                self.wrong(CUSTOMER, "is missing beside CAPRICORN_API_KEY", "CAPRICORN_CUSTOMER_ID=NCRM-0001");
                None
            }
            (None, Some(_)) => {
                self.wrong(KEY, "is missing beside CAPRICORN_CUSTOMER_ID", "CAPRICORN_API_KEY=cap_live_...");
                None
            }
            (None, None) => None,
        }
    }
}
