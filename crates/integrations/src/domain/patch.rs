use std::fmt;

use kernel::{FieldCode, FieldError, input::Fields};

use super::{
    Credentials, CredentialsInput, IntegrationName, IntegrationType, WebhookSchemes, WebhookUrl, new::parse_webhook_url,
};

/// What to change of a connection.
#[derive(Debug, Clone, Default)]
pub struct IntegrationPatch {
    /// New name.
    pub name: Option<IntegrationName>,
    /// New values of those credentials that are named; the others stay.
    pub credentials: Option<Credentials>,
    /// What to call from now on.
    pub webhook_url: Option<WebhookUrl>,
    /// Whether to use it.
    pub is_active: Option<bool>,
}

/// [`IntegrationPatch`] as a client wrote it: absent, null or a value.
#[derive(Clone, Default)]
pub struct IntegrationPatchInput {
    /// `name`; null is refused.
    pub name: Option<Option<String>>,
    /// `credentials`; null is refused, of the whole and of any field.
    pub credentials: Option<Option<CredentialsInput>>,
    /// `webhookUrl`; null is refused where there is one.
    pub webhook_url: Option<Option<String>>,
    /// `isActive`; null is refused.
    pub is_active: Option<Option<bool>>,
}

impl fmt::Debug for IntegrationPatchInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IntegrationPatchInput").finish_non_exhaustive()
    }
}

impl IntegrationPatch {
    /// Reads what a client wrote for a connection of this type.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(
        kind: IntegrationType,
        input: IntegrationPatchInput,
        schemes: WebhookSchemes,
    ) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let name = fields.required("name", input.name, |text| IntegrationName::parse(&text));
        let credentials = match input.credentials {
            None => None,
            Some(None) => fields.take(Err(FieldError::new("credentials", FieldCode::Required, "must not be null"))),
            Some(Some(given)) => fields.take_all(Credentials::parse_some(kind, given)),
        };
        let webhook_url = match input.webhook_url {
            Some(None) if !kind.has_webhook() => None,
            given => fields.required("webhookUrl", given, |text| parse_webhook_url(kind, &text, schemes)),
        };
        let is_active = fields.required("isActive", input.is_active, Ok);
        fields.finish(Some(Self { name, credentials, webhook_url, is_active }))
    }
}
