use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, Accept, ContentType, Header as _, Quality},
    mime::{self, Mime},
    web,
};
use chrono::{DateTime, Utc};
use email::mailer::{CapturedMessage, Mailbox};

use serde::Serialize;
use utoipa::ToSchema;

use super::{local::Local, page};
use crate::http::{Problem, Public};

/// A mail as it would have been sent.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CapturedMessage)]
pub struct CapturedMessageDto {
    /// The notification's id.
    id: String,
    /// The recipient's address.
    to: String,
    /// Subject line.
    subject: String,
    /// Plain-text part.
    text: String,
    /// HTML part.
    html: String,
    /// When the cause happened.
    created_at: DateTime<Utc>,
}

impl From<CapturedMessage> for CapturedMessageDto {
    fn from(it: CapturedMessage) -> Self {
        let CapturedMessage { id, to, subject, text, html, created_at } = it;
        Self { id, to, subject, text, html, created_at }
    }
}

/// The captured mail.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailboxBody {
    /// Newest first.
    messages: Vec<CapturedMessageDto>,
}

/// Shows the captured mail: a page to browsers, JSON to everybody else.
#[utoipa::path(
    get, path = "/dev/mailbox", operation_id = "showDevMailbox", tag = "Development",
    responses((status = 200, description = "The newest 500 messages, newest first", body = MailboxBody))
)]
pub async fn handle(
    _: Public,
    _: Local,
    request: HttpRequest,
    mailbox: web::Data<dyn Mailbox>,
) -> Result<HttpResponse, Problem> {
    let messages = mailbox.messages().await.map_err(Problem::internal)?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::VARY, "Accept"));
    if !wants_page(&request) {
        let messages = messages.into_iter().map(CapturedMessageDto::from).collect();
        return Ok(response.json(MailboxBody { messages }));
    }
    response.insert_header((header::CONTENT_SECURITY_POLICY, page::policy()));
    Ok(response.insert_header(ContentType::html()).body(page::list(&messages).map_err(Problem::internal)?))
}

/// Browsers like HTML best; everything else gets what a program can read.
fn wants_page(request: &HttpRequest) -> bool {
    let Ok(accept) = Accept::parse(request) else { return false };
    quality(&accept, &mime::TEXT_HTML) > quality(&accept, &mime::APPLICATION_JSON)
}

/// How welcome a type is: the most exact range that it is in says it (RFC 9110, 12.5.1).
fn quality(accept: &Accept, wanted: &Mime) -> Quality {
    let exactness = |range: &Mime| match (range.type_(), range.subtype()) {
        (mime::STAR, mime::STAR) => Some(0),
        (kind, mime::STAR) => (kind == wanted.type_()).then_some(1),
        (kind, subtype) => (kind == wanted.type_() && subtype == wanted.subtype()).then_some(2),
    };
    let fitting = accept.iter().filter_map(|range| Some((exactness(&range.item)?, range.quality)));
    fitting.max().map_or(Quality::ZERO, |(_, quality)| quality)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn who_likes_html_best_gets_the_page() {
        let accept = |value: &str| TestRequest::get().insert_header((header::ACCEPT, value)).to_http_request();
        for page in [
            "text/html,application/xhtml+xml,*/*;q=0.8",
            "text/html",
            "TEXT/HTML;q=0.5, application/json;q=0.4",
            "application/json;q=0, */*",
            "text/*, application/*;q=0.9",
        ] {
            assert!(wants_page(&accept(page)), "{page}");
        }
        for json in [
            "application/json",
            "*/*",
            "",
            "application/json, text/html;q=0.9",
            "text/html;q=0, application/json",
            "text/html;q=0.2, */*;q=0.3",
            "text/html, application/json",
            "image/png",
            "text/html;q=x",
        ] {
            assert!(!wants_page(&accept(json)), "{json}");
        }
        assert!(!wants_page(&TestRequest::get().to_http_request()));
        let lines = TestRequest::get().append_header((header::ACCEPT, "application/json;q=0.1"));
        assert!(
            wants_page(&lines.append_header((header::ACCEPT, "text/html")).to_http_request()),
            "several lines are one list"
        );
    }
}
