//! The configuration: environment variables and `.env`, read once at the start and checked as a whole.
//!
//! The names are binding and listed in `.env.example`. A wrong value stops the start with the variable's name,
//! what is wrong and an example; all problems are told at once.

mod capricorn;
mod dev_secrets;
mod load;
mod mail;
mod outbound;
mod variables;

#[cfg(test)]
mod load_tests;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use ::outbound::AddressRules;
use ipnet::IpNet;
use secrecy::SecretString;

pub use capricorn::{CapricornAccount, CapricornConfig};
pub use dev_secrets::{dev_secrets_file, draw_missing_secrets, ensure_dev_secrets};
pub use mail::{MailConfig, MailerConfig};
pub use variables::{ConfigProblem, ConfigProblems, Variables};

/// What kind of installation this is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// A developer's machine: demo data, generated secrets, mails shown in the browser.
    Development,
    /// For real: weak or missing secrets stop the start.
    Production,
    /// Automated tests: like production without its checks.
    Test,
}

impl Environment {
    /// Whether this is a developer's machine.
    #[must_use]
    pub const fn is_development(self) -> bool {
        matches!(self, Self::Development)
    }

    /// Whether this is for real.
    #[must_use]
    pub const fn is_production(self) -> bool {
        matches!(self, Self::Production)
    }

    /// The name in `APP_ENV`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Production => "production",
            Self::Test => "test",
        }
    }
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines, an object a line.
    Json,
}

/// Everything that can be set from outside. Secrets do not show in `Debug`.
#[derive(Debug, Clone)]
pub struct Config {
    /// APP_ENV.
    pub environment: Environment,
    /// BIND_ADDR; in development a loopback address, or DEV_ALLOW_REMOTE is `true`.
    pub bind_addr: SocketAddr,
    /// DATABASE_URL; holds a password.
    pub database_url: SecretString,
    /// Threads that answer requests: one for each core.
    pub workers: usize,
    /// DATABASE_MAX_CONNECTIONS.
    pub database_max_connections: u32,
    /// DATA_DIR.
    pub data_dir: PathBuf,
    /// DEMO_DATA.
    pub demo_data: bool,
    /// JWT_SECRET, REFRESH_TOKEN_SECRET, ENCRYPTION_KEYS.
    pub secrets: Secrets,
    /// PUBLIC_URL: this API's own address, without a slash at its end.
    pub public_url: String,
    /// APP_URL: the web app's address, for links in mail, without a slash at its end.
    pub app_url: String,
    /// SUPPORT_EMAIL.
    pub support_email: String,
    /// Who carries mail, and how it looks.
    pub mail: MailConfig,
    /// What the HTTP layer obeys.
    pub http: HttpConfig,
    /// How others are called.
    pub outbound: OutboundConfig,
    /// How Capricorn is reached.
    pub capricorn: CapricornConfig,
    /// HASH_CONCURRENCY: passwords hashed at a time.
    pub hash_concurrency: usize,
    /// METRICS_TOKEN: opens `/metrics`; without one it is open in development only.
    pub metrics_token: Option<SecretString>,
    /// LOG_FORMAT.
    pub log_format: LogFormat,
    /// RUST_LOG.
    pub log_filter: String,
}

/// The roots of all keys.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// JWT_SECRET: roots of access-token keys, base64, comma-separated; the first signs.
    pub jwt: SecretString,
    /// REFRESH_TOKEN_SECRET: the same for refresh tokens.
    pub refresh_token: SecretString,
    /// AUDIT_OLD_SECRETS: roots that were in JWT_SECRET once and only verify the audit trail; base64, comma-separated.
    pub audit_old: Option<SecretString>,
    /// ENCRYPTION_KEYS: `id:base64[,id:base64...]`, the first seals.
    pub encryption_keys: SecretString,
}

/// The one family of headers in which trusted proxies tell where a request comes from. A proxy that sets one of them
/// hands the other on as the client wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientIpHeader {
    /// `X-Forwarded-For`
    XForwardedFor,
    /// `Forwarded` (RFC 7239)
    Forwarded,
}

/// Limits, time-outs and trust of the HTTP layer.
#[derive(Debug, Clone)]
pub struct HttpConfig {
    /// BODY_LIMIT_BYTES.
    pub body_limit: usize,
    /// REQUEST_TIMEOUT_SECS: until the answer begins.
    pub request_timeout: Duration,
    /// TRUSTED_PROXIES.
    pub trusted_proxies: Vec<IpNet>,
    /// CLIENT_IP_HEADER.
    pub client_ip_header: ClientIpHeader,
    /// CORS_ORIGINS.
    pub cors_origins: Vec<String>,
}

/// How others are called.
#[derive(Debug, Clone)]
pub struct OutboundConfig {
    /// OUTBOUND_ALLOWED_NETWORKS, and whether `http` will do: outside production it does.
    pub rules: AddressRules,
    /// OUTBOUND_RESOLVER: who is asked for the names of addresses that users give; the system's servers if nobody is named.
    pub resolver: Option<SocketAddr>,
}

impl Config {
    /// Reads and checks everything.
    ///
    /// # Errors
    /// All problems at once.
    pub fn load(variables: &Variables) -> Result<Self, ConfigProblems> {
        load::load(variables)
    }

    /// APP_ENV alone, for what needs nothing else.
    ///
    /// # Errors
    /// When it names no environment.
    pub fn environment(variables: &Variables) -> Result<Environment, ConfigProblems> {
        load::environment(variables)
    }
}
