use std::{collections::BTreeMap, fmt};

use chrono::{DateTime, Utc};
use kernel::{Changes, TenantId};
use uuid::Uuid;

use super::{IntegrationName, IntegrationType, WebhookUrl};

/// A sealed value as it is stored, or whatever somebody wrote in its place: only opening it tells.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedText(String);

impl fmt::Debug for SealedText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedText([redacted])")
    }
}

impl SealedText {
    /// What is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for SealedText {
    fn from(text: String) -> Self {
        Self(text)
    }
}

/// A workshop's connection to another service, as it is stored: its secrets are sealed.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Integration {
    pub id: Uuid,
    pub tenant_id: TenantId,
    /// To what; one of each type a workshop.
    pub kind: IntegrationType,
    /// What it is called.
    pub name: IntegrationName,
    pub credentials: BTreeMap<String, SealedText>,
    pub webhook_url: Option<WebhookUrl>,
    /// What calls are signed with.
    pub signing_secret: Option<SealedText>,
    /// Whether it is in use.
    pub is_active: bool,
    /// When data last came through it.
    pub last_synced_at: Option<DateTime<Utc>>,
    /// Why the other service refused it when it was last used; `None` when it did not.
    pub last_error: Option<String>,
    /// Since when it is out of use because a secret in it was found not to be its own, until it is given new ones.
    pub quarantined_at: Option<DateTime<Utc>>,
    /// 1, and one more at each change; the ETag. Sealing anew is no change.
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// What the audit trail tells of a change, but for whether it is in use; `from` is `None` for a new one. Of secrets it tells
/// that they changed, and so of the address, which may hold one.
pub(crate) fn changes(from: Option<&Integration>, to: &Integration) -> Changes {
    let mut changes = Changes::new()
        .field("type", &from.map(|it| it.kind), &Some(to.kind))
        .field("name", &from.map(|it| it.name.as_str()), &Some(to.name.as_str()))
        .personal_field("webhookUrl", &from.and_then(|it| it.webhook_url.as_ref()), &to.webhook_url.as_ref())
        .personal_field("signingSecret", &from.and_then(|it| it.signing_secret.as_ref()), &to.signing_secret.as_ref());
    for name in from.iter().flat_map(|it| it.credentials.keys()).chain(to.credentials.keys()) {
        let before = from.and_then(|it| it.credentials.get(name));
        changes = changes.personal_field(&format!("credentials.{name}"), &before, &to.credentials.get(name));
    }
    changes.field("quarantinedAt", &from.and_then(|it| it.quarantined_at), &to.quarantined_at)
}
