use std::{error::Error, time::Duration};

use crate::AddressProblem;

/// A call brought no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{failure}")]
pub struct CallError {
    /// What happened, at the last try.
    pub failure: Failure,
    pub(crate) may_have_arrived: bool,
}

impl CallError {
    /// Whether the other side may have the request: `false` only where no try got as far as a connection.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        self.may_have_arrived
    }
}

/// Why there is no answer. The texts have no address, no secret and nothing that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The address is none that may be called, or its name leads to none.
    #[error("the address may not be called: it {0}")]
    Refused(AddressProblem),
    /// Calls under this key have failed too often; nothing was sent.
    #[error("calls have failed too often and are paused")]
    CircuitOpen {
        /// When one will be tried again.
        retry_after: Duration,
    },
    /// Others under this key took all the time; nothing was sent.
    #[error("too many calls are waiting")]
    Busy,
    /// The request cannot be written.
    #[error("the request cannot be written")]
    Invalid,
    /// Nobody knows the name, or nobody can be asked.
    #[error("the name cannot be looked up")]
    Unresolved,
    /// No connection in time.
    #[error("no connection in time")]
    ConnectTimeout,
    /// No connection.
    #[error("no connection: {reason}")]
    Unreachable {
        /// The network's or TLS's words; cut.
        reason: String,
    },
    /// No answer in time.
    #[error("no answer in time")]
    Timeout,
    /// The connection ended before there was an answer.
    #[error("the connection was lost")]
    Lost,
    /// More redirects than are followed.
    #[error("too many redirects")]
    Redirects,
}

impl Failure {
    /// Whether the other side cannot have the request of this try.
    pub(crate) fn is_before_sending(&self) -> bool {
        match self {
            Self::Refused(_)
            | Self::CircuitOpen { .. }
            | Self::Busy
            | Self::Invalid
            | Self::Unresolved
            | Self::ConnectTimeout
            | Self::Unreachable { .. } => true,
            Self::Timeout | Self::Lost | Self::Redirects => false,
        }
    }

    /// Whether it may pass within the call. Time-outs are not tried again: the other side is slow already.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::Unresolved | Self::Unreachable { .. } | Self::Lost)
    }

    /// Whether it tells that the other side is not well.
    pub(crate) fn is_theirs(&self) -> bool {
        self.is_transient() || matches!(self, Self::Timeout | Self::ConnectTimeout)
    }

    pub(crate) fn label(&self) -> &'static str {
        match self {
            Self::Refused(_) => "refused",
            Self::CircuitOpen { .. } => "circuit_open",
            Self::Busy => "busy",
            Self::Invalid => "invalid",
            Self::Unresolved => "unresolved",
            Self::ConnectTimeout => "connect_timeout",
            Self::Unreachable { .. } => "unreachable",
            Self::Timeout => "timeout",
            Self::Lost => "lost",
            Self::Redirects => "redirects",
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(error: reqwest::Error) -> Self {
        if let Some(problem) = causes(&error).find_map(|cause| cause.downcast_ref::<AddressProblem>()) {
            Self::Refused(*problem)
        } else if error.is_builder() {
            Self::Invalid
        } else if error.is_redirect() {
            Self::Redirects
        } else if error.is_dns() {
            Self::Unresolved
        } else if error.is_connect() && error.is_timeout() {
            Self::ConnectTimeout
        } else if error.is_connect() {
            Self::Unreachable { reason: causes(&error).last().map(plain).unwrap_or_default() }
        } else if error.is_timeout() {
            Self::Timeout
        } else {
            Self::Lost
        }
    }
}

fn causes<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| (*error).source())
}

fn plain(error: &(dyn Error + 'static)) -> String {
    error.to_string().chars().map(|c| if c.is_control() { ' ' } else { c }).take(120).collect()
}

/// A client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// Mostly for want of certificates.
    #[error("no HTTP client")]
    Http(#[from] reqwest::Error),
    /// Nobody to ask for names: the system names no server, and OUTBOUND_RESOLVER none either.
    #[error("no DNS server is known; OUTBOUND_RESOLVER can name one")]
    Resolver(#[source] Box<dyn Error + Send + Sync>),
    /// A circuit of no failures, or of no time.
    #[error("the circuit's numbers make none")]
    Circuit(#[source] Box<dyn Error + Send + Sync>),
}
