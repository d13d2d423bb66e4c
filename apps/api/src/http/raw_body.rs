//! A body as it came, for signatures over its bytes.

use std::{future::Future, ops::Deref, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev};
use bytes::Bytes;

use super::json::{check_content_type, read_body};

/// The bytes of a JSON body within the limits of the configuration, not parsed.
#[derive(Debug)]
pub struct RawBody(pub Bytes);

impl Deref for RawBody {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl FromRequest for RawBody {
    type Error = actix_web::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            check_content_type(&request, true)?;
            Ok(Self(read_body(&request, payload).await?))
        })
    }
}
