use kernel::ErrorCode;
use std::time::Duration;

use actix_web::{http::StatusCode, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    composition::Core,
    http::{Answer, Problem, Public},
};

/// How long the database may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// That requests can be served.
#[derive(Serialize, ToSchema)]
pub struct Ready {
    /// Always `ready`.
    #[schema(example = "ready")]
    status: &'static str,
    outbox: OutboxState,
}

/// What waits in the outbox.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OutboxState {
    /// Events that are not handled yet.
    pending: u64,
    /// Events given up on; somebody must look at them.
    dead: u64,
    /// How long the oldest has waited, in seconds.
    lag_seconds: f64,
}

/// Check that requests can be served
///
/// Asks the database, and tells how far the jobs are behind; 503 NOT_READY takes the node out of the balancer.
#[utoipa::path(
    get, path = "/health/ready", operation_id = "getReadiness", tag = "Operations",
    responses((status = 200, description = "It is ready", body = Ready))
)]
pub async fn handle(_: Public, core: web::Data<Core>) -> Result<Answer, Problem> {
    let backlog = tokio::time::timeout(PATIENCE, async {
        core.db.ping().await?;
        core.work_items.backlog(None).await
    });
    let Ok(Ok(backlog)) = backlog.await else {
        let detail = "The database does not answer.";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::NotReady, detail);
        return Err(problem.retry_after(Duration::from_secs(2)));
    };
    let lag_seconds = backlog.lag.as_secs_f64();
    let outbox = OutboxState { pending: backlog.pending, dead: backlog.dead, lag_seconds };
    Answer::ok(&Ready { status: "ready", outbox })
}
