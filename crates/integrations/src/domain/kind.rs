use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// What a workshop can be connected to, with one of each.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum IntegrationType {
    /// Parts from Capricorn.
    CapricornEdi,
    /// Payments through Stripe.
    StripePayment,
    /// Messages to a channel of Slack.
    SlackNotification,
    /// Signed calls of an address of its own.
    CustomWebhook,
}

/// A field of a type's credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialField {
    /// Its name on the wire; part of what it is sealed for, so it never changes.
    pub name: &'static str,
    /// Whether the type is of no use without it.
    pub required: bool,
    /// What it begins with, as its provider documents; empty when that may be anything.
    pub prefixes: &'static [&'static str],
}

const CAPRICORN: &[CredentialField] = &[required("apiKey", &[]), required("customerId", &[])];

/// <https://docs.stripe.com/keys>: secret keys and restricted ones; publishable ones (`pk_`) are of no use here.
const STRIPE: &[CredentialField] = &[required("secretKey", &["sk_", "rk_"]), optional("webhookSecret", &["whsec_"])];

/// <https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks>
const SLACK: &[CredentialField] = &[required("webhookUrl", &["https://hooks.slack.com/"])];

const fn required(name: &'static str, prefixes: &'static [&'static str]) -> CredentialField {
    CredentialField { name, required: true, prefixes }
}

const fn optional(name: &'static str, prefixes: &'static [&'static str]) -> CredentialField {
    CredentialField { name, required: false, prefixes }
}

impl IntegrationType {
    /// The fields of its credentials.
    #[must_use]
    pub const fn credential_fields(self) -> &'static [CredentialField] {
        match self {
            Self::CapricornEdi => CAPRICORN,
            Self::StripePayment => STRIPE,
            Self::SlackNotification => SLACK,
            Self::CustomWebhook => &[],
        }
    }

    /// Whether NextCRM calls an address that the workshop gives, with a signature under a secret that NextCRM makes.
    #[must_use]
    pub const fn has_webhook(self) -> bool {
        matches!(self, Self::CustomWebhook)
    }
}
