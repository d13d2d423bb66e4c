//! What the HTTP layer needs of the configuration, as one value in the application's data.

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, web};
use ipnet::IpNet;
use kernel::{Clock, Entropy};

use crate::{composition::Services, config::ClientIpHeader};

/// Limits, trust and addresses of the HTTP layer.
#[derive(Clone)]
pub struct HttpSettings {
    /// Most bytes of a request's body.
    pub body_limit: usize,
    /// How long a whole body may take to arrive.
    pub body_deadline: Duration,
    /// How long a request may take until its answer begins.
    pub request_timeout: Duration,
    /// Peers that are believed where a request comes from.
    pub trusted_proxies: Vec<IpNet>,
    /// The one header in which they tell it.
    pub client_ip_header: ClientIpHeader,
    /// Origins that may call with credentials, as `scheme://host[:port]`.
    pub cors_origins: Vec<String>,
    /// Whether answers tell browsers to use https only.
    pub hsts: bool,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for request ids.
    pub entropy: Arc<dyn Entropy>,
}

/// How long a whole body may take to arrive.
const BODY_DEADLINE: Duration = Duration::from_secs(30);

impl HttpSettings {
    /// The settings of these services' configuration.
    #[must_use]
    pub fn new(services: &Services) -> Self {
        let http = &services.config.http;
        Self {
            body_limit: http.body_limit,
            // A body that is still coming when the request's time is over cannot be answered anyway.
            body_deadline: BODY_DEADLINE.min(http.request_timeout.mul_f32(0.9)),
            request_timeout: http.request_timeout,
            trusted_proxies: http.trusted_proxies.clone(),
            client_ip_header: http.client_ip_header,
            cors_origins: http.cors_origins.clone(),
            hsts: services.config.environment.is_production(),
            clock: Arc::clone(&services.core.clock),
            entropy: Arc::clone(&services.core.entropy),
        }
    }

    /// The settings of the application that serves this request.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Option<&Self> {
        request.app_data::<web::Data<Self>>().map(|data| &***data)
    }
}
