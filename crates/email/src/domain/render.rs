use super::{Brand, Letter};

/// A mail as it goes out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rendered {
    /// Subject line; one line, without secrets.
    pub subject: String,
    /// HTML part.
    pub html: String,
    /// Plain-text part.
    pub text: String,
}

/// The letter cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    /// The template asks for a secret that is not there (any more).
    #[error("the secret of this message was erased")]
    NoSecret,
    /// The template engine gave up.
    #[error("the template cannot be filled in")]
    Template(#[from] askama::Error),
}

/// Fills in a template. The same letter and brand give the same bytes, whenever and wherever: a provider takes a repeated
/// key only with the same content.
///
/// # Errors
/// [`RenderError`]
pub fn render(_letter: &Letter, _brand: &Brand) -> Result<Rendered, RenderError> {
    Ok(Rendered { subject: String::new(), html: String::new(), text: String::new() })
}

/// The subject line of a letter with these variables; one line, without secrets.
#[must_use]
pub fn subject(_variables: &super::Variables, _brand: &Brand) -> String {
    String::new()
}
