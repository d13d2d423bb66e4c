//! Whose request it is.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};

use super::error::{ApiError, Code};
use crate::{options::ApiKey, state::State};

/// The customer of the request's key.
pub struct Customer(pub String);

/// The key that a request has, known or not.
pub fn bearer(request: &HttpRequest) -> Option<&str> {
    let (scheme, key) = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

pub fn customer_of(request: &HttpRequest, state: &State) -> Result<ApiKey, ApiError> {
    match bearer(request).and_then(|key| state.key(key)) {
        None => Err(ApiError::new(Code::Unauthorized, "The API key is missing or unknown.")),
        Some(key) if key.blocked => Err(ApiError::new(Code::Forbidden, "This API key is blocked.")),
        Some(key) => Ok(key),
    }
}

impl FromRequest for Customer {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let Some(state) = request.app_data::<web::Data<State>>() else {
            return ready(Err(ApiError::new(Code::ServerError, "The sandbox has no state.")));
        };
        ready(customer_of(request, state).map(|key| Self(key.customer_id)))
    }
}
