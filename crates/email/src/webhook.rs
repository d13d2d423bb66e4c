//! What Resend tells by webhook: signed the way Svix signs (which the Standard Webhooks specification wrote down), so that
//! only Resend can tell, and only just now.

use http::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use standardwebhooks::{HEADER_WEBHOOK_ID, HEADER_WEBHOOK_SIGNATURE, HEADER_WEBHOOK_TIMESTAMP, Webhook};

use crate::{
    EmailError,
    domain::{DeliveryEvent, NotificationStatus, SuppressionReason},
};

/// Resend's webhooks under one signing secret.
pub struct ResendWebhook(Webhook);

impl std::fmt::Debug for ResendWebhook {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ResendWebhook")
    }
}

/// The signing secret is not `whsec_` and base64.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the signing secret that Resend shows, whsec_ and base64")]
pub struct InvalidSigningSecret;

/// The headers of a delivery, as they came.
#[derive(Debug, Clone, Copy, Default)]
pub struct Signature<'a> {
    /// `svix-id`
    pub id: Option<&'a [u8]>,
    /// `svix-timestamp`, seconds since 1970.
    pub timestamp: Option<&'a [u8]>,
    /// `svix-signature`, one or more.
    pub signature: Option<&'a [u8]>,
}

impl ResendWebhook {
    /// Webhooks signed with this secret.
    ///
    /// # Errors
    /// [`InvalidSigningSecret`]
    pub fn new(secret: &SecretString) -> Result<Self, InvalidSigningSecret> {
        let text = secret.expose_secret().trim();
        if text.strip_prefix("whsec_").is_none_or(str::is_empty) {
            return Err(InvalidSigningSecret);
        }
        Webhook::new(text).map(Self).map_err(|_| InvalidSigningSecret)
    }

    /// Checks the signature, not older and not newer than five minutes, and reads the delivery event; `None` for events that tell
    /// nothing of a message's fate.
    ///
    /// # Errors
    /// [`EmailError::SignatureInvalid`], [`EmailError::WebhookUnreadable`].
    pub fn read(&self, signature: Signature<'_>, body: &[u8]) -> Result<Option<DeliveryEvent>, EmailError> {
        let named = [
            (HEADER_WEBHOOK_ID, signature.id),
            (HEADER_WEBHOOK_TIMESTAMP, signature.timestamp),
            (HEADER_WEBHOOK_SIGNATURE, signature.signature),
        ];
        let mut headers = HeaderMap::with_capacity(named.len());
        for (name, value) in named {
            let value = value.and_then(|bytes| HeaderValue::from_bytes(bytes).ok());
            headers.insert(name, value.ok_or(EmailError::SignatureInvalid)?);
        }
        self.0.verify(body, &headers).map_err(|_| EmailError::SignatureInvalid)?;
        let event: Event = serde_json::from_slice(body).map_err(|_| EmailError::WebhookUnreadable)?;
        let Some(status) = event.status() else { return Ok(None) };
        let data = Data::deserialize(event.data).map_err(|_| EmailError::WebhookUnreadable)?;
        Ok(Some(data.delivery_event(status)))
    }
}

/// What is delivered, as far as it matters; providers add fields as they like.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    kind: String,
    /// Of whatever shape, until the kind tells that it matters.
    #[serde(default)]
    data: Value,
}

#[derive(Deserialize)]
struct Data {
    email_id: Option<String>,
    tags: Option<Tags>,
    bounce: Option<Bounce>,
    failed: Option<Failed>,
}

#[derive(Deserialize)]
struct Bounce {
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(rename = "subType")]
    sub_kind: Option<String>,
}

#[derive(Deserialize)]
struct Failed {
    reason: Option<String>,
}

/// Resend has sent tags in both shapes.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tags {
    Object(std::collections::BTreeMap<String, String>),
    List(Vec<Tag>),
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    value: String,
}

impl Tags {
    fn get(&self, wanted: &str) -> Option<&str> {
        match self {
            Self::Object(tags) => tags.get(wanted).map(String::as_str),
            Self::List(tags) => tags.iter().find(|tag| tag.name == wanted).map(|tag| tag.value.as_str()),
        }
    }
}

impl Event {
    /// What became of the message that the event is of, if it tells that.
    fn status(&self) -> Option<NotificationStatus> {
        match self.kind.as_str() {
            "email.sent" => Some(NotificationStatus::Sent),
            "email.delivered" => Some(NotificationStatus::Delivered),
            "email.bounced" => Some(NotificationStatus::Bounced),
            "email.complained" => Some(NotificationStatus::Complained),
            "email.failed" => Some(NotificationStatus::Failed),
            "email.suppressed" => Some(NotificationStatus::Suppressed),
            _ => None,
        }
    }
}

impl Data {
    fn delivery_event(self, status: NotificationStatus) -> DeliveryEvent {
        let bounce = self.bounce.as_ref();
        // A bounce is for good unless it says that it is not.
        let passing = bounce.and_then(|it| it.kind.as_deref()).is_some_and(|kind| kind != "Permanent");
        let suppress = match status {
            NotificationStatus::Bounced => (!passing).then_some(SuppressionReason::Bounce),
            NotificationStatus::Complained => Some(SuppressionReason::Complaint),
            // The provider has a suppression list of its own.
            NotificationStatus::Suppressed => Some(SuppressionReason::Bounce),
            _ => None,
        };
        let words = [
            bounce.and_then(|it| it.kind.as_deref()),
            bounce.and_then(|it| it.sub_kind.as_deref()),
            self.failed.as_ref().and_then(|it| it.reason.as_deref()),
        ];
        let words: Vec<String> = words.into_iter().flatten().map(plain).filter(|word| !word.is_empty()).collect();
        let ours = self.tags.as_ref().and_then(|tags| tags.get("notification_id"));
        DeliveryEvent {
            status,
            notification_id: ours.and_then(|text| text.parse().ok()),
            provider_message_id: self.email_id.filter(|id| (1..=128).contains(&id.len())),
            suppress,
            note: (!words.is_empty()).then(|| format!("resend: {}", words.join(" "))),
        }
    }
}

/// A provider's word, free of what might be an address.
fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-')).take(64).collect()
}

#[cfg(test)]
#[path = "webhook_tests.rs"]
mod tests;
