//! Who may do what: both tables of permissions, and nothing else. Handlers ask for a permission, never for a role.

use kernel::{AdminRole, TenantRole};

macro_rules! permissions {
    ($(#[$meta:meta])* $name:ident for $role:ident {
        $($(#[$vmeta:meta])* $variant:ident => $text:literal: $($granted:ident)|+;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$vmeta])* $variant),+ }

        impl $name {
            /// Every permission, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Whether the role has this permission.
            #[must_use]
            pub const fn granted_to(self, role: $role) -> bool {
                match self { $(Self::$variant => matches!(role, $($role::$granted)|+)),+ }
            }

            /// Everything the role has, in the order of the table.
            #[must_use]
            pub fn of(role: $role) -> Vec<Self> {
                Self::ALL.iter().copied().filter(|permission| permission.granted_to(role)).collect()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

permissions!(
    /// What a member of staff may be allowed to do.
    ///
    /// ```
    /// use auth::Permission;
    /// use kernel::AdminRole;
    /// assert!(Permission::TenantsRead.granted_to(AdminRole::Sales));
    /// assert!(!Permission::TenantsRead.granted_to(AdminRole::Marketing));
    /// assert_eq!(Permission::TenantsRead.as_str(), "tenants:read");
    /// ```
    Permission for AdminRole {
        /// See colleagues.
        AdminsRead => "admins:read": SuperAdmin | Admin;
        /// Add, change and deactivate colleagues.
        AdminsWrite => "admins:write": SuperAdmin;
        /// See workshops.
        TenantsRead => "tenants:read": SuperAdmin | Admin | Developer | Support | Finance | Sales;
        /// Create, update, suspend and reactivate workshops.
        TenantsWrite => "tenants:write": SuperAdmin | Admin;
        /// Delete and restore workshops.
        TenantsDelete => "tenants:delete": SuperAdmin;
        /// See a workshop's people.
        TenantUsersRead => "tenant-users:read": SuperAdmin | Admin | Support;
        /// Add, change and remove a workshop's people.
        TenantUsersWrite => "tenant-users:write": SuperAdmin | Admin;
        /// See integrations, credentials masked.
        IntegrationsRead => "integrations:read": SuperAdmin | Admin | Developer;
        /// Enable, update and disable integrations.
        IntegrationsWrite => "integrations:write": SuperAdmin | Admin | Developer;
        /// See usage.
        UsageRead => "usage:read": SuperAdmin | Admin | Developer | Support | Finance | Sales;
        /// Record usage.
        UsageWrite => "usage:write": SuperAdmin | Admin | Developer;
        /// See subscriptions.
        SubscriptionsRead => "subscriptions:read": SuperAdmin | Admin | Finance | Sales;
        /// Record subscriptions.
        SubscriptionsWrite => "subscriptions:write": SuperAdmin | Finance;
        /// Search the audit trail.
        AuditRead => "audit:read": SuperAdmin | Admin | Developer;
        /// Export the audit trail.
        AuditExport => "audit:export": SuperAdmin | Admin;
        /// See the numbers.
        AnalyticsRead => "analytics:read": SuperAdmin | Admin | Marketing | Finance | Sales;
        /// Read tickets.
        SupportRead => "support:read": SuperAdmin | Admin | Support | Sales;
        /// Work on tickets.
        SupportWrite => "support:write": SuperAdmin | Admin | Support;
        /// See what was sent.
        NotificationsRead => "notifications:read": SuperAdmin | Admin | Developer | Support;
        /// Send again, suppress.
        NotificationsWrite => "notifications:write": SuperAdmin | Admin | Developer;
        /// See the state of the Capricorn connection.
        CapricornRead => "capricorn:read": SuperAdmin | Admin | Developer | Support;
        /// Start an inventory sync.
        CapricornSync => "capricorn:sync": SuperAdmin | Admin | Developer;
    }
);

permissions!(
    /// What a workshop's person may be allowed to do, always inside their own workshop.
    TenantPermission for TenantRole {
        /// See the workshop's profile.
        WorkspaceRead => "workspace:read": Owner | Admin | User | Viewer;
        /// Change the workshop's profile.
        WorkspaceWrite => "workspace:write": Owner | Admin;
        /// See colleagues.
        UsersRead => "users:read": Owner | Admin | User | Viewer;
        /// Manage colleagues; an admin may not touch an owner nor make one.
        UsersWrite => "users:write": Owner | Admin;
        /// See integrations, credentials masked.
        IntegrationsRead => "integrations:read": Owner | Admin;
        /// Enable, update and disable integrations.
        IntegrationsWrite => "integrations:write": Owner | Admin;
        /// See usage and quotas.
        UsageRead => "usage:read": Owner | Admin | User | Viewer;
        /// See the numbers.
        AnalyticsRead => "analytics:read": Owner | Admin | User | Viewer;
        /// Search the workshop's audit trail.
        AuditRead => "audit:read": Owner | Admin;
        /// Search parts; see stock, quotes, inventory and orders.
        PartsRead => "parts:read": Owner | Admin | User | Viewer;
        /// Place and cancel orders.
        OrdersWrite => "orders:write": Owner | Admin | User;
        /// Read tickets.
        TicketsRead => "tickets:read": Owner | Admin | User | Viewer;
        /// Open and answer tickets.
        TicketsWrite => "tickets:write": Owner | Admin | User;
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_have_what_the_table_says() {
        let count = |role| Permission::of(role).len();
        let counts: Vec<usize> = AdminRole::ALL.iter().copied().map(count).collect();
        // SUPER_ADMIN, ADMIN, DEVELOPER, SUPPORT, MARKETING, FINANCE, SALES: the crosses of each column.
        assert_eq!(counts, [22, 19, 10, 7, 1, 5, 5]);
        let counts: Vec<usize> = TenantRole::ALL.iter().map(|role| TenantPermission::of(*role).len()).collect();
        assert_eq!(counts, [13, 13, 8, 6]);
    }

    #[test]
    fn names_are_unique() {
        let names: std::collections::BTreeSet<_> = Permission::ALL.iter().map(|p| p.as_str()).collect();
        assert_eq!(names.len(), Permission::ALL.len());
    }
}
