use serde::Serialize;
use utoipa::ToSchema;

use crate::http::{Answer, Problem, Public};

/// That the process answers.
#[derive(Serialize, ToSchema)]
pub struct Live {
    /// Always `alive`.
    #[schema(example = "alive")]
    status: &'static str,
    /// The running version.
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Check that the process is alive
///
/// Looks at nothing but the process itself; restart it when this does not answer.
#[utoipa::path(
    get, path = "/health/live", operation_id = "getLiveness", tag = "Operations",
    responses((status = 200, description = "It is alive", body = Live))
)]
pub async fn handle(_: Public) -> Result<Answer, Problem> {
    Answer::ok(&Live { status: "alive", version: env!("CARGO_PKG_VERSION") })
}
