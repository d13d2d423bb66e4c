use actix_web::{
    FromRequest, HttpRequest, dev,
    http::{StatusCode, header},
    web,
};
use kernel::ErrorCode;

use crate::{config::Config, http::Problem};

/// The request does not come from a foreign web page: its `Origin` is this API's own, a listed one, or absent.
///
/// For routes that a cookie alone authorises. `SameSite=Strict` keeps cookies from foreign sites, but not from
/// other hosts of the same site.
#[derive(Debug, Clone, Copy)]
pub struct OwnOrigin;

impl FromRequest for OwnOrigin {
    type Error = actix_web::Error;
    type Future = std::future::Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let Some(config) = request.app_data::<web::Data<Config>>() else {
            return std::future::ready(Err(Problem::internal("the application has no configuration").into()));
        };
        let mut origins = request.headers().get_all(header::ORIGIN);
        let refused = || {
            let detail = "This may not be called from web pages of another origin.";
            Problem::new(StatusCode::FORBIDDEN, ErrorCode::OriginRefused, detail).into()
        };
        std::future::ready(if origins.all(|origin| is_known(origin.as_bytes(), config)) {
            Ok(Self)
        } else {
            Err(refused())
        })
    }
}

fn is_known(origin: &[u8], config: &Config) -> bool {
    let own = url::Url::parse(&config.public_url).map(|url| url.origin().ascii_serialization());
    let is = |known: &str| origin.eq_ignore_ascii_case(known.as_bytes());
    own.is_ok_and(|own| is(&own)) || config.http.cors_origins.iter().any(|known| is(known))
}
