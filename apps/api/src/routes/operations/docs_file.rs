use std::sync::Arc;

use actix_web::{HttpResponse, http::header};

use crate::http::{PathText, Problem, Public};

const PAGE_SCRIPT: &str = "window.ui = SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  docExpansion: 'none',
  filter: true,
  tryItOutEnabled: true,
  withCredentials: true,
  persistAuthorization: false,
});
";

const PAGE_STYLE: &str = "body { margin: 0; font-family: system-ui, sans-serif; }
header { display: flex; justify-content: space-between; padding: .8rem 1.5rem; background: #12263a; color: #fff; }
header a { color: #9fd3ff; margin-left: 1rem; }
.swagger-ui .topbar { display: none; }
main { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; width: 100%; }
td, th { text-align: left; vertical-align: top; padding: .4rem .6rem; border-bottom: 1px solid #ddd; }
tr:target { background: #fff6d6; }
";

/// Get a script or style of the documentation page
#[utoipa::path(
    get, path = "/docs/{file}", operation_id = "getDocsFile", tag = "Operations",
    params(("file" = String, Path, description = "Name of the file")),
    responses((status = 200, description = "The file", content_type = "application/octet-stream"))
)]
pub async fn handle(_: Public, file: PathText<String>) -> Result<HttpResponse, Problem> {
    let (content_type, body) = match file.0.as_str() {
        "page.js" => ("text/javascript; charset=utf-8", PAGE_SCRIPT.as_bytes().to_vec()),
        "page.css" => ("text/css; charset=utf-8", PAGE_STYLE.as_bytes().to_vec()),
        "swagger-ui.css" => ("text/css; charset=utf-8", bundled("swagger-ui.css")?),
        "swagger-ui-bundle.js" => ("text/javascript; charset=utf-8", bundled("swagger-ui-bundle.js")?),
        _ => return Err(Problem::not_found()),
    };
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CACHE_CONTROL, "public, max-age=3600"))
        .body(body))
}

fn bundled(name: &str) -> Result<Vec<u8>, Problem> {
    let config = Arc::new(utoipa_swagger_ui::Config::from("/api/openapi.json"));
    let file = utoipa_swagger_ui::serve(name, config).map_err(|error| Problem::internal(error.to_string()))?;
    file.map(|file| file.bytes.into_owned()).ok_or_else(Problem::not_found)
}
