//! Auth extractors: first arguments of handlers, that say who may call and hand over who calls.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
    ops::Deref,
};

use actix_web::{FromRequest, HttpRequest, dev};
use auth::PermissionMarker;
use futures::future::LocalBoxFuture;
use kernel::Caller;

use super::{Access, Authorizer, authorizer::bearer, caller_of};
use crate::http::Problem;

/// What an extractor asks for; the registry reads it from the handler's first argument.
pub trait AuthExtractor: FromRequest {
    /// What it asks for.
    const ACCESS: Access;
}

/// A handler's arguments, the first of which is an [`AuthExtractor`].
pub trait Authorized {
    /// What it asks for.
    const ACCESS: Access;
}

macro_rules! authorized {
    ($($argument:ident)*) => {
        impl<G: AuthExtractor, $($argument),*> Authorized for (G, $($argument,)*) {
            const ACCESS: Access = G::ACCESS;
        }
    };
}
authorized! {}
authorized! { A }
authorized! { A B }
authorized! { A B C }
authorized! { A B C D }
authorized! { A B C D E }
authorized! { A B C D E F }
authorized! { A B C D E F H }
authorized! { A B C D E F H I }
authorized! { A B C D E F H I J }

/// Whoever calls has the permission `P`; dereferences to the caller.
///
/// 401 without a valid credential of the right audience, 403 without the permission (which leaves an audit entry)
/// or while something else that the permission table names stands in the way.
///
/// With `admin::Token` it lets in whoever is signed in, even while their password must be changed: for verify, logout and
/// password/change only. All else uses `admin::SignedIn` where any role will do.
#[derive(Debug, Clone, Copy)]
pub struct Require<P: PermissionMarker>(pub Caller, PhantomData<P>);

impl<P: PermissionMarker> AuthExtractor for Require<P> {
    const ACCESS: Access = Access::Needs(P::PERMISSION);
}

impl<P: PermissionMarker> Deref for Require<P> {
    type Target = Caller;
    fn deref(&self) -> &Caller {
        &self.0
    }
}

impl<P: PermissionMarker> FromRequest for Require<P> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        // The authorizer has been asked before; a caller of another kind does not get here.
        let caller = caller_of(request);
        let fits = P::PERMISSION.check(&caller).is_ok();
        ready(if fits { Ok(Self(caller, PhantomData)) } else { Err(Problem::unauthenticated().into()) })
    }
}

/// A route that anybody may call; a test lists all of them.
#[derive(Debug, Clone, Copy)]
pub struct Public;

impl AuthExtractor for Public {
    const ACCESS: Access = Access::Public;
}

impl FromRequest for Public {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(_: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        ready(Ok(Self))
    }
}

/// The caller with the permission `P`, if there is one; no auth extractor: for public routes such as logout.
#[derive(Debug, Clone, Copy)]
pub struct Optional<P: PermissionMarker>(pub Option<Caller>, PhantomData<P>);

impl<P: PermissionMarker> FromRequest for Optional<P> {
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let caller = match (Authorizer::of(&request), bearer(&request)) {
                (Ok(authorizer), Ok(credential)) => {
                    authorizer.verifiers.verify(P::PERMISSION.audience, credential).await.ok()
                }
                _ => None,
            };
            Ok(Self(caller.filter(|caller| P::PERMISSION.check(caller).is_ok()), PhantomData))
        })
    }
}
