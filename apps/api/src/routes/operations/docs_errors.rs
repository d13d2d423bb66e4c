use std::fmt::Write;

use actix_web::{HttpResponse, http::header};

use super::docs::POLICY;
use crate::{error_codes::table, http::Public};

/// List the error codes
///
/// The page that `type` of a problem refers to.
#[utoipa::path(
    get, path = "/docs/errors", operation_id = "getDocsErrors", tag = "Operations",
    responses((status = 200, description = "A page", content_type = "text/html"))
)]
pub async fn handle(_: Public) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .body(page())
}

fn page() -> String {
    let mut page = String::from(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>NextCRM API: error codes</title>\
         <link rel=\"icon\" href=\"data:,\"><link rel=\"stylesheet\" href=\"/docs/page.css\"></head><body>\
         <header><strong>NextCRM API: error codes</strong><nav><a href=\"/docs\">API</a></nav></header>\
         <main><table><tr><th>Code</th><th>Status</th><th>Meaning</th></tr>",
    );
    for (status, code, meaning) in table() {
        // Constants of ours: nothing to escape.
        let _ = write!(page, "<tr id=\"{code}\"><td><code>{code}</code></td><td>{status}</td><td>{meaning}</td></tr>",);
    }
    page.push_str("</table></main></body></html>");
    page
}
