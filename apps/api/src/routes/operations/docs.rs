use actix_web::{HttpResponse, http::header};

use crate::http::Public;

/// Nothing from elsewhere; the page's own styles are set by its script.
pub(super) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'none'";

const PAGE: &str = r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>NextCRM API</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/docs/swagger-ui.css">
<link rel="stylesheet" href="/docs/page.css">
</head>
<body>
<header><strong>NextCRM API</strong><nav><a href="/api/openapi.json">openapi.json</a> <a href="/docs/errors">error codes</a></nav></header>
<div id="swagger-ui"><noscript>This page needs JavaScript; the document itself is at /api/openapi.json.</noscript></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/page.js"></script>
</body>
</html>
"#;

/// Browse the documentation
#[utoipa::path(
    get, path = "/docs", operation_id = "getDocs", tag = "Operations",
    responses((status = 200, description = "A page", content_type = "text/html"))
)]
pub async fn handle(_: Public) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(PAGE)
}
