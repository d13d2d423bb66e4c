//! Path parameters: an id that is none is answered as an absent one.

use std::{future::Ready, str::FromStr};

use actix_web::{FromRequest, HttpRequest, dev};
use uuid::Uuid;

use super::{Problem, envelope::decode};

/// The first id in the path, as a typed id; 404 when it is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathId<T>(pub T);

/// The first two ids in the path, in their order there; 404 when one is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PathIds<A, B>(pub A, pub B);

/// The last id in the path, as a typed id; 404 when it is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastId<T>(pub T);

/// The last parameter in the path as whatever parses from text; 404 when it does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathText<T>(pub T);

impl<T: From<Uuid>> FromRequest for PathId<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(id(request, 0).map(Self).map_err(Into::into))
    }
}

impl<A: From<Uuid>, B: From<Uuid>> FromRequest for PathIds<A, B> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let ids = id(request, 0).and_then(|first| Ok(Self(first, id(request, 1)?)));
        std::future::ready(ids.map_err(Into::into))
    }
}

impl<T: From<Uuid>> FromRequest for LastId<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let last = request.match_info().iter().count().saturating_sub(1);
        std::future::ready(id(request, last).map(Self).map_err(Into::into))
    }
}

impl<T: FromStr> FromRequest for PathText<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        // The router leaves some escapes as they are, `%2B` among them.
        let text = request.match_info().iter().last().and_then(|(_, text)| decode(text));
        let parsed = text.and_then(|text| text.parse().ok()).map(Self).ok_or_else(Problem::not_found);
        std::future::ready(parsed.map_err(Into::into))
    }
}

pub(super) fn id<T: From<Uuid>>(request: &HttpRequest, position: usize) -> Result<T, Problem> {
    let (_, text) = request.match_info().iter().nth(position).ok_or_else(Problem::not_found)?;
    // One spelling only: the parser alone would also take braces, URNs and no hyphens.
    if text.len() != uuid::fmt::Hyphenated::LENGTH {
        return Err(Problem::not_found());
    }
    Uuid::parse_str(text).map(T::from).map_err(|_| Problem::not_found())
}
