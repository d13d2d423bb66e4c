//! What lettre's errors mean. The server's words are left out: they like to repeat addresses.

use std::error::Error as _;

use lettre::transport::smtp::Error;

use crate::mailer::{
    MailerError,
    shared::{permanent, root_cause, temporary},
};

/// Of an error before the server knew of a message.
pub(super) fn of_connecting(error: &Error) -> MailerError {
    if error.status().is_some() {
        return answered("the mail server does not let us in", error);
    }
    if error.is_response() {
        return temporary("the mail server hung up, or is none");
    }
    temporary(format!("the mail server cannot be reached: {}", root_cause(error)))
}

/// Of an error once a message was begun. Whether the server has it may be unknown.
pub(super) fn of_sending(error: &Error) -> MailerError {
    if error.status().is_some() {
        return answered("the mail server refused the message", error);
    }
    temporary("the connection to the mail server was lost")
}

fn answered(what: &str, error: &Error) -> MailerError {
    let code = error.status().map(|code| code.to_string()).unwrap_or_default();
    let reason = format!("{what}: {code}{}", enhanced_code(error).map(|code| format!(" {code}")).unwrap_or_default());
    if error.is_permanent() { permanent(reason) } else { temporary(reason) }
}

/// RFC 3463's code, which tells more and which servers put in front of their words: `5.1.1` is an unknown mailbox.
fn enhanced_code(error: &Error) -> Option<String> {
    let text = error.source()?.to_string();
    let code = text.split_whitespace().next()?;
    let parts: Vec<&str> = code.split('.').collect();
    let is_number = |part: &&str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (parts.len() == 3 && parts.iter().all(is_number)).then(|| code.to_owned())
}
