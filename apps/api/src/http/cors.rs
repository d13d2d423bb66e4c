//! Cross-origin calls: listed origins only, with credentials; never `*`.

use actix_cors::Cors;
use actix_web::http::{Method, header};

use super::{
    X_REQUEST_ID,
    idempotency::{IDEMPOTENCY_KEY, IDEMPOTENT_REPLAYED},
};

/// How long a browser may keep a preflight's answer, in seconds.
const MAX_AGE: usize = 3600;

/// The middleware for these origins (`scheme://host[:port]`, in lower case).
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT, header::IF_MATCH])
        .allowed_headers([IDEMPOTENCY_KEY, X_REQUEST_ID])
        .expose_headers([
            header::ETAG,
            header::LOCATION,
            header::RETRY_AFTER,
            header::CONTENT_DISPOSITION,
            X_REQUEST_ID,
            IDEMPOTENT_REPLAYED,
        ])
        .max_age(MAX_AGE);
    if origins.is_empty() {
        return cors;
    }
    origins.iter().fold(cors.supports_credentials(), |cors, origin| cors.allowed_origin(origin))
}
