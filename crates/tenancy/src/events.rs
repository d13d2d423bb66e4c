//! What this crate announces. The subject is the workshop's id, or the person's for `tenancy.user_*`.

/// A workshop was made. Payload: `name`, `subdomain`, `plan`.
pub const TENANT_CREATED: &str = "tenancy.tenant_created";
/// Fields of a workshop changed. Payload: `fields`, their names.
pub const TENANT_UPDATED: &str = "tenancy.tenant_updated";
/// A workshop was suspended. Payload: `reason`.
pub const TENANT_SUSPENDED: &str = "tenancy.tenant_suspended";
/// A workshop works again. Payload: `from`, its status before.
pub const TENANT_REACTIVATED: &str = "tenancy.tenant_reactivated";
/// A workshop was deleted, softly.
pub const TENANT_DELETED: &str = "tenancy.tenant_deleted";
/// A workshop is back. Payload: `status`.
pub const TENANT_RESTORED: &str = "tenancy.tenant_restored";
/// A person was added. Payload: `role`, `invited`.
pub const USER_ADDED: &str = "tenancy.user_added";
/// Fields of a person changed, other than the role alone. Payload: `fields`, their names.
pub const USER_UPDATED: &str = "tenancy.user_updated";
/// A person has another role. Payload: `from`, `to`.
pub const USER_ROLE_CHANGED: &str = "tenancy.user_role_changed";
/// A person was removed. Payload: `role`.
pub const USER_REMOVED: &str = "tenancy.user_removed";
/// A subscription was recorded or changed. Payload: `from` (or null) and `to`, each with `plan`, `status`,
/// `priceCents`, `currency`.
pub const SUBSCRIPTION_UPDATED: &str = "tenancy.subscription_updated";
