//! What this crate announces: of a connection no more than its type.

use kernel::outbox::{About, DomainEvent};
use serde::{Deserialize, Serialize};

use crate::domain::IntegrationType;

/// Events of connections to other services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload", rename_all_fields = "camelCase")]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub enum IntegrationEvent {
    /// A connection was made, or is in use again.
    #[serde(rename = "integration.enabled.v1")]
    Enabled { r#type: IntegrationType },
    /// A connection changed, other than in whether it is in use.
    #[serde(rename = "integration.updated.v1")]
    Updated { r#type: IntegrationType },
    /// A connection is out of use.
    #[serde(rename = "integration.disabled.v1")]
    Disabled { r#type: IntegrationType },
}

impl DomainEvent for IntegrationEvent {
    fn about(&self) -> About {
        match self {
            Self::Enabled { .. } | Self::Updated { .. } | Self::Disabled { .. } => {
                About::tenant("integration", "integrations:read")
            }
        }
    }
}
