use std::time::SystemTime;

use lettre::{
    Address,
    message::{
        MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};

use crate::mailer::{
    MailerError, Message,
    shared::{encoded_words, one_line, permanent, sender},
};

const ENTITY: HeaderName = HeaderName::new_from_ascii_str("X-Entity-Ref-ID");
const SUBJECT: HeaderName = HeaderName::new_from_ascii_str("Subject");
const SUBJECT_BEGINS: usize = "Subject: ".len();
const FROM: HeaderName = HeaderName::new_from_ascii_str("From");
const FROM_BEGINS: usize = "From: ".len();
const AUTOMATIC: HeaderName = HeaderName::new_from_ascii_str("Auto-Submitted");

/// Our name for the message, the same at every attempt.
pub(super) fn message_id(message: &Message) -> String {
    let sender = message.from.1.as_str();
    let domain = sender.rsplit_once('@').map_or(sender, |(_, domain)| domain);
    format!("<{}@{domain}>", message.id)
}

/// The message as it goes over the wire: the same bytes at every attempt.
pub(super) fn build(message: &Message) -> Result<lettre::Message, MailerError> {
    let parts = MultiPart::alternative()
        // Nobody who chose a word of the message knew its id.
        .boundary(format!("=_{}", message.id.uuid().simple()))
        .singlepart(SinglePart::plain(message.content.text.clone()))
        .singlepart(SinglePart::html(message.content.html.clone()));
    let from = sender(message)?;
    let subject = one_line(&message.content.subject);
    let mut builder = lettre::Message::builder()
        .from(from.clone())
        .to(address(&message.to, "the recipient's address is none that SMTP can write to")?.into())
        .reply_to(address(&message.reply_to, "the address for answers is none that SMTP can write to")?.into())
        .subject(subject.clone())
        .date(SystemTime::from(message.created_at))
        .message_id(Some(message_id(message)))
        // Keeps mail programs from hiding a message in a conversation with others like it.
        .raw_header(HeaderValue::new(ENTITY, message.id.to_string()))
        // Keeps out-of-office replies away.
        .raw_header(HeaderValue::new(AUTOMATIC, "auto-generated".to_owned()));
    // The library writes ASCII as it is, also when it would be read as an encoded word.
    if let Some(words) = encoded_words(&subject, SUBJECT_BEGINS) {
        builder = builder.raw_header(HeaderValue::dangerous_new_pre_encoded(SUBJECT, subject, words));
    }
    if let Some(words) = from.name.as_deref().and_then(|name| encoded_words(name, FROM_BEGINS)) {
        let encoded = format!("{words}\r\n <{}>", from.email);
        builder = builder.raw_header(HeaderValue::dangerous_new_pre_encoded(FROM, from.to_string(), encoded));
    }
    builder.multipart(parts).map_err(|_| permanent("the message cannot be written"))
}

fn address(address: &kernel::EmailAddress, wrong: &str) -> Result<Address, MailerError> {
    address.as_str().parse().map_err(|_| permanent(wrong))
}
