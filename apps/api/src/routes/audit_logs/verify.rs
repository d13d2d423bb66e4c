use actix_web::web;
use audit::Verifier;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, NoFilters, Problem, Query, Require, access::admin};

/// The first entry that is not what was sealed.
#[derive(Serialize, ToSchema)]
pub struct BrokenDto {
    /// Its place in the chain.
    sequence: i64,
    /// Its id; null when it is missing.
    #[schema(required = true)]
    id: Option<Uuid>,
}

/// What the verification found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationDto {
    /// Whether everything is as it was sealed, and the checkpoints outside the database are whole.
    verified: bool,
    /// Entries that were checked and found right.
    checked: u64,
    /// Null when nothing is broken.
    #[schema(required = true)]
    first_broken: Option<BrokenDto>,
}

/// Verify the audit trail
///
/// Reads every entry in the database. A long trail is better verified by `nextcrm audit verify`, which no request time-out
/// cuts off, and is so once a day anyway.
#[utoipa::path(
    get, path = "/admin/audit-logs/verify", operation_id = "verifyAuditLogs", tag = "Audit",
    responses((status = 200, description = "What was found", body = VerificationDto))
)]
pub async fn handle(
    _: Require<admin::AuditRead>,
    _: Query<NoFilters>,
    verifier: web::Data<Verifier>,
) -> Result<Answer, Problem> {
    let found = verifier.verify().await?;
    let broken =
        found.first_broken.map(|broken| BrokenDto { sequence: broken.sequence, id: broken.id.map(|id| id.uuid()) });
    Answer::ok(&VerificationDto { verified: found.verified(), checked: found.checked, first_broken: broken })
}
