//! Puts what a workshop's person asked for inside the workshop's scope: a second fence behind the tenant in each query.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};
use kernel::{TenantId, scope};

use super::access::Principal;

/// Carries out a request that may pass. Staff and the public are outside of any scope: a sign-in does not know its workshop
/// yet.
pub(super) async fn around(request: &HttpRequest, work: impl Future<Output = HttpResponse>) -> HttpResponse {
    let tenant = match request.extensions().get::<Principal>() {
        Some(Principal::Tenant(person)) => Some(person.tenant_id),
        _ => None,
    };
    let Some(tenant) = tenant else { return work.await };
    scope::within(tenant, work).await.map_body(|_, body| fenced(tenant, body))
}

/// What is streamed is read after the handler has returned.
fn fenced(tenant: TenantId, body: BoxBody) -> BoxBody {
    match body.size() {
        BodySize::None | BodySize::Sized(_) => body,
        BodySize::Stream => BoxBody::new(Fenced { tenant, body }),
    }
}

struct Fenced {
    tenant: TenantId,
    body: BoxBody,
}

impl MessageBody for Fenced {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let tenant = self.tenant;
        scope::poll_within(tenant, || self.body.as_pin_mut().poll_next(context))
    }
}
