//! Who asks, from where, and under which request id: kernel's request context as an extractor.

use std::{future::Ready, ops::Deref};

use actix_web::{FromRequest, HttpRequest, dev, http::header};
use kernel::RequestContext;

use super::{ClientIp, RequestId, access::caller_of};

/// Most characters of a user agent that are kept.
const MAX_USER_AGENT: usize = 512;

/// The request's context for services and the audit trail; dereferences to [`RequestContext`].
#[derive(Debug, Clone)]
pub struct Context(pub RequestContext);

impl Context {
    /// The context of a request; its caller is whomever the authorizer let in, or nobody.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let user_agent = request.headers().get(header::USER_AGENT);
        let user_agent = user_agent.map(|value| {
            let text = String::from_utf8_lossy(value.as_bytes());
            text.chars().filter(|c| !kernel::text::is_forbidden(*c, false)).take(MAX_USER_AGENT).collect()
        });
        Self(RequestContext {
            caller: caller_of(request),
            ip: ClientIp::of(request).0,
            user_agent,
            request_id: RequestId::of(request).as_str().to_owned(),
        })
    }
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
