use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use kernel::TenantId;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::{IntegrationName, IntegrationType, WebhookUrl};

const DOTS: &str = "••••";
/// Shorter ones would be half told by their end.
const MIN_LENGTH: usize = 8;
const SHOWN: usize = 4;

/// A secret as answers show it: dots and its last four characters, of a short or unknown one the dots alone.
pub(crate) fn mask(secret: Option<&SecretString>) -> String {
    let shown = secret.map(ExposeSecret::expose_secret).filter(|text| text.chars().count() >= MIN_LENGTH);
    let end = shown.and_then(|text| text.char_indices().nth_back(SHOWN - 1).map(|(at, _)| &text[at..]));
    format!("{DOTS}{}", end.unwrap_or_default())
}

/// A workshop's connection to another service, as answers show it.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct IntegrationView {
    pub id: Uuid,
    pub tenant_id: TenantId,
    pub kind: IntegrationType,
    /// What it is called.
    pub name: IntegrationName,
    pub credentials: BTreeMap<String, String>,
    pub webhook_url: Option<WebhookUrl>,
    pub signing_secret: Option<String>,
    /// Whether it is in use.
    pub is_active: bool,
    /// When data last came through it.
    pub last_synced_at: Option<DateTime<Utc>>,
    /// Why the other service refused it when it was last used.
    pub last_error: Option<String>,
    /// Since when it is out of use until its credentials are entered anew.
    pub quarantined_at: Option<DateTime<Utc>>,
    pub version: i64,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A connection as it was left by a change.
#[derive(Debug, Clone)]
pub struct SavedIntegration {
    /// As answers show it.
    pub integration: IntegrationView,
    /// What calls are signed with, if it was made just now: shown this once.
    pub signing_secret: Option<SecretString>,
}

/// A connection that is in use, with its secrets in clear; for whoever talks to the other service.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct OpenIntegration {
    pub id: Uuid,
    pub tenant_id: TenantId,
    pub kind: IntegrationType,
    /// By field; those that the type needs are there.
    pub credentials: BTreeMap<String, SecretString>,
    /// What to call. Resolve it and ask [`outbound::is_public`] at every call.
    pub webhook_url: Option<WebhookUrl>,
    /// What to sign calls with: `whsec_` and base64, as Standard Webhooks has it.
    pub signing_secret: Option<SecretString>,
    /// Whether the other service refused it when it was last used; see [`Integrations::note`](crate::service::Integrations::note).
    pub was_refused: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_tells_the_end_of_what_is_long_enough() {
        let masked = |text: &str| mask(Some(&SecretString::from(text)));
        assert_eq!(masked("cap_live_1234"), "••••1234");
        assert_eq!(masked("12345678"), "••••5678");
        assert_eq!(masked("1234567"), "••••");
        assert_eq!(masked(""), "••••");
        assert_eq!(masked("ключключ"), "••••ключ");
        assert_eq!(mask(None), "••••");
    }
}
