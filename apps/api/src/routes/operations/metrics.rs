use actix_web::{HttpRequest, HttpResponse, http::header, web};
use secrecy::ExposeSecret;
use subtle::ConstantTimeEq;

use crate::{
    composition::Core,
    config::Config,
    http::{HttpMetrics, Problem, Public},
};

/// Get metrics for Prometheus
///
/// Outside of development it wants the bearer token of METRICS_TOKEN, and does not exist without one.
#[utoipa::path(
    get, path = "/metrics", operation_id = "getMetrics", tag = "Operations",
    responses((status = 200, description = "The exposition format of Prometheus", content_type = "text/plain"))
)]
pub async fn handle(
    _: Public,
    request: HttpRequest,
    config: web::Data<Config>,
    core: web::Data<Core>,
    metrics: Option<web::Data<HttpMetrics>>,
) -> Result<HttpResponse, Problem> {
    match &config.metrics_token {
        Some(token) if !has_token(&request, token.expose_secret()) => return Err(Problem::unauthenticated()),
        None if !config.environment.is_development() => return Err(Problem::not_found()),
        _ => {}
    }
    let metrics = metrics.ok_or_else(Problem::not_found)?;
    let (in_use, open) = core.db.pool_usage();
    metrics::gauge!("database_connections_in_use").set(f64::from(in_use));
    metrics::gauge!("database_connections_open").set(f64::from(open));
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(metrics.render()))
}

fn has_token(request: &HttpRequest, token: &str) -> bool {
    let header = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let given = header.and_then(|text| text.strip_prefix("Bearer ")).unwrap_or_default();
    given.as_bytes().ct_eq(token.as_bytes()).into()
}
