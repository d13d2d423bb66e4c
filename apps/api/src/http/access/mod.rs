//! Who may call a route. The first argument of every handler is an *auth extractor* ([`Require`] or [`Public`]): a handler
//! without one does not compile into a route.

mod authorizer;
mod extractors;

use actix_web::{HttpMessage, HttpRequest};
use auth::Permission;
use kernel::{Audience, Caller};

pub use auth::{admin_permissions as admin, tenant_permissions as tenant};
pub use authorizer::Authorizer;
pub(super) use authorizer::authorize;
pub use extractors::{AuthExtractor, Authorized, Optional, Public, Require};

/// What a route asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing.
    Public,
    /// This row of the permission table.
    Needs(&'static Permission),
}

impl Access {
    /// The permission's name as the OpenAPI document shows it in `x-permission`.
    #[must_use]
    pub const fn permission_name(&self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Needs(permission) => permission.name,
        }
    }

    /// Whose route it is; `None` for public ones.
    #[must_use]
    pub const fn audience(&self) -> Option<Audience> {
        match self {
            Self::Public => None,
            Self::Needs(permission) => Some(permission.audience),
        }
    }
}

/// Who makes a request: whom the authorizer let in, or nobody.
pub(super) fn caller_of(request: &HttpRequest) -> Caller {
    let known = request.extensions().get::<Caller>().copied();
    known.unwrap_or_else(|| Caller::anonymous(audience_of(request.path())))
}

/// Whose side an anonymous request calls.
fn audience_of(path: &str) -> Audience {
    let path = super::routes::unversioned(path);
    if path.starts_with("/tenant/") { Audience::Tenant } else { Audience::Admin }
}
