//! The page for people: catalogue, orders, clock and faults. It works on the `/_sandbox` routes and loads nothing from elsewhere.

use actix_web::{HttpResponse, http::header, web};
use askama::Template;
use strum::VariantArray as _;

use super::error::{ApiError, Code};
use crate::faults::{Fault, Operation};

const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(super::resource("/").route(web::get().to(page)))
        .service(super::resource("/page.css").route(web::get().to(style)))
        .service(super::resource("/page.js").route(web::get().to(script)));
}

#[derive(Template)]
#[template(path = "index.html")]
struct Page {
    operations: &'static [Operation],
    faults: &'static [Fault],
}

async fn page() -> Result<HttpResponse, ApiError> {
    let page = Page { operations: Operation::VARIANTS, faults: Fault::VARIANTS };
    let html = page.render().map_err(|error| ApiError::new(Code::ServerError, error.to_string()))?;
    Ok(answer("text/html; charset=utf-8", html))
}

async fn style() -> HttpResponse {
    answer("text/css; charset=utf-8", include_str!("page.css"))
}

async fn script() -> HttpResponse {
    answer("text/javascript; charset=utf-8", include_str!("page.js"))
}

fn answer(kind: &'static str, body: impl Into<String>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::REFERRER_POLICY, "no-referrer"))
        .body(body.into())
}
