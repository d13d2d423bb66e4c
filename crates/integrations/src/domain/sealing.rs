//! The secrets of a connection, each sealed for exactly its workshop, its type and its field: one that was copied from
//! another workshop's row does not open.

use std::collections::BTreeMap;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::{
    Entropy, TenantId,
    input::Word as _,
    sealed::{KeyRing, Purpose, SealError, Sealed},
};
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::domain::{Integration, IntegrationType, SealedText};

/// What the signing secret is sealed for, beside the credentials' names.
pub(crate) const SIGNING_SECRET: &str = "signingSecret";

/// Where a secret belongs, but for its field.
pub(crate) struct Place {
    tenant: String,
    kind: IntegrationType,
}

impl Place {
    pub(crate) fn new(tenant: TenantId, kind: IntegrationType) -> Self {
        Self { tenant: tenant.to_string(), kind }
    }

    fn purpose<'a>(&'a self, field: &'a str) -> Purpose<'a> {
        Purpose { table: "tenant_integrations", owner: &self.tenant, row: self.kind.as_str(), field }
    }

    pub(crate) fn seal(&self, ring: &KeyRing, field: &str, secret: &SecretString) -> Result<SealedText, SealError> {
        Ok(ring.seal_text(&self.purpose(field), secret)?.to_string().into())
    }

    fn open(&self, ring: &KeyRing, field: &str, text: &SealedText) -> Result<SecretString, SealError> {
        ring.open_text(&self.purpose(field), &text.as_str().parse::<Sealed>()?)
    }
}

/// All secrets of a connection in clear.
pub(crate) struct Secrets {
    pub(crate) credentials: BTreeMap<String, SecretString>,
    pub(crate) signing_secret: Option<SecretString>,
}

/// Opens everything.
///
/// # Errors
/// What is wrong with the first secret that does not open; a missing key only if nothing worse is found.
pub(crate) fn open(ring: &KeyRing, integration: &Integration) -> Result<Secrets, SealError> {
    let place = Place::new(integration.tenant_id, integration.kind);
    let mut missing_key = None;
    let mut open = |field: &str, text: &SealedText| match place.open(ring, field, text) {
        Ok(secret) => Ok(Some(secret)),
        Err(error @ SealError::UnknownKey(_)) => {
            missing_key = Some(error);
            Ok(None)
        }
        Err(error) => Err(error),
    };
    let mut credentials = BTreeMap::new();
    for (field, text) in &integration.credentials {
        if let Some(secret) = open(field, text)? {
            credentials.insert(field.clone(), secret);
        }
    }
    let signing_secret = match &integration.signing_secret {
        Some(text) => open(SIGNING_SECRET, text)?,
        None => None,
    };
    match missing_key {
        Some(error) => Err(error),
        None => Ok(Secrets { credentials, signing_secret }),
    }
}

/// The connection with all its secrets under the ring's first key; `None` when they are that already.
///
/// # Errors
/// As [`open`]: then none of them is sealed anew.
pub(crate) fn renew(ring: &KeyRing, integration: &Integration) -> Result<Option<Integration>, SealError> {
    let secrets = open(ring, integration)?;
    let mut texts = integration.credentials.values().chain(&integration.signing_secret);
    let is_fresh = |text: &SealedText| text.as_str().parse::<Sealed>().is_ok_and(|sealed| !ring.is_stale(&sealed));
    if texts.all(is_fresh) {
        return Ok(None);
    }
    let place = Place::new(integration.tenant_id, integration.kind);
    let mut renewed = integration.clone();
    for (field, secret) in &secrets.credentials {
        renewed.credentials.insert(field.clone(), place.seal(ring, field, secret)?);
    }
    if let Some(secret) = &secrets.signing_secret {
        renewed.signing_secret = Some(place.seal(ring, SIGNING_SECRET, secret)?);
    }
    Ok(Some(renewed))
}

/// A secret to sign calls with, as Standard Webhooks writes them.
pub(crate) fn new_signing_secret(entropy: &dyn Entropy) -> SecretString {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    entropy.fill(bytes.as_mut_slice());
    let text = Zeroizing::new(BASE64_STANDARD.encode(bytes.as_slice()));
    SecretString::from(format!("whsec_{}", *text))
}
