use std::fmt;

use kernel::{
    FieldCode, FieldError,
    input::{Fields, Word},
};

use super::{Credentials, CredentialsInput, IntegrationType, WebhookSchemes, WebhookUrl};

kernel::text_type!(
    /// What a workshop calls a connection: one line, 1 to 120 characters.
    IntegrationName, line, 120
);

impl IntegrationName {
    /// Parses the field `name`.
    ///
    /// # Errors
    /// As [`IntegrationName::parse_as`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        Self::parse_as("name", text)
    }
}

/// [`NewIntegration`] as a client wrote it.
#[derive(Clone, Default)]
pub struct NewIntegrationInput {
    /// `type`
    pub kind: String,
    /// `name`
    pub name: String,
    /// `credentials`; absent is `{}`.
    pub credentials: Option<CredentialsInput>,
    /// `webhookUrl`; of CUSTOM_WEBHOOK only, which needs it.
    pub webhook_url: Option<String>,
}

impl fmt::Debug for NewIntegrationInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewIntegrationInput").field("kind", &self.kind).finish_non_exhaustive()
    }
}

/// A connection about to be made.
#[derive(Debug, Clone)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct NewIntegration {
    pub kind: IntegrationType,
    /// What it is called.
    pub name: IntegrationName,
    /// All that the type needs.
    pub credentials: Credentials,
    pub webhook_url: Option<WebhookUrl>,
}

impl NewIntegration {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once; of an unknown type the rest is not read.
    pub fn parse(input: NewIntegrationInput, schemes: WebhookSchemes) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let name = fields.take(IntegrationName::parse(&input.name));
        let kind = fields.take(IntegrationType::parse("type", &input.kind));
        let rest = kind.map(|kind| {
            let credentials = fields.take_all(Credentials::parse(kind, input.credentials));
            let webhook_url = match input.webhook_url {
                None if kind.has_webhook() => {
                    fields.take(Err(FieldError::new("webhookUrl", FieldCode::Required, "is missing")))
                }
                None => None,
                Some(text) => fields.take(parse_webhook_url(kind, &text, schemes)),
            };
            (kind, credentials, webhook_url)
        });
        let new = || {
            let (kind, credentials, webhook_url) = rest?;
            Some(Self { kind, name: name?, credentials: credentials?, webhook_url })
        };
        let new = new();
        fields.finish(new)
    }
}

/// An address that nobody would ever call is refused rather than kept.
pub(super) fn parse_webhook_url(
    kind: IntegrationType,
    text: &str,
    schemes: WebhookSchemes,
) -> Result<WebhookUrl, FieldError> {
    if kind.has_webhook() {
        WebhookUrl::parse_as("webhookUrl", text, schemes)
    } else {
        Err(FieldError::new("webhookUrl", FieldCode::Invalid, format!("{kind} has none")))
    }
}
