//! What the calls under one key share: a limit and a circuit.

use std::{fmt, time::Duration};

use reqwest::{Request, Response};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::{Instant, timeout_at},
};
use tower::{Service, ServiceExt as _};
use tower_resilience_circuitbreaker::{
    CircuitBreakerConfigBuilder, CircuitBreakerError as Broken, CircuitBreakerHandle, CircuitBreakerLayer,
    CircuitState as State, FailureClassifier, SlidingWindowType,
};

use crate::{Circuit, Failure, Profile, SetupError, answer::is_cut_off, measure};

/// Whether calls under a key are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CircuitState {
    /// They are.
    Closed,
    /// They are not; they have failed too often.
    Open,
    /// One is on its way to try.
    HalfOpen,
}

impl CircuitState {
    /// `CLOSED`, `OPEN` or `HALF_OPEN`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "CLOSED",
            Self::Open => "OPEN",
            Self::HalfOpen => "HALF_OPEN",
        }
    }
}

impl fmt::Display for CircuitState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

pub(crate) struct Lane {
    permits: Semaphore,
    breaker: Option<Breaker>,
}

impl Lane {
    pub(crate) fn new(profile: &Profile) -> Result<Self, SetupError> {
        let breaker = profile.circuit.map(|circuit| Breaker::new(profile.target, circuit)).transpose()?;
        Ok(Self { permits: Semaphore::new(profile.concurrency.clamp(1, Semaphore::MAX_PERMITS)), breaker })
    }

    pub(crate) async fn admit(&self, deadline: Instant) -> Result<SemaphorePermit<'_>, Failure> {
        match timeout_at(deadline, self.permits.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            Ok(Err(_)) | Err(_) => Err(Failure::Busy),
        }
    }

    /// One try, unless the circuit is open.
    pub(crate) async fn run<S>(&self, service: S, request: Request) -> Result<Response, Failure>
    where
        S: Service<Request, Response = Response, Error = Failure> + Clone + Send + 'static,
        S::Future: Send + 'static,
    {
        let Some(Breaker { in_a_row, share, .. }) = &self.breaker else { return service.oneshot(request).await };
        match in_a_row.layer.layer_fn(share.layer.layer_fn(service)).oneshot(request).await {
            Ok(response) => Ok(response),
            Err(Broken::Inner(Broken::Inner(failure))) => Err(failure),
            Err(Broken::OpenCircuit | Broken::Inner(Broken::OpenCircuit)) => {
                Err(Failure::CircuitOpen { retry_after: self.retry_after().await })
            }
        }
    }

    pub(crate) fn state(&self) -> CircuitState {
        let Some(Breaker { in_a_row, share, .. }) = &self.breaker else { return CircuitState::Closed };
        match (in_a_row.handle.state(), share.handle.state()) {
            (State::Open, _) | (_, State::Open) => CircuitState::Open,
            (State::HalfOpen, _) | (_, State::HalfOpen) => CircuitState::HalfOpen,
            (State::Closed, State::Closed) => CircuitState::Closed,
        }
    }

    /// When the circuit lets a try through: at once while one is on its way, which we call a second.
    async fn retry_after(&self) -> Duration {
        const LEAST: Duration = Duration::from_secs(1);
        let Some(Breaker { in_a_row, share, wait }) = &self.breaker else { return LEAST };
        let mut longest = LEAST;
        for half in [in_a_row, share] {
            let metrics = half.handle.metrics().await;
            if metrics.state == State::Open {
                longest = longest.max(wait.saturating_sub(metrics.time_since_state_change));
            }
        }
        longest
    }
}

/// The library's breaker counts either failures in a row or a share of the tries within a time. We want both, so there are
/// two, one within the other; what the inner one refuses is no failure to the outer one.
struct Breaker {
    in_a_row: Half,
    share: Half,
    wait: Duration,
}

struct Half {
    layer: CircuitBreakerLayer<Classifier>,
    handle: CircuitBreakerHandle<Classifier>,
}

impl Breaker {
    fn new(target: &'static str, circuit: Circuit) -> Result<Self, SetupError> {
        let half = || {
            CircuitBreakerLayer::builder()
                .failure_classifier_type(Classifier)
                .wait_duration_in_open(circuit.wait)
                .permitted_calls_in_half_open(1)
                .on_state_transition(move |_, to| measure::circuit(target, to))
        };
        let build = |builder: CircuitBreakerConfigBuilder<Classifier>| match builder.build_with_handle() {
            Ok((layer, handle)) => Ok(Half { layer, handle }),
            Err(error) => Err(SetupError::Circuit(error.into())),
        };
        let share = half()
            .sliding_window_type(SlidingWindowType::TimeBased)
            .sliding_window_duration(circuit.window)
            .minimum_number_of_calls(circuit.tries.max(1))
            .failure_rate_threshold(0.5);
        Ok(Self {
            in_a_row: build(half().consecutive_failures(circuit.failures_in_a_row))?,
            share: build(share)?,
            wait: circuit.wait,
        })
    }
}

/// Which tries tell that the other side is not well.
#[derive(Clone, Copy)]
struct Classifier;

impl FailureClassifier<Response, Failure> for Classifier {
    fn classify(&self, result: &Result<Response, Failure>) -> bool {
        result.as_ref().map_or_else(Failure::is_theirs, is_failure)
    }
}

impl FailureClassifier<Response, Broken<Failure>> for Classifier {
    fn classify(&self, result: &Result<Response, Broken<Failure>>) -> bool {
        match result {
            Ok(response) => is_failure(response),
            Err(Broken::Inner(failure)) => failure.is_theirs(),
            Err(Broken::OpenCircuit) => false,
        }
    }
}

fn is_failure(response: &Response) -> bool {
    response.status().is_server_error() || is_cut_off(response).is_some()
}
