use actix_web::web;
use audit::{Reason, Verifier};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, Problem, Require, access::admin};

/// The first entry that is not what was sealed.
#[derive(Serialize, ToSchema)]
pub struct BrokenDto {
    /// Its place in the chain; null when it has none.
    #[schema(required = true)]
    sequence: Option<i64>,
    /// Its id; null when it is missing.
    #[schema(required = true)]
    id: Option<Uuid>,
}

/// What the verification found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VerificationDto {
    /// Whether everything is as it was sealed, and checkpoints outside the database vouch for it.
    verified: bool,
    /// Entries that were checked and found right.
    checked: u64,
    /// Checkpoints of this database that the chain was held against.
    checkpoints: usize,
    /// The first entry that is not as it was sealed; null when none is.
    #[schema(required = true)]
    first_broken: Option<BrokenDto>,
    /// Why it is not verified; null when it is.
    #[schema(required = true)]
    reason: Option<ReasonDto>,
}

/// Why the trail does not verify.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReasonDto {
    /// An entry is not what was sealed, or was exchanged.
    EntryChanged,
    /// An entry is gone.
    EntryMissing,
    /// An entry lies where the chain has no place for it.
    EntryAdded,
    /// An entry without a place is dated long before what is sealed already.
    EntryBackDated,
    /// An entry waits for a place and does not get one.
    EntryUnsealed,
    /// A record of archived entries was changed.
    ArchiveChanged,
    /// A line of the checkpoint file is not ours.
    CheckpointChanged,
    /// The chain is not the one that a checkpoint tells of.
    CheckpointContradicted,
    /// No checkpoint tells of this database.
    NoCheckpoint,
    /// The checkpoints tell of another database.
    OtherDatabase,
    /// The database has lost its identity.
    NoIdentity,
}

impl From<Reason> for ReasonDto {
    fn from(reason: Reason) -> Self {
        match reason {
            Reason::EntryChanged => Self::EntryChanged,
            Reason::EntryMissing => Self::EntryMissing,
            Reason::EntryAdded => Self::EntryAdded,
            Reason::EntryBackDated => Self::EntryBackDated,
            Reason::EntryUnsealed => Self::EntryUnsealed,
            Reason::ArchiveChanged => Self::ArchiveChanged,
            Reason::CheckpointChanged => Self::CheckpointChanged,
            Reason::CheckpointContradicted => Self::CheckpointContradicted,
            Reason::NoCheckpoint => Self::NoCheckpoint,
            Reason::OtherDatabase => Self::OtherDatabase,
            Reason::NoIdentity => Self::NoIdentity,
        }
    }
}

/// Verify the audit trail
///
/// Gives what waits its place, then reads every entry in the database and counts that each place is taken once. A long trail is better verified by `nextcrm audit verify`, which no request time-out
/// cuts off, and is so once a day anyway.
#[utoipa::path(
    get, path = "/admin/audit-logs/verify", operation_id = "verifyAuditLogs", tag = "Audit",
    responses((status = 200, description = "What was found", body = VerificationDto))
)]
pub async fn handle(_: Require<admin::AuditRead>, verifier: web::Data<Verifier>) -> Result<Answer, Problem> {
    let found = verifier.verify().await?;
    let broken =
        found.first_broken.map(|broken| BrokenDto { sequence: broken.sequence, id: broken.id.map(|id| id.uuid()) });
    Answer::ok(&VerificationDto {
        verified: found.verified(),
        checked: found.checked,
        checkpoints: found.checkpoints,
        first_broken: broken,
        reason: found.reason.map(ReasonDto::from),
    })
}
