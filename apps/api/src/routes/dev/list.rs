use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ContentType},
    web,
};
use chrono::{DateTime, Utc};
use email::mailer::{CapturedMessage, Mailbox};
use serde::Serialize;
use utoipa::ToSchema;

use super::page;
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
pub async fn handle(_: Public, request: HttpRequest, mailbox: web::Data<dyn Mailbox>) -> Result<HttpResponse, Problem> {
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

/// Browsers name HTML; everything else gets what a program can read.
fn wants_page(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    accepted.into_iter().any(|value| value.to_ascii_lowercase().contains("text/html"))
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
}
