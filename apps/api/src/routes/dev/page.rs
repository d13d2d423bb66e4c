//! The list of captured mail as a page.

use askama::Template;
use base64::{Engine, prelude::BASE64_STANDARD};
use email::mailer::CapturedMessage;
use sha2::{Digest, Sha256};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#222}\
    article{border:1px solid #ddd;border-radius:6px;padding:1rem;margin:1rem 0}\
    h2{font-size:1.1rem;margin:0}p.about{color:#666;margin:.2rem 0 1rem}\
    pre{white-space:pre-wrap;overflow-wrap:anywhere;font:inherit;margin:.5rem 0 0}";

#[derive(Template)]
#[template(path = "mailbox.html")]
struct Page<'a> {
    style: &'static str,
    messages: &'a [CapturedMessage],
}

/// What the page may load: nothing but its own style.
pub(super) fn policy() -> String {
    let style = BASE64_STANDARD.encode(Sha256::digest(STYLE));
    format!("default-src 'none'; style-src 'sha256-{style}'; frame-ancestors 'none'")
}

/// The page.
pub(super) fn list(messages: &[CapturedMessage]) -> askama::Result<String> {
    Page { style: STYLE, messages }.render()
}

#[cfg(test)]
mod tests {
    use super::*;

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
        let page = list(&[message]).expect("a page");
        assert!(page.contains("<a href=\"https://app.test/x?a=1&#38;b=&#34;2\""), "{page}");
        assert!(page.contains("<a href=\"/dev/mailbox/1\">"), "{page}");
        assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"), "{page}");
    }
}
