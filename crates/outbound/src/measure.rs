//! Metrics: labels from closed sets only.

use std::time::Duration;

use reqwest::Response;
use tower_resilience_circuitbreaker::CircuitState as State;

use crate::{Answer, CallError, Failure};

fn class(status: http::StatusCode) -> &'static str {
    match status.as_u16() {
        429 => "429",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        500..=599 => "5xx",
        _ => "other",
    }
}

pub(crate) fn tried(target: &'static str, result: &Result<Response, Failure>) {
    let outcome = result.as_ref().map_or_else(Failure::label, |response| class(response.status()));
    metrics::counter!("outbound_tries_total", "target" => target, "outcome" => outcome).increment(1);
}

pub(crate) fn called(target: &'static str, result: &Result<Answer, CallError>, took: Duration) {
    let outcome = result.as_ref().map_or_else(|error| error.failure.label(), |answer| class(answer.status));
    metrics::counter!("outbound_calls_total", "target" => target, "outcome" => outcome).increment(1);
    metrics::histogram!("outbound_call_duration_seconds", "target" => target).record(took.as_secs_f64());
    tracing::debug!(outcome, ms = took.as_secs_f64() * 1e3, "called");
}

pub(crate) fn circuit(target: &'static str, to: State) {
    let state = match to {
        State::Closed => "closed",
        State::Open => "open",
        State::HalfOpen => "half_open",
    };
    metrics::counter!("outbound_circuit_changes_total", "target" => target, "state" => state).increment(1);
    match to {
        State::Open => tracing::warn!(upstream = target, "calls fail and are paused"),
        State::Closed => tracing::info!(upstream = target, "calls succeed again"),
        State::HalfOpen => {}
    }
}

/// Counts a call as being on its way until it is dropped.
pub(crate) struct InFlight(&'static str);

impl InFlight {
    pub(crate) fn count(target: &'static str) -> Self {
        metrics::gauge!("outbound_calls_in_flight", "target" => target).increment(1.0);
        Self(target)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        metrics::gauge!("outbound_calls_in_flight", "target" => self.0).decrement(1.0);
    }
}
