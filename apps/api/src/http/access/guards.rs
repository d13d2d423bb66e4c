//! The guards: first arguments of handlers, that say who may call and hand over who calls.

use std::{
    future::{Ready, ready},
    ops::Deref,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, web};
use auth::{AdminPrincipal, TenantPrincipal};
use kernel::TenantId;

use super::{
    Access, Gate, Need, Principal,
    gate::bearer,
    permits::{Permit, PrincipalRef},
};
use crate::http::Problem;

/// What a guard asks for; the registry reads it from the handler's first argument.
pub trait Guard: FromRequest {
    /// What it asks for.
    const ACCESS: Access;
}

/// A handler's arguments, the first of which is a [`Guard`].
pub trait Guarded {
    /// What the guard asks for.
    const ACCESS: Access;
}

macro_rules! guarded {
    ($($argument:ident)*) => {
        impl<G: Guard, $($argument),*> Guarded for (G, $($argument,)*) {
            const ACCESS: Access = G::ACCESS;
        }
    };
}
guarded! {}
guarded! { A }
guarded! { A B }
guarded! { A B C }
guarded! { A B C D }
guarded! { A B C D E }
guarded! { A B C D E F }
guarded! { A B C D E F H }
guarded! { A B C D E F H I }
guarded! { A B C D E F H I J }

/// Whoever calls has the permission `P`; dereferences to the principal.
///
/// 401 without a valid token of the right kind, 403 without the permission (which leaves an audit entry)
/// or while the password must be changed.
#[derive(Debug, Clone, Copy)]
pub struct Require<P: Permit>(pub P::Principal);

impl<P: Permit> Guard for Require<P> {
    const ACCESS: Access = P::ACCESS;
}

impl<P: Permit> Deref for Require<P> {
    type Target = P::Principal;
    fn deref(&self) -> &P::Principal {
        &self.0
    }
}

impl<P: Permit> FromRequest for Require<P> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let extensions = request.extensions();
        let principal = extensions.get::<Principal>().and_then(|it| P::pick(PrincipalRef(it)));
        ready(principal.map(Self).ok_or_else(|| Problem::unauthenticated().into()))
    }
}

/// A route that anybody may call; a test lists all of them.
#[derive(Debug, Clone, Copy)]
pub struct Public;

impl Guard for Public {
    const ACCESS: Access = Access::Public;
}

impl FromRequest for Public {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(_: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

macro_rules! current {
    ($(#[$meta:meta])* $name:ident, $optional:ident, $variant:ident, $principal:ty, $verify:ident) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name(pub $principal);

        impl Guard for $name {
            const ACCESS: Access = Access::$variant(Need::Token);
        }

        impl Deref for $name {
            type Target = $principal;
            fn deref(&self) -> &$principal {
                &self.0
            }
        }

        impl FromRequest for $name {
            type Error = actix_web::Error;
            type Future = Ready<Result<Self, Self::Error>>;

            fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
                ready(match request.extensions().get::<Principal>() {
                    Some(Principal::$variant(it)) => Ok(Self(*it)),
                    _ => Err(Problem::unauthenticated().into()),
                })
            }
        }

        /// The same, where there is a valid token; no guard: for public routes such as logout.
        #[derive(Debug, Clone, Copy)]
        pub struct $optional(pub Option<$principal>);

        impl FromRequest for $optional {
            type Error = actix_web::Error;
            type Future = Ready<Result<Self, Self::Error>>;

            fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
                let gate = request.app_data::<web::Data<Gate>>();
                let principal = gate.zip(bearer(request).ok()).and_then(|(gate, token)| gate.tokens.$verify(token).ok());
                ready(Ok(Self(principal)))
            }
        }
    };
}

current!(
    /// The member of staff who calls, even while their password must be changed: for verify, logout and
    /// password/change only. All else uses [`Require`], with `admin::SignedIn` where any role will do.
    CurrentAdmin, OptionalAdmin, Admin, AdminPrincipal, verify_admin
);
current!(
    /// The workshop's person who calls, as [`CurrentAdmin`].
    CurrentTenantUser, OptionalTenantUser, Tenant, TenantPrincipal, verify_tenant
);

/// The workshop of the calling person: the only tenant id that a tenant's route may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantScope(pub TenantId);

impl FromRequest for TenantScope {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(match request.extensions().get::<Principal>() {
            Some(Principal::Tenant(user)) => Ok(Self(user.tenant_id)),
            _ => Err(Problem::unauthenticated().into()),
        })
    }
}
