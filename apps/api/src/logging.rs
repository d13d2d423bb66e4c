//! Log lines; docs/logging.md says what is in them and what never is.

use std::io::IsTerminal as _;

use tracing_subscriber::{EnvFilter, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Config, LogFormat};

/// Starts logging to standard error. A second call changes nothing.
pub fn init(config: &Config) {
    let filter = EnvFilter::try_new(&config.log_filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let registry = tracing_subscriber::registry().with(filter);
    let layer =
        tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    let _ = match config.log_format {
        LogFormat::Json => registry.with(layer.json().flatten_event(true).with_current_span(true)).try_init(),
        LogFormat::Pretty => registry.with(layer.compact()).try_init(),
    };
}
