use serde::Serialize;

use crate::mailer::{
    MailerError, Message,
    shared::{encoded_line, one_line, sender},
};

/// The body of `POST /emails`. The same message gives the same bytes: Resend refuses a key that comes with another body.
#[derive(Serialize)]
pub(super) struct SendEmail<'a> {
    from: String,
    to: [&'a str; 1],
    reply_to: &'a str,
    subject: String,
    html: &'a str,
    text: &'a str,
    tags: Vec<Tag>,
}

/// Names and values may have ASCII letters, digits, `_` and `-`; so have ids and the names of templates.
#[derive(Serialize)]
struct Tag {
    name: &'static str,
    value: String,
}

impl<'a> SendEmail<'a> {
    pub(super) fn new(message: &'a Message) -> Result<Self, MailerError> {
        let tags = [
            message.tenant_id.map(|id| Tag { name: "tenant_id", value: id.to_string() }),
            Some(Tag { name: "template", value: message.template.to_string() }),
            Some(Tag { name: "notification_id", value: message.id.to_string() }),
        ];
        let from = sender(message)?;
        let subject = one_line(&message.content.subject);
        Ok(Self {
            // Resend puts ASCII into the headers as it is, also when it would be read as an encoded word.
            from: match from.name.as_deref().and_then(encoded_line) {
                Some(words) => format!("{words} <{}>", from.email),
                None => from.to_string(),
            },
            to: [message.to.as_str()],
            reply_to: message.reply_to.as_str(),
            subject: encoded_line(&subject).unwrap_or(subject),
            html: &message.content.html,
            text: &message.content.text,
            tags: tags.into_iter().flatten().collect(),
        })
    }
}
