//! Whose tenant an operation is about: staff name it in the path, a tenant's own people never do.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev};
use kernel::{Subject, TenantId, TenantScope};

use super::{Problem, access::caller_of, path::id};

/// The tenant that a request is about: `{id}` of `/admin/tenants/{id}/...` for staff, for everybody else their own, whatever
/// the path says. Stands behind the auth extractor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetTenant {
    /// Which.
    pub id: TenantId,
    home: String,
}

impl TargetTenant {
    /// The address of something of the tenant's as the caller reaches it: `users/...` becomes
    /// `/api/admin/tenants/{id}/users/...` or `/api/tenant/users/...`.
    #[must_use]
    pub fn location(&self, rest: &str) -> String {
        format!("{}/{rest}", self.home)
    }

    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        match caller_of(request).subject {
            Subject::Admin { .. } => {
                id::<TenantId>(request, 0).map(|id| Self { id, home: format!("/api/admin/tenants/{id}") })
            }
            Subject::TenantUser { tenant_id: id, .. }
            | Subject::ApiKey { tenant_id: id, .. }
            | Subject::Impersonated { tenant_id: id, .. } => Ok(Self { id, home: "/api/tenant".to_owned() }),
            Subject::Anonymous(_) | Subject::System(_) => Err(Problem::unauthenticated()),
        }
    }
}

impl FromRequest for TargetTenant {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Self::of(request).map_err(Into::into))
    }
}

/// As [`TargetTenant`]; but where staff's route has no tenant in its path, it is about all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TargetTenants(pub TenantScope);

impl FromRequest for TargetTenants {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let is_staff = matches!(caller_of(request).subject, Subject::Admin { .. });
        ready(if is_staff && request.match_info().is_empty() {
            Ok(Self(TenantScope::All))
        } else {
            TargetTenant::of(request).map(|it| Self(TenantScope::Only(it.id))).map_err(Into::into)
        })
    }
}
