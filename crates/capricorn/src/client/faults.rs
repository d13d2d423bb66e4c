//! What went wrong with a call, in the port's words.

use std::time::Duration;

use outbound::{Answer, BodyProblem, CallError, Failure, http::StatusCode};
use serde::Deserialize;

use super::wire::clean;
use crate::repository::{SupplierError, SupplierFailure};

/// A 429 that does not say how long.
const BUSY: Duration = Duration::from_secs(5);

/// However long it asks to wait, callers are told no more.
const LONGEST_BUSY: Duration = Duration::from_secs(60 * 60);

/// What a refusal means, which depends on what was asked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// For a thing by its id: 404 tells that it is not there.
    Thing,
    /// For something that is always there: 404 tells of a server that is none of theirs.
    List,
    /// To do something: every refusal is an answer.
    Order,
}

impl From<SupplierFailure> for SupplierError {
    /// Of a question that changes nothing, or an answer that cannot be used.
    fn from(failure: SupplierFailure) -> Self {
        let may_have_happened = matches!(failure, SupplierFailure::Failed(_) | SupplierFailure::Timeout);
        Self { failure, may_have_happened }
    }
}

/// There was no answer.
pub(super) fn no_answer(error: &CallError) -> SupplierError {
    let failure = match &error.failure {
        Failure::CircuitOpen { retry_after } => SupplierFailure::CircuitOpen { retry_after: *retry_after },
        Failure::Timeout | Failure::ConnectTimeout | Failure::Busy => SupplierFailure::Timeout,
        Failure::Refused(_)
        | Failure::Invalid
        | Failure::Unresolved
        | Failure::Unreachable { .. }
        | Failure::Lost
        | Failure::Redirects => SupplierFailure::Failed(error.failure.to_string()),
    };
    SupplierError { failure, may_have_happened: error.may_have_arrived() }
}

/// The answer's body was not whole, or not what it should be.
pub(super) fn bad_body(problem: BodyProblem) -> SupplierError {
    let failure = match problem {
        BodyProblem::Timeout => SupplierFailure::Timeout,
        problem => SupplierFailure::Failed(problem.to_string()),
    };
    SupplierError { failure, may_have_happened: true }
}

/// The answer was read, but says something that cannot be.
pub(super) fn bad_answer(what: impl Into<String>) -> SupplierError {
    SupplierFailure::Failed(what.into()).into()
}

/// Lets answers of success through.
pub(super) fn check(asked: Asked, answer: Answer) -> Result<Answer, SupplierError> {
    let status = answer.status;
    if status.is_success() {
        return Ok(answer);
    }
    let (failure, may_have_happened) = match status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => (SupplierFailure::CredentialsRefused, false),
        StatusCode::TOO_MANY_REQUESTS => {
            let retry_after = answer.retry_after().unwrap_or(BUSY).clamp(Duration::from_secs(1), LONGEST_BUSY);
            (SupplierFailure::Busy { retry_after }, false)
        }
        StatusCode::SERVICE_UNAVAILABLE => (failed(status), false),
        StatusCode::NOT_FOUND if asked == Asked::Thing => (SupplierFailure::NotFound, false),
        StatusCode::NOT_FOUND | StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY if asked != Asked::Order => {
            (failed(status), false)
        }
        status if status.is_client_error() => (rejected(&answer), false),
        status => (failed(status), true),
    };
    Err(SupplierError { failure, may_have_happened })
}

fn failed(status: StatusCode) -> SupplierFailure {
    SupplierFailure::Failed(format!("it answered {}", status.as_u16()))
}

fn rejected(answer: &Answer) -> SupplierFailure {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Body {
        error: Told,
    }
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Told {
        code: Option<String>,
        message: Option<String>,
        product_id: Option<String>,
    }
    let told = answer.json::<Body>().unwrap_or_default().error;
    SupplierFailure::Rejected {
        status: answer.status.as_u16(),
        code: clean(told.code.as_deref().unwrap_or_default(), 64),
        message: clean(told.message.as_deref().unwrap_or_default(), 300),
        product_id: told.product_id.map(|id| clean(&id, 100)),
    }
}
