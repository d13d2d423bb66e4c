//! What the mailers share: text that is safe in headers and in reasons.

use std::error::Error;

use email_encoding::headers::{rfc2047, writer::EmailWriter};
use lettre::message::Mailbox;

use super::{MailerError, Message};

/// The text without what could end a header or hide in one.
pub(super) fn one_line(text: &str) -> String {
    let ends_a_line = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    text.chars().map(|c| if ends_a_line(c) { ' ' } else { c }).collect()
}

/// Text in which a mail program would find an encoded word (RFC 2047) and show something else than was written, as encoded
/// words that stand for just this text; folded, after `begun` characters of the line. `None` for any other text.
pub(super) fn encoded_words(text: &str, begun: usize) -> Option<String> {
    if !text.contains("=?") {
        return None;
    }
    let mut words = String::new();
    let mut writer = EmailWriter::new(&mut words, begun, 0, false);
    // Writing to a text does not fail.
    rfc2047::encode(text, &mut writer).ok()?;
    drop(writer);
    Some(words)
}

/// [`encoded_words`] on one line, for whoever writes the header themselves.
pub(super) fn encoded_line(text: &str) -> Option<String> {
    Some(encoded_words(text, 0)?.replace("\r\n", ""))
}

/// Name and address of the sender, ready for a header.
pub(super) fn sender(message: &Message) -> Result<Mailbox, MailerError> {
    let (name, address) = &message.from;
    let name = one_line(name).trim().to_owned();
    let address =
        address.as_str().parse().map_err(|_| permanent("the sender's address is none that mail can come from"))?;
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address))
}

/// The innermost cause of an error of the network, which holds neither mail addresses nor secrets; cut.
pub(super) fn root_cause(error: &(dyn Error + 'static)) -> String {
    let mut cause = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    one_line(&cause.to_string()).chars().take(120).collect()
}

pub(super) fn permanent(reason: impl Into<String>) -> MailerError {
    MailerError::Permanent { reason: reason.into() }
}

pub(super) fn temporary(reason: impl Into<String>) -> MailerError {
    MailerError::Temporary { reason: reason.into(), retry_after: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{NotificationId, Template, render, samples};

    fn from(name: &str) -> String {
        let content = render(&samples::mail(Template::Invoice), &samples::brand()).expect("a mail");
        let brand = crate::domain::Brand { name: name.to_owned(), ..samples::brand() };
        let to = "jo@example.com".parse().expect("an address");
        let message = Message::new(NotificationId(uuid::Uuid::nil()), &brand, to, Template::Invoice, content);
        sender(&message).expect("a sender").to_string()
    }

    #[test]
    fn a_senders_name_ends_neither_its_quotes_nor_its_header() {
        assert_eq!(from("NextCRM"), "NextCRM <no-reply@nextcrm.example>");
        assert_eq!(from("Next, CRM"), r#""Next, CRM" <no-reply@nextcrm.example>"#);
        assert_eq!(from("\" <evil@x.example>, \""), r#""\" <evil@x.example>, \"" <no-reply@nextcrm.example>"#);
        assert_eq!(from("Next\r\nBcc: evil@x.example"), r#""Next  Bcc: evil@x.example" <no-reply@nextcrm.example>"#);
        assert_eq!(from("\u{7}"), "no-reply@nextcrm.example");
    }

    #[test]
    fn only_what_looks_like_an_encoded_word_is_encoded() {
        assert_eq!(encoded_words("Reply to Jo? = yes", 9), None);
        assert_eq!(encoded_line("=?utf-8?q?Hi?=").as_deref(), Some("=?utf-8?b?PT91dGYtOD9xP0hpPz0=?="));
        let long = "=?utf-8?q?ä?= ".repeat(20);
        let folded = encoded_words(&long, 9).expect("encoded");
        assert!(
            folded
                .split("\r\n ")
                .all(|word| word.len() <= 75 && word.starts_with("=?utf-8?b?") && word.ends_with("?="))
        );
        assert_eq!(encoded_line(&long).expect("encoded").split(' ').count(), folded.split("\r\n ").count());
    }

    #[test]
    fn lines_are_one() {
        assert_eq!(one_line("a\r\nb\u{2028}c\0d\u{85}e\tf"), "a  b c d e f");
    }
}
