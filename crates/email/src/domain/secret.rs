//! The secret of a mail while it waits: sealed for exactly its row.

use kernel::{
    TenantId,
    sealed::{KeyRing, Purpose, SealError, Sealed},
};
use secrecy::SecretString;

use super::NotificationId;

/// Whose secret it is.
pub(crate) struct Owner {
    row: String,
    tenant: String,
}

impl Owner {
    pub(crate) fn new(id: NotificationId, tenant: Option<TenantId>) -> Self {
        Self { row: id.to_string(), tenant: tenant.map(|id| id.to_string()).unwrap_or_default() }
    }

    fn purpose(&self) -> Purpose<'_> {
        Purpose { table: "notification_log", owner: &self.tenant, row: &self.row, field: "secret" }
    }
}

pub(crate) fn seal(ring: &KeyRing, owner: &Owner, secret: &SecretString) -> Result<Sealed, SealError> {
    ring.seal_text(&owner.purpose(), secret)
}

pub(crate) fn open(ring: &KeyRing, owner: &Owner, sealed: &Sealed) -> Result<SecretString, SealError> {
    ring.open_text(&owner.purpose(), sealed)
}
