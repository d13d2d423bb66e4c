use kernel::TenantId;

use super::{Person, TenantStatus};

/// How somebody at the door names the workshop.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Workspace {
    /// By its address, as it was typed.
    Subdomain(String),
    /// By its id.
    Id(TenantId),
}

/// A person together with what signing in must know of their workshop.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The person.
    pub person: Person,
    /// The workshop's name, for messages.
    pub tenant_name: String,
    /// Its address.
    pub subdomain: String,
    /// Where it stands. A deleted one is CANCELLED.
    pub tenant_status: TenantStatus,
    /// Whether it is deleted.
    pub tenant_deleted: bool,
    /// Its generation; goes into access tokens beside the person's own.
    pub tenant_generation: i64,
}
