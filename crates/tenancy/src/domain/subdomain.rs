use kernel::{FieldCode, FieldError};

/// Names that are ours, or that a customer could take for ours.
const RESERVED: &[&str] = &[
    "abuse",
    "account",
    "accounts",
    "admin",
    "administrator",
    "api",
    "app",
    "assets",
    "auth",
    "autodiscover",
    "billing",
    "blog",
    "cdn",
    "console",
    "contact",
    "dashboard",
    "demo",
    "dev",
    "dns",
    "docs",
    "email",
    "ftp",
    "git",
    "graphql",
    "health",
    "help",
    "hostmaster",
    "imap",
    "info",
    "internal",
    "invoice",
    "invoices",
    "legal",
    "local",
    "localhost",
    "login",
    "logout",
    "mail",
    "mailer",
    "metrics",
    "monitor",
    "news",
    "nextcrm",
    "noreply",
    "no-reply",
    "ns1",
    "ns2",
    "oauth",
    "office",
    "operations",
    "ops",
    "pay",
    "payments",
    "pop",
    "postmaster",
    "preview",
    "prod",
    "production",
    "public",
    "register",
    "root",
    "sales",
    "sandbox",
    "security",
    "shop",
    "signin",
    "signup",
    "smtp",
    "sso",
    "staff",
    "staging",
    "static",
    "stats",
    "status",
    "store",
    "stripe",
    "support",
    "system",
    "team",
    "test",
    "testing",
    "vpn",
    "webhook",
    "webhooks",
    "webmail",
    "webmaster",
    "workspace",
    "wpad",
    "www",
    "www1",
    "www2",
];

/// A workshop's address under NextCRM's domain: a DNS label of 3 to 63 characters in lower case, none of
/// the reserved names.
///
/// ```
/// use tenancy::domain::Subdomain;
/// assert_eq!(Subdomain::parse("jos-garage")?.as_str(), "jos-garage");
/// for bad in ["ab", "-a-", "a--", "Jo", "xn--jo-garage", "admin", "jo.garage", "jo_garage"] {
///     assert!(Subdomain::parse(bad).is_err(), "{bad}");
/// }
/// # Ok::<(), kernel::FieldError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subdomain(String);

impl Subdomain {
    /// The label.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses the field `subdomain`. Upper case is refused rather than folded, so that the client sees the
    /// address that it gets.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_SHORT`, `TOO_LONG`, `INVALID` or `RESERVED`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        check_label("subdomain", text, 3, 63)?;
        // Labels with hyphens in both these places are kept for encodings such as punycode (RFC 5890).
        if text.get(2..4) == Some("--") {
            return Err(FieldError::new(
                "subdomain",
                FieldCode::Invalid,
                "must not have two hyphens as 3rd and 4th character",
            ));
        }
        if RESERVED.contains(&text) {
            return Err(FieldError::new("subdomain", FieldCode::Reserved, "is reserved; choose another"));
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

impl std::fmt::Display for Subdomain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters a to z, digits and hyphens, beginning and ending with a letter or digit.
pub(super) fn check_label(field: &'static str, text: &str, min: usize, max: usize) -> Result<(), FieldError> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let length = text.chars().count();
    if text.is_empty() {
        Err(FieldError::new(field, FieldCode::Required, "must not be empty"))
    } else if length > max {
        Err(FieldError::new(field, FieldCode::TooLong, format!("must be at most {max} characters")))
    } else if !text.chars().all(fits) {
        Err(FieldError::new(field, FieldCode::Invalid, "must be of lower-case letters a-z, digits and hyphens"))
    } else if text.starts_with('-') || text.ends_with('-') {
        Err(FieldError::new(field, FieldCode::Invalid, "must begin and end with a letter or digit"))
    } else if length < min {
        Err(FieldError::new(field, FieldCode::TooShort, format!("must be at least {min} characters")))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "REQUIRED")]
    #[case("ab", "TOO_SHORT")]
    #[case("-a", "INVALID")]
    #[case("a-", "INVALID")]
    #[case("A", "INVALID")]
    #[case("xn--caf-dma", "INVALID")]
    #[case("jo garage", "INVALID")]
    #[case("jö-garage", "INVALID")]
    #[case("abc\0", "INVALID")]
    #[case("admin", "RESERVED")]
    #[case("www", "RESERVED")]
    fn refuses(#[case] text: &str, #[case] code: &str) {
        assert_eq!(Subdomain::parse(text).expect_err(text).code, code);
    }

    #[test]
    fn lengths_are_those_of_dns() {
        assert!(Subdomain::parse(&"a".repeat(63)).is_ok());
        assert_eq!(Subdomain::parse(&"a".repeat(64)).expect_err("too long").code, "TOO_LONG");
    }

    proptest! {
        #[test]
        fn what_parses_is_a_dns_label(text in "\\PC{0,70}") {
            if let Ok(subdomain) = Subdomain::parse(&text) {
                let label = subdomain.as_str().as_bytes();
                prop_assert!((3..=63).contains(&label.len()));
                prop_assert!(label[0] != b'-' && label[label.len() - 1] != b'-');
                prop_assert!(label.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-'));
            }
        }
    }
}
