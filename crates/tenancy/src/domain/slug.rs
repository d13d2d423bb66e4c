use kernel::FieldError;

use super::{Subdomain, subdomain::check_label};

/// A workshop's name in URLs: lower-case letters, digits and hyphens, 3 to 80 characters. Unlike the
/// subdomain it is never part of a host name, so nothing is reserved.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Slug(String);

impl Slug {
    /// The slug.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the field `slug`.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_SHORT`, `TOO_LONG` or `INVALID`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        check_label("slug", text, 3, 80)?;
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

/// The slug of a workshop that did not ask for another.
impl From<&Subdomain> for Slug {
    fn from(subdomain: &Subdomain) -> Self {
        Self(subdomain.as_str().to_owned())
    }
}
