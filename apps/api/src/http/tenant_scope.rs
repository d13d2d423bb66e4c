//! Puts what is asked for on a workshop's side inside the workshop's scope, which row-level security reads: it stands behind
//! the tenant in each query.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    web::Bytes,
};
use kernel::{TenantId, TenantScope};
use platform::scope;

use super::access::caller_of;

/// Carries out a request that may pass, inside the scope of its caller.
pub(super) async fn around(request: &HttpRequest, work: impl Future<Output = HttpResponse>) -> HttpResponse {
    match caller_of(request).tenant_scope() {
        TenantScope::All => work.await,
        TenantScope::Only(tenant) => scope::within(tenant, work).await.map_body(|_, body| scoped(tenant, body)),
    }
}

/// What is streamed is read after the handler has returned.
fn scoped(tenant: TenantId, body: BoxBody) -> BoxBody {
    match body.size() {
        BodySize::None | BodySize::Sized(_) => body,
        BodySize::Stream => BoxBody::new(Scoped { tenant, body }),
    }
}

struct Scoped {
    tenant: TenantId,
    body: BoxBody,
}

impl MessageBody for Scoped {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let tenant = self.tenant;
        scope::poll_within(tenant, || self.body.as_pin_mut().poll_next(context))
    }
}
