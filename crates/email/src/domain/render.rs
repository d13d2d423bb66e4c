use askama::Template as _;
use secrecy::{ExposeSecret, SecretString};

use super::{Brand, Mail, Variables};

mod links;
mod parts;
mod subject;
mod words;

use parts::{Frame, Html, Text};
pub use subject::subject;

/// A mail as it goes out.
#[derive(Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Rendered {
    /// Subject line; one line, without secrets.
    pub subject: String,
    pub html: String,
    pub text: String,
}

/// Without the parts, which may hold a secret.
impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// The mail cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template asks for a secret that is not there (any more).
    #[error("the secret of this message was erased")]
    NoSecret,
    /// The template engine gave up.
    #[error("the template cannot be filled in")]
    Template(#[from] askama::Error),
}

/// Fills in a template. The same mail and brand give the same bytes, whenever and wherever: a provider takes a repeated
/// key only with the same content.
///
/// # Errors
/// [`RenderError`]
pub fn render(Mail { variables, secret }: &Mail, brand: &Brand) -> Result<Rendered, RenderError> {
    let secret = || secret.as_ref().map(SecretString::expose_secret).ok_or(RenderError::NoSecret);
    let subject = subject(variables, brand);
    let link = links::main(variables, brand, secret)?;
    let mail = &Frame { subject: &subject, brand, link: &link };
    let (html, text) = match variables {
        Variables::AdminWelcome(it) => {
            let temporary_password = secret()?;
            let html = Html::AdminWelcome { mail, it, temporary_password };
            both(&html, &Text::AdminWelcome { mail, it, temporary_password })?
        }
        Variables::TenantWelcome(it) => both(&Html::TenantWelcome { mail, it }, &Text::TenantWelcome { mail, it })?,
        Variables::PasswordReset(it) => both(&Html::PasswordReset { mail, it }, &Text::PasswordReset { mail, it })?,
        Variables::TrialExpiryWarning(it) => {
            both(&Html::TrialExpiryWarning { mail, it }, &Text::TrialExpiryWarning { mail, it })?
        }
        Variables::PaymentFailed(it) => both(&Html::PaymentFailed { mail, it }, &Text::PaymentFailed { mail, it })?,
        Variables::TicketConfirmation(it) => {
            both(&Html::TicketConfirmation { mail, it }, &Text::TicketConfirmation { mail, it })?
        }
        Variables::TicketReply(it) => both(&Html::TicketReply { mail, it }, &Text::TicketReply { mail, it })?,
        Variables::TicketAssigned(it) => both(&Html::TicketAssigned { mail, it }, &Text::TicketAssigned { mail, it })?,
        Variables::TenantSuspended(it) => {
            both(&Html::TenantSuspended { mail, it }, &Text::TenantSuspended { mail, it })?
        }
        Variables::Invoice(it) => both(&Html::Invoice { mail, it }, &Text::Invoice { mail, it })?,
    };
    Ok(Rendered { subject, html, text })
}

fn both(html: &Html<'_>, text: &Text<'_>) -> Result<(String, String), askama::Error> {
    Ok((html.render()?, text.render()?))
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
