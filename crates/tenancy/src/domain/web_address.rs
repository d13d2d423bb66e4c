use kernel::{FieldCode, FieldError};
use url::Url;

/// An absolute `http` or `https` address with a host and without a password, at most 2,048 characters; spelt as the client
/// spelt it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebAddress(String);

impl WebAddress {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks what a client sent in `field`.
    ///
    /// # Errors
    /// `INVALID` or `TOO_LONG`.
    pub fn parse_as(field: &'static str, text: &str) -> Result<Self, FieldError> {
        let invalid = || FieldError::new(field, FieldCode::Invalid, "must be an address such as https://jo.example");
        let text = text.trim();
        if text.len() > 2_048 {
            return Err(FieldError::new(field, FieldCode::TooLong, "must be at most 2048 characters"));
        }
        // The parser would silently drop line breaks and tabs.
        if text.chars().any(|c| c.is_whitespace() || kernel::text::is_forbidden(c, false)) {
            return Err(invalid());
        }
        let url = Url::parse(text).map_err(|_| invalid())?;
        let is_web = matches!(url.scheme(), "http" | "https");
        let has_credentials = !url.username().is_empty() || url.password().is_some();
        if !is_web || url.host_str().is_none() || has_credentials {
            return Err(invalid());
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_web() {
        for fine in [
            "https://Jo.Example",
            "https://jo.example/",
            "HTTP://jo.example:80/a/../b?c=d#e",
            "https://ölwanne.example",
        ] {
            assert_eq!(WebAddress::parse_as("website", &format!(" {fine} ")).expect(fine).as_str(), fine);
        }
        for bad in
            ["jo.example", "javascript:alert(1)", "ftp://a.b", "https://u:p@a.b", "http://", "https://a.b/\nc", "//a.b"]
        {
            assert_eq!(WebAddress::parse_as("website", bad).expect_err(bad).code, "INVALID");
        }
    }
}
