//! What this crate announces.

use kernel::{
    AdminRole, Audience,
    outbox::{About, DomainEvent},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Events of staff's accounts, and of sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum AuthEvent {
    /// A member of staff was added.
    #[serde(rename = "admin.created.v1")]
    AdminCreated { role: AdminRole },
    /// Fields of a member of staff changed.
    #[serde(rename = "admin.updated.v1")]
    AdminUpdated { fields: Vec<String> },
    /// A member of staff is shut out.
    #[serde(rename = "admin.deactivated.v1")]
    AdminDeactivated { role: AdminRole },
    /// A member of staff may sign in again.
    #[serde(rename = "admin.reactivated.v1")]
    AdminReactivated { role: AdminRole },
    /// A refresh token was used twice, so somebody stole it; the session is over.
    #[serde(rename = "session.reuse_detected.v1")]
    ReuseDetected {
        audience: Audience,
        /// Whose session it was: an admin's id, or a tenant user's.
        principal_id: Uuid,
    },
}

impl DomainEvent for AuthEvent {
    fn about(&self) -> About {
        match self {
            Self::AdminCreated { .. }
            | Self::AdminUpdated { .. }
            | Self::AdminDeactivated { .. }
            | Self::AdminReactivated { .. } => About::staff("admin", "admins:read"),
            Self::ReuseDetected { .. } => About::staff("session", "admins:read"),
        }
    }
}
