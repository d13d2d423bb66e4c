//! Permissions as types, for `Require<admin::TenantsRead>` in a handler's signature.

use auth::{AdminPrincipal, Permission, TenantPermission, TenantPrincipal};

use super::{Access, Need, Principal};

/// A permission as a type.
pub trait Permit: 'static {
    /// Whoever has it.
    type Principal: Copy + 'static;
    /// What it asks for.
    const ACCESS: Access;
    /// The principal, if it is of the right kind.
    #[doc(hidden)]
    fn pick(principal: PrincipalRef<'_>) -> Option<Self::Principal>;
}

/// Keeps [`Principal`] out of the public interface.
#[derive(Debug, Clone, Copy)]
pub struct PrincipalRef<'a>(pub(super) &'a Principal);

macro_rules! permits {
    ($variant:ident, $principal:ty, $permission:ident { $($name:ident),+ $(,)? }) => {
        /// Any signed-in principal of this kind, whatever their role.
        #[derive(Debug, Clone, Copy)]
        pub struct SignedIn;

        impl Permit for SignedIn {
            type Principal = $principal;
            const ACCESS: Access = Access::$variant(Need::SignedIn);
            fn pick(principal: PrincipalRef<'_>) -> Option<$principal> {
                match principal.0 { Principal::$variant(it) => Some(*it), _ => None }
            }
        }

        $(
            #[doc = concat!("`", stringify!($permission), "::", stringify!($name), "`.")]
            #[derive(Debug, Clone, Copy)]
            pub struct $name;

            impl Permit for $name {
                type Principal = $principal;
                const ACCESS: Access = Access::$variant(Need::Permission($permission::$name));
                fn pick(principal: PrincipalRef<'_>) -> Option<$principal> {
                    SignedIn::pick(principal)
                }
            }
        )+

        #[cfg(test)]
        pub(super) const ALL: &[$permission] = &[$($permission::$name),+];
    };
}

/// The permissions of staff.
pub mod admin {
    use super::*;
    permits!(
        Admin,
        AdminPrincipal,
        Permission {
            AdminsRead,
            AdminsWrite,
            TenantsRead,
            TenantsWrite,
            TenantsDelete,
            TenantUsersRead,
            TenantUsersWrite,
            IntegrationsRead,
            IntegrationsWrite,
            UsageRead,
            UsageWrite,
            SubscriptionsRead,
            SubscriptionsWrite,
            AuditRead,
            AuditExport,
            AnalyticsRead,
            SupportRead,
            SupportWrite,
            NotificationsRead,
            NotificationsWrite,
            CapricornRead,
            CapricornSync,
        }
    );
}

/// The permissions of a workshop's people.
pub mod tenant {
    use super::*;
    permits!(
        Tenant,
        TenantPrincipal,
        TenantPermission {
            WorkspaceRead,
            WorkspaceWrite,
            UsersRead,
            UsersWrite,
            IntegrationsRead,
            IntegrationsWrite,
            UsageRead,
            AnalyticsRead,
            AuditRead,
            PartsRead,
            OrdersWrite,
            TicketsRead,
            TicketsWrite,
        }
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_its_type() {
        assert_eq!(admin::ALL, Permission::ALL);
        assert_eq!(tenant::ALL, TenantPermission::ALL);
    }
}
