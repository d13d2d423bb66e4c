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
/// A connection to another service was made, or is in use again. Payload: `type`.
pub const INTEGRATION_ENABLED: &str = "tenancy.integration_enabled";
/// A connection changed, other than in whether it is in use. Payload: `type`.
pub const INTEGRATION_UPDATED: &str = "tenancy.integration_updated";
/// A connection is out of use. Payload: `type`.
pub const INTEGRATION_DISABLED: &str = "tenancy.integration_disabled";
/// A trial ends soon. Payload: `daysLeft`, 1 or more, and `endsAt`.
pub const TRIAL_ENDING: &str = "tenancy.trial_ending";
/// A trial is over, and there is no subscription. Payload: `endedAt`.
pub const TRIAL_EXPIRED: &str = "tenancy.trial_expired";
/// 80 or 100 percent of a quota are used: of seats whenever that is reached, of requests once a day. Payload: `metric`
/// (USERS or API_CALLS), `percent`, `used`, `limit`.
pub const QUOTA_LEVEL: &str = "tenancy.quota_level";
/// A subscription was recorded or changed. Payload: `subscriptionId`, `from` (or null) and `to`, each with `plan`, `status`,
/// `priceCents`, `currency`, `periodStart`, `periodEnd`.
pub const SUBSCRIPTION_UPDATED: &str = "tenancy.subscription_updated";
