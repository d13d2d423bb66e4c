//! Who may do what: the one table of permissions. Handlers ask for a permission, never for a role; the OpenAPI document,
//! docs/permissions.md and the tests read this table.

use super::permission::permissions;

permissions! {
    /// What a member of staff may be allowed to do. Staff have no daily quota, no plan that ends and no keys, and are
    /// impersonated by nobody: of the columns only step-up is theirs.
    pub mod admin for Admin(AdminRole), columns (step_up);

    /// To be signed in, even with a password that must be changed first.
    Token              "token"               Token                                                    (-);
    /// To be signed in.
    SignedIn           "signed-in"           SignedIn                                                 (-);
    /// See colleagues.
    AdminsRead         "admins:read"         [SuperAdmin Admin]                                       (-);
    /// Add, change and deactivate colleagues.
    AdminsWrite        "admins:write"        [SuperAdmin]                                             (-);
    /// See workshops.
    TenantsRead        "tenants:read"        [SuperAdmin Admin Developer Support Finance Sales]       (-);
    /// Create, update, suspend and reactivate workshops.
    TenantsWrite       "tenants:write"       [SuperAdmin Admin]                                       (-);
    /// Delete and restore workshops.
    TenantsDelete      "tenants:delete"      [SuperAdmin]                                             (-);
    /// See a workshop's people.
    TenantUsersRead    "tenant-users:read"   [SuperAdmin Admin Support]                               (-);
    /// Add, change and remove a workshop's people.
    TenantUsersWrite   "tenant-users:write"  [SuperAdmin Admin]                                       (-);
    /// See integrations, credentials masked.
    IntegrationsRead   "integrations:read"   [SuperAdmin Admin Developer]                             (-);
    /// Enable, update and disable integrations.
    IntegrationsWrite  "integrations:write"  [SuperAdmin Admin Developer]                             (-);
    /// See usage.
    UsageRead          "usage:read"          [SuperAdmin Admin Developer Support Finance Sales]       (-);
    /// Record usage.
    UsageWrite         "usage:write"         [SuperAdmin Admin Developer]                             (-);
    /// See subscriptions.
    SubscriptionsRead  "subscriptions:read"  [SuperAdmin Admin Finance Sales]                         (-);
    /// Record subscriptions.
    SubscriptionsWrite "subscriptions:write" [SuperAdmin Finance]                                     (-);
    /// Search the audit trail.
    AuditRead          "audit:read"          [SuperAdmin Admin Developer]                             (-);
    /// Export the audit trail.
    AuditExport        "audit:export"        [SuperAdmin Admin]                                       (-);
    /// See the numbers.
    AnalyticsRead      "analytics:read"      [SuperAdmin Admin Marketing Finance Sales]               (-);
    /// Read tickets.
    SupportRead        "support:read"        [SuperAdmin Admin Support Sales]                         (-);
    /// Work on tickets.
    SupportWrite       "support:write"       [SuperAdmin Admin Support]                               (-);
    /// See what was sent.
    NotificationsRead  "notifications:read"  [SuperAdmin Admin Developer Support]                     (-);
    /// Send again, suppress.
    NotificationsWrite "notifications:write" [SuperAdmin Admin Developer]                             (-);
    /// See the state of the Capricorn connection.
    CapricornRead      "capricorn:read"      [SuperAdmin Admin Developer Support]                     (-);
    /// Start an inventory sync.
    CapricornSync      "capricorn:sync"      [SuperAdmin Admin Developer]                             (-);
}

permissions! {
    /// What a workshop's person may be allowed to do, always inside their own workshop.
    pub mod tenant for Tenant(TenantRole), columns (quota, read_only, keys, impersonation, step_up);

    /// To be signed in, even with a password that must be changed first.
    Token              "token"               Token                      (-  x  -  Never  -);
    /// To be signed in.
    SignedIn           "signed-in"           SignedIn                   (-  x  -  Never  -);
    /// See the workshop's profile.
    WorkspaceRead      "workspace:read"      [Owner Admin User Viewer]  (x  x  x  Read   -);
    /// Change the workshop's profile.
    WorkspaceWrite     "workspace:write"     [Owner Admin]              (x  -  x  Write  -);
    /// See colleagues.
    UsersRead          "users:read"          [Owner Admin User Viewer]  (x  x  x  Read   -);
    /// Manage colleagues; an admin may not touch an owner nor make one.
    UsersWrite         "users:write"         [Owner Admin]              (x  -  x  Never  -);
    /// See integrations, credentials masked.
    IntegrationsRead   "integrations:read"   [Owner Admin]              (x  x  x  Read   -);
    /// Enable, update and disable integrations.
    IntegrationsWrite  "integrations:write"  [Owner Admin]              (x  -  x  Never  -);
    /// See usage and quotas.
    UsageRead          "usage:read"          [Owner Admin User Viewer]  (-  x  x  Read   -);
    /// See the numbers.
    AnalyticsRead      "analytics:read"      [Owner Admin User Viewer]  (x  x  x  Read   -);
    /// Search the workshop's audit trail.
    AuditRead          "audit:read"          [Owner Admin]              (x  x  x  Read   -);
    /// Search parts; see stock, quotes, inventory and orders.
    PartsRead          "parts:read"          [Owner Admin User Viewer]  (x  x  x  Read   -);
    /// Place and cancel orders.
    OrdersWrite        "orders:write"        [Owner Admin User]         (x  -  x  Write  -);
    /// Read tickets.
    TicketsRead        "tickets:read"        [Owner Admin User Viewer]  (-  x  x  Read   -);
    /// Open and answer tickets.
    TicketsWrite       "tickets:write"       [Owner Admin User]         (-  x  x  Write  -);
}

#[cfg(test)]
#[path = "permissions_tests.rs"]
mod tests;
