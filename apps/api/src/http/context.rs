//! Who asks, from where, and under which request id: kernel's request context as an extractor.

use std::{future::Ready, ops::Deref};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev, http::header};
use kernel::{Actor, PrincipalKind, RequestContext};

use super::{ClientIp, RequestId, access::Principal};

/// Most characters of a user agent that are kept.
const MAX_USER_AGENT: usize = 512;

/// The request's context for services and the audit trail; dereferences to [`RequestContext`].
#[derive(Debug, Clone)]
pub struct Context(pub RequestContext);

impl Context {
    /// The context of a request; its actor is whoever the gate let in, or nobody.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let actor = match request.extensions().get::<Principal>() {
            Some(Principal::Admin(admin)) => admin.actor(),
            Some(Principal::Tenant(user)) => user.actor(),
            None => Actor::Anonymous(door_of(request.path())),
        };
        let user_agent = request.headers().get(header::USER_AGENT);
        let user_agent = user_agent.map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.chars().filter(|c| !kernel::text::is_forbidden(*c, false)).take(MAX_USER_AGENT).collect()
        });
        Self(RequestContext {
            actor,
            ip: ClientIp::of(request).0,
            user_agent,
            request_id: RequestId::of(request).as_str().to_owned(),
        })
    }
}

/// At whose door an anonymous request stands.
fn door_of(path: &str) -> PrincipalKind {
    let path = super::routes::unversioned(path);
    if path.starts_with("/tenant/") { PrincipalKind::Tenant } else { PrincipalKind::Admin }
}

impl Deref for Context {
    type Target = RequestContext;
    fn deref(&self) -> &RequestContext {
        &self.0
    }
}

impl FromRequest for Context {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self::of(request)))
    }
}
