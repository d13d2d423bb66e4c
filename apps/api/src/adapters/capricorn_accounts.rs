//! With whose credentials Capricorn will be asked, answered by crates/integrations and the configuration.

use std::sync::Arc;

use async_trait::async_trait;
use capricorn::{
    domain::{Account, AccountSource},
    repository::{AccountError, Accounts},
};
use integrations::{
    IntegrationError,
    domain::{IntegrationType, OpenIntegration},
    service::Integrations,
};
use kernel::{StoreError, TenantId};
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};

use crate::config::CapricornAccount;

/// capricorn's [`Accounts`]: a workshop's own connection before what is configured.
pub struct CapricornAccounts {
    /// Opens workshops' connections.
    pub integrations: Arc<Integrations>,
    /// For workshops without one.
    pub configured: Option<CapricornAccount>,
}

#[async_trait]
impl Accounts for CapricornAccounts {
    async fn of(&self, tenant: TenantId) -> Result<Option<Account>, AccountError> {
        let own = self.integrations.open(tenant, IntegrationType::CapricornEdi).await.map_err(unusable)?;
        own.map_or_else(|| Ok(self.configured()), |own| account(&own).map(Some))
    }

    fn configured(&self) -> Option<Account> {
        let CapricornAccount { api_key, customer_id } = self.configured.clone()?;
        let key_fingerprint = fingerprint(&api_key);
        Some(Account { api_key, customer_id, key_fingerprint, source: AccountSource::Configured, was_refused: false })
    }

    async fn note(&self, account: &Account, refused: Option<String>) -> Result<(), StoreError> {
        let AccountSource::Integration { tenant_id, integration_id } = account.source else { return Ok(()) };
        self.integrations.note(tenant_id, integration_id, refused).await
    }
}

fn account(own: &OpenIntegration) -> Result<Account, AccountError> {
    let secret = |name: &str| own.credentials.get(name).ok_or(AccountError::Unusable);
    let (api_key, customer_id) = (secret("apiKey")?.clone(), secret("customerId")?.expose_secret().to_owned());
    let source = AccountSource::Integration { tenant_id: own.tenant_id, integration_id: own.id };
    let key_fingerprint = fingerprint(&api_key);
    Ok(Account { api_key, customer_id, key_fingerprint, source, was_refused: own.was_refused })
}

fn unusable(error: IntegrationError) -> AccountError {
    match error {
        IntegrationError::Store(error) => AccountError::Store(error),
        _ => AccountError::Unusable,
    }
}

/// Tells keys apart; too short to be of use to whoever has it.
fn fingerprint(key: &SecretString) -> String {
    hex::encode(&Sha256::digest(key.expose_secret())[..8])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_tells_keys_apart_and_shows_none() {
        let of = |key: &str| fingerprint(&SecretString::from(key));
        assert_eq!(of("cap_live_1234"), of("cap_live_1234"));
        assert_ne!(of("cap_live_1234"), of("cap_live_1235"));
        assert_eq!(of("cap_live_1234").len(), 16);
    }
}
