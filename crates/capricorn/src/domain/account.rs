use kernel::TenantId;
use secrecy::SecretString;
use uuid::Uuid;

/// With whose credentials the supplier is asked.
#[derive(Debug, Clone)]
pub struct Account {
    /// Shown to the supplier, and to nobody else.
    pub api_key: SecretString,
    /// The supplier's number for the customer.
    pub customer_id: String,
    /// Tells keys apart without showing them.
    pub key_fingerprint: String,
    /// Where the credentials come from.
    pub source: AccountSource,
    /// Whether the supplier refused them when they were last used: then it is worth noting that it takes them again.
    pub was_refused: bool,
}

/// Where credentials come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AccountSource {
    /// From the configuration: NextCRM's own.
    Configured,
    /// From a workshop's connection.
    Integration {
        /// Whose.
        tenant_id: TenantId,
        /// Which connection.
        integration_id: Uuid,
    },
}
