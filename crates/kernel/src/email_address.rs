use serde::{Deserialize, Serialize};
use validator::ValidateEmail;

use crate::{FieldCode, FieldError};

/// A mail address, in lower case (addresses that differ in case are one address here), at most 254 bytes, ASCII.
///
/// Its `Debug` does not show the address, which is personal data.
///
/// ```
/// use kernel::EmailAddress;
/// let email: EmailAddress = "Jo@Example.COM".parse()?;
/// assert_eq!(email.as_str(), "jo@example.com");
/// assert!("jo@".parse::<EmailAddress>().is_err());
/// assert!("jo@example.com\r\nBcc: x@y.z".parse::<EmailAddress>().is_err());
/// # Ok::<(), kernel::InvalidEmailAddress>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct EmailAddress(String);

/// The text is no mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a mail address such as jo@example.com, at most 254 characters")]
pub struct InvalidEmailAddress;

impl EmailAddress {
    /// Reads what a client sent in `field`.
    ///
    /// # Errors
    /// `INVALID`.
    pub fn parse_as(field: &'static str, text: &str) -> Result<Self, FieldError> {
        text.parse().map_err(|error: InvalidEmailAddress| FieldError::new(field, FieldCode::Invalid, error.to_string()))
    }

    /// The address in lower case.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the `@`.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(local, _)| local)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = InvalidEmailAddress;
    fn from_str(text: &str) -> Result<Self, InvalidEmailAddress> {
        let text = text.trim();
        let has_dot = text.rsplit_once('@').is_some_and(|(_, domain)| domain.contains('.'));
        if text.len() <= 254 && text.is_ascii() && has_dot && text.validate_email() {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidEmailAddress)
        }
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = InvalidEmailAddress;
    fn try_from(text: String) -> Result<Self, InvalidEmailAddress> {
        text.parse()
    }
}

impl From<EmailAddress> for String {
    fn from(email: EmailAddress) -> Self {
        email.0
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("EmailAddress([redacted])")
    }
}
