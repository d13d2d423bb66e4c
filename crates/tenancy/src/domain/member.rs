use kernel::TenantId;

use super::{Person, TenantStatus};

/// How somebody who signs in names the workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TenantKey {
    /// By its address, as it was typed.
    Subdomain(String),
    /// By its id.
    Id(TenantId),
}

/// A person together with what signing in must know of their workshop.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Member {
    pub person: Person,
    /// The workshop's name, for messages.
    pub tenant_name: String,
    pub subdomain: String,
    /// Where it stands. A deleted one is CANCELLED.
    pub tenant_status: TenantStatus,
    /// Whether it is deleted.
    pub tenant_deleted: bool,
    /// Its generation; goes into access tokens beside the person's own.
    pub tenant_generation: i64,
}
