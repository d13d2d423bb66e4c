//! `GET /dev/mailbox`: what would have been mailed. Registered in development only.

use std::fmt::Write;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentType},
    web,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::{
    adapters::dev_mailbox::{CapturedMessage, DevMailbox, escape_html},
    http::{Problem, Public},
};

/// The captured messages.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailboxBody {
    /// Newest first.
    messages: Vec<CapturedMessage>,
}

/// Shows the captured messages: a page to browsers, JSON to everybody else.
#[utoipa::path(
    get,
    path = "/dev/mailbox",
    tag = "Development",
    operation_id = "showDevMailbox",
    responses((status = 200, description = "The newest 500 messages, newest first", body = MailboxBody))
)]
pub async fn handle(_: Public, request: HttpRequest, mailbox: web::Data<DevMailbox>) -> Result<HttpResponse, Problem> {
    let messages = mailbox.messages().await.map_err(Problem::internal)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).insert_header((header::VARY, "Accept"));
    if !wants_page(&request) {
        return Ok(response.json(MailboxBody { messages }));
    }
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'");
    response.insert_header((header::CONTENT_SECURITY_POLICY, policy));
    Ok(response.insert_header(ContentType::html()).body(page(&messages)))
}

/// Browsers name HTML; everything else gets what a program can read.
fn wants_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.into_iter().any(|value| value.to_ascii_lowercase().contains("text/html"))
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}\
    article{border:1px solid #ddd;border-radius:6px;padding:1rem;margin:1rem 0}\
    h2{font-size:1.1rem;margin:0}p.about{color:#666;margin:.2rem 0 1rem}\
    pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:0}";

fn page(messages: &[CapturedMessage]) -> String {
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Development mailbox</title>\
         <style>{STYLE}</style><h1>Development mailbox</h1>"
    );
    if messages.is_empty() {
        page.push_str("<p>No message yet. Reload after something was sent.</p>");
    }
    for message in messages {
        let [subject, to] = [&message.subject, &message.to].map(|text| escape_html(text));
        let at = message.created_at.format("%Y-%m-%d %H:%M:%S UTC");
        // Writing to a string cannot fail.
        let _ = write!(
            page,
            "<article><h2>{subject}</h2><p class=\"about\">to {to}, {at}</p><pre>{}</pre></article>",
            linked(&message.text)
        );
    }
    page.push_str("</html>");
    page
}

/// The text with lines that are addresses of pages made into links.
fn linked(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let escaped = escape_html(line);
        let is_link = line.starts_with("http://") || line.starts_with("https://");
        if is_link { format!("<a href=\"{escaped}\" rel=\"noreferrer\">{escaped}</a>") } else { escaped }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_who_names_html_gets_the_page() {
        let accept = |value: &str| TestRequest::get().insert_header((header::ACCEPT, value)).to_http_request();
        assert!(wants_page(&accept("text/html,application/xhtml+xml,*/*;q=0.8")));
        assert!(!wants_page(&accept("application/json")) && !wants_page(&accept("*/*")));
        assert!(!wants_page(&TestRequest::get().to_http_request()));
    }

    #[test]
    fn a_page_shows_messages_with_their_links_and_nothing_that_runs() {
        let message = CapturedMessage {
            id: "1".into(),
            to: "<img src=x>@example.com".into(),
            subject: "<script>alert(1)</script>".into(),
            text: "Hello <b>,\n\nhttps://app.test/x?a=1&b=\"2\n".into(),
            html: String::new(),
            created_at: "2026-01-15T10:00:00Z".parse().expect("a time"),
        };
        let page = page(&[message]);
        assert!(page.contains("<a href=\"https://app.test/x?a=1&amp;b=&quot;2\""), "{page}");
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
    }
}
