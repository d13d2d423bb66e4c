//! The two middlewares of a call: whether it is tried again, and each of its tries.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, SystemTime},
};

use async_trait::async_trait;
use http::{Extensions, StatusCode};
use reqwest::{Request, Response};
use reqwest_middleware::{Error, Middleware, Next, Result};
use reqwest_retry::{
    Jitter, RetryDecision, RetryPolicy, RetryTransientMiddleware, Retryable, RetryableStrategy,
    policies::ExponentialBackoff,
};
use tokio::time::Instant;
use tower::service_fn;

use crate::{
    AddressRules, Failure,
    answer::{Body, is_cut_off, retry_after},
    lane::Lane,
    measure,
};

/// What a call is, for the middlewares; in the request's extensions.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) lane: Arc<Lane>,
    pub(crate) started: Instant,
    pub(crate) timeout: Duration,
    pub(crate) limit: usize,
    pub(crate) retries: u32,
    /// Whether a try may have reached the other side.
    pub(crate) has_left: Arc<AtomicBool>,
}

impl Call {
    fn deadline(&self) -> Instant {
        self.started + self.timeout
    }

    fn of(extensions: &Extensions) -> Result<Self> {
        extensions.get::<Self>().cloned().ok_or_else(|| Error::middleware(Failure::Invalid))
    }
}

/// Repeats what failed in passing, by the library's loop: as often as the call allows, not before the time that the answer
/// names, and never beyond the call's end.
pub(crate) struct Retries {
    pub(crate) first_wait: Duration,
    pub(crate) longest_wait: Duration,
}

#[async_trait]
impl Middleware for Retries {
    async fn handle(&self, request: Request, extensions: &mut Extensions, next: Next<'_>) -> Result<Response> {
        let call = Call::of(extensions)?;
        if call.retries == 0 {
            return next.run(request, extensions).await;
        }
        let backoff = ExponentialBackoff::builder()
            .retry_bounds(self.first_wait.min(self.longest_wait), self.longest_wait)
            .jitter(Jitter::Bounded)
            .build_with_max_retries(call.retries);
        let plan = Arc::new(Plan { call, backoff, asked: Mutex::new(None) });
        let retry = RetryTransientMiddleware::new_with_policy_and_strategy(Waits(Arc::clone(&plan)), Passing(plan));
        retry.handle(request, extensions, next).await
    }
}

struct Plan {
    call: Call,
    backoff: ExponentialBackoff,
    /// The wait that the last answer asked for.
    asked: Mutex<Option<Duration>>,
}

struct Passing(Arc<Plan>);

impl RetryableStrategy for Passing {
    fn handle(&self, result: &Result<Response>) -> Option<Retryable> {
        let (passes, asked) = match result {
            Ok(response) => {
                let tells_when =
                    matches!(response.status(), StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE);
                let asked = retry_after(response.headers()).filter(|_| tells_when);
                (is_passing(response.status()) || is_cut_off(response).is_some(), asked)
            }
            Err(Error::Middleware(error)) => (error.downcast_ref().is_some_and(Failure::is_transient), None),
            Err(Error::Reqwest(_)) => (false, None),
        };
        *self.0.asked.lock().unwrap_or_else(PoisonError::into_inner) = asked;
        passes.then_some(Retryable::Transient)
    }
}

fn is_passing(status: StatusCode) -> bool {
    let others = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_EARLY, StatusCode::TOO_MANY_REQUESTS];
    (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED) || others.contains(&status)
}

struct Waits(Arc<Plan>);

impl RetryPolicy for Waits {
    fn should_retry(&self, start: SystemTime, past: u32) -> RetryDecision {
        let Plan { call, backoff, asked } = &*self.0;
        let RetryDecision::Retry { execute_after } = backoff.should_retry(start, past) else {
            return RetryDecision::DoNotRetry;
        };
        let now = start + call.started.elapsed();
        let asked = *asked.lock().unwrap_or_else(PoisonError::into_inner);
        let execute_after = match asked.map(|wait| now.checked_add(wait)) {
            None => execute_after,
            Some(None) => return RetryDecision::DoNotRetry,
            Some(Some(then)) => execute_after.max(then),
        };
        if execute_after >= start + call.timeout {
            return RetryDecision::DoNotRetry;
        }
        RetryDecision::Retry { execute_after }
    }
}

/// One try. The last middleware: it calls the client itself, since the circuit wants to own what it guards.
pub(crate) struct Try {
    pub(crate) target: &'static str,
    pub(crate) http: reqwest::Client,
    /// For addresses that users give.
    pub(crate) rules: Option<Arc<AddressRules>>,
}

#[async_trait]
impl Middleware for Try {
    async fn handle(&self, request: Request, extensions: &mut Extensions, _: Next<'_>) -> Result<Response> {
        let call = Call::of(extensions)?;
        let result = self.run(&call, request).await;
        measure::tried(self.target, &result);
        if result.as_ref().err().is_none_or(|failure| !failure.is_before_sending()) {
            call.has_left.store(true, Ordering::Relaxed);
        }
        result.map_err(Error::middleware)
    }
}

impl Try {
    async fn run(&self, call: &Call, request: Request) -> std::result::Result<Response, Failure> {
        if let Some(rules) = &self.rules {
            // The connector looks up no addresses that are written as such, only names.
            rules.check(request.url()).map_err(Failure::Refused)?;
        }
        let deadline = call.deadline();
        let _permit = call.lane.admit(deadline).await?;
        let (http, limit) = (self.http.clone(), call.limit);
        let service = service_fn(move |mut request: Request| {
            let http = http.clone();
            async move {
                *request.timeout_mut() = Some(deadline.saturating_duration_since(Instant::now()));
                let mut response = http.execute(request).await?;
                let body = Body::read(&mut response, limit).await;
                response.extensions_mut().insert(body);
                Ok(response)
            }
        });
        call.lane.run(service, request).await
    }
}
