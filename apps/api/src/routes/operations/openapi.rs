use actix_web::{HttpResponse, http::header, web};

use crate::{http::Public, openapi::OpenApiText};

/// Get the OpenAPI document
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "getOpenApi", tag = "Operations",
    responses((status = 200, description = "OpenAPI 3.1", content_type = "application/json"))
)]
pub async fn handle(_: Public, document: web::Data<OpenApiText>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .insert_header((header::CACHE_CONTROL, "public, max-age=60"))
        .body(document.bytes())
}
