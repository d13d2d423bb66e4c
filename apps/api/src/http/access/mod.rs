//! Who may call a route. The first argument of every handler is a *guard* ([`Require`], [`CurrentAdmin`],
//! [`CurrentTenantUser`] or [`Public`]): a handler without one does not compile into a route.

mod gate;
mod guards;
mod permits;

use auth::{AdminPrincipal, Permission, TenantPermission, TenantPrincipal};
use kernel::PrincipalKind;

pub use gate::Gate;
pub(super) use gate::enforce;
pub use guards::{
    CurrentAdmin, CurrentTenantUser, Guard, Guarded, OptionalAdmin, OptionalTenantUser, Public, Require, TenantScope,
};
pub use permits::{Permit, admin, tenant};

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Public,
    /// A member of staff.
    Admin(Need<Permission>),
    /// A workshop's person.
    Tenant(Need<TenantPermission>),
}

/// What a route asks of a signed-in caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need<P> {
    /// To be signed in, even with a password that must be changed first.
    Token,
    /// To be signed in.
    SignedIn,
    /// To have this permission.
    Permission(P),
}

impl Access {
    /// The permission's name as the OpenAPI document shows it in `x-permission`.
    #[must_use]
    pub fn permission_name(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Admin(Need::Token) | Self::Tenant(Need::Token) => "token",
            Self::Admin(Need::SignedIn) | Self::Tenant(Need::SignedIn) => "signed-in",
            Self::Admin(Need::Permission(permission)) => permission.as_str(),
            Self::Tenant(Need::Permission(permission)) => permission.as_str(),
        }
    }

    /// Whose token opens the route; `None` for public ones.
    #[must_use]
    pub const fn audience(&self) -> Option<PrincipalKind> {
        match self {
            Self::Public => None,
            Self::Admin(_) => Some(PrincipalKind::Admin),
            Self::Tenant(_) => Some(PrincipalKind::Tenant),
        }
    }
}

/// Whoever the gate let in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Principal {
    /// A member of staff.
    Admin(AdminPrincipal),
    /// A workshop's person.
    Tenant(TenantPrincipal),
}

impl Principal {
    /// For idempotency keys: `admin:<uuid>` or `tenant:<uuid>`.
    pub(super) fn key(&self) -> String {
        match self {
            Self::Admin(admin) => format!("admin:{}", admin.admin_id),
            Self::Tenant(user) => format!("tenant:{}", user.user_id),
        }
    }
}
