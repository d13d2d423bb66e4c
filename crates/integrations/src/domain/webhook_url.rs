use std::{fmt, net::IpAddr};

use kernel::{FieldCode, FieldError};
use outbound::is_public;
use url::{Host, Url};

const MAX_LENGTH: usize = 2_048;

/// Names that never lead to somebody else's host on the internet: RFC 6761, 6762 and 8375, ICANN's `internal`, and what
/// systems call themselves.
const LOCAL_NAMES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "localdomain"];

/// How the addresses of webhooks may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookSchemes {
    /// With `https`.
    HttpsOnly,
    /// With `http`, too; for development and tests.
    HttpToo,
}

/// An address that NextCRM calls because a workshop asks for it. It may hold a secret of its own, so `Debug` shows its
/// host only.
///
/// What its name leads to is another question, asked at every call: see [`outbound::is_public`].
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookUrl(String);

impl fmt::Debug for WebhookUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = Url::parse(&self.0).ok();
        write!(f, "WebhookUrl({})", url.as_ref().and_then(Url::host_str).unwrap_or_default())
    }
}

impl WebhookUrl {
    /// The address in its normal form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Checks what a client sent in `field`: an absolute address of at most 2,048 characters, without credentials, of a
    /// host that may be a public one.
    ///
    /// # Errors
    /// `REQUIRED`, `TOO_LONG` or `INVALID`.
    ///
    /// ```
    /// use integrations::domain::{WebhookSchemes::HttpsOnly, WebhookUrl};
    /// assert!(WebhookUrl::parse_as("webhookUrl", "https://hooks.jo.example/crm", HttpsOnly).is_ok());
    /// assert!(WebhookUrl::parse_as("webhookUrl", "https://0x7f.1/", HttpsOnly).is_err());
    /// ```
    pub fn parse_as(field: &'static str, text: &str, schemes: WebhookSchemes) -> Result<Self, FieldError> {
        let invalid = |message: &str| FieldError::new(field, FieldCode::Invalid, message);
        let text = text.trim();
        if text.is_empty() {
            return Err(FieldError::new(field, FieldCode::Required, "must not be empty"));
        }
        if text.len() > MAX_LENGTH {
            return Err(FieldError::new(field, FieldCode::TooLong, format!("must be at most {MAX_LENGTH} characters")));
        }
        // The parser would silently drop line breaks and tabs.
        if text.chars().any(|c| c.is_whitespace() || kernel::text::is_forbidden(c, false)) {
            return Err(invalid("must not contain blanks or invisible characters"));
        }
        let url = Url::parse(text).map_err(|_| invalid("must be an address such as https://hooks.jo.example/crm"))?;
        match (url.scheme(), schemes) {
            ("https", _) | ("http", WebhookSchemes::HttpToo) => {}
            ("http", WebhookSchemes::HttpsOnly) => return Err(invalid("must begin with https://")),
            _ => return Err(invalid("must be an address such as https://hooks.jo.example/crm")),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(invalid("must not contain a user name or password"));
        }
        if !url.host().is_some_and(|host| may_be_public(&host)) {
            return Err(invalid("must be the address of a public host"));
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

/// Whatever way an address is spelt, the parser has made a number of it.
fn may_be_public(host: &Host<&str>) -> bool {
    match host {
        Host::Ipv4(address) => is_public(IpAddr::V4(*address)),
        Host::Ipv6(address) => is_public(IpAddr::V6(*address)),
        Host::Domain(name) => {
            let name = name.trim_end_matches('.');
            let is_under = |parent: &&str| name.strip_suffix(*parent).is_some_and(|rest| rest.ends_with('.'));
            // A single label is looked up among the hosts of our own network.
            name.contains('.') && !LOCAL_NAMES.contains(&name) && !LOCAL_NAMES.iter().any(is_under)
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn parse(text: &str, schemes: WebhookSchemes) -> Result<WebhookUrl, FieldError> {
        WebhookUrl::parse_as("webhookUrl", text, schemes)
    }

    #[test]
    fn takes_public_hosts_as_they_are_spelt() {
        let url = parse(" HTTPS://Hooks.Jo.Example:443/a?b=c ", WebhookSchemes::HttpsOnly).expect("fine");
        assert_eq!(url.as_str(), "HTTPS://Hooks.Jo.Example:443/a?b=c");
        assert_eq!(format!("{url:?}"), "WebhookUrl(hooks.jo.example)", "the rest may be a secret");
        assert!(parse("http://hooks.jo.example", WebhookSchemes::HttpToo).is_ok());
        for fine in ["https://8.8.8.8:8443/", "https://[2001:4860:4860::8888]/", "https://mylocalhost.example/"] {
            assert!(parse(fine, WebhookSchemes::HttpsOnly).is_ok(), "{fine}");
        }
    }

    #[rstest]
    #[case("http://hooks.jo.example/")]
    #[case("ftp://hooks.jo.example/")]
    #[case("javascript:alert(1)")]
    #[case("hooks.jo.example")]
    #[case("//hooks.jo.example")]
    #[case("https://")]
    #[case("https://jo@hooks.jo.example/")]
    #[case("https://jo:pw@hooks.jo.example/")]
    #[case("https://hooks.jo.example/\ta")]
    #[case("https://hooks.jo .example/")]
    #[case("https://localhost/")]
    #[case("https://LOCALHOST:8443/")]
    #[case("https://localhost./")]
    #[case("https://a.localhost/")]
    #[case("https://printer.local/")]
    #[case("https://metadata.google.internal/")]
    #[case("https://localhost.localdomain/")]
    #[case("https://router.home.arpa/")]
    #[case("https://intranet/")]
    #[case("https://127.0.0.1/")]
    #[case("https://127.0.0.1./")]
    #[case("https://127.1/")]
    #[case("https://2130706433/")]
    #[case("https://0x7f.0.0.1/")]
    #[case("https://0177.0.0.1/")]
    #[case("https://10.0.0.1/")]
    #[case("https://169.254.169.254/latest/meta-data")]
    #[case("https://0.0.0.0/")]
    #[case("https://[::1]/")]
    #[case("https://[::ffff:127.0.0.1]/")]
    #[case("https://[64:ff9b::7f00:1]/")]
    #[case("https://[fe80::1]/")]
    fn refuses(#[case] text: &str) {
        assert_eq!(parse(text, WebhookSchemes::HttpsOnly).expect_err(text).code, "INVALID");
    }

    #[test]
    fn development_may_speak_http_but_not_to_itself() {
        for own in ["http://localhost:3000/", "http://127.0.0.1/", "http://[::1]/"] {
            assert_eq!(parse(own, WebhookSchemes::HttpToo).expect_err(own).code, "INVALID");
        }
        let long = format!("https://hooks.jo.example/{}", "a".repeat(2_048));
        assert_eq!(parse(&long, WebhookSchemes::HttpToo).expect_err("long").code, "TOO_LONG");
        assert_eq!(parse(" ", WebhookSchemes::HttpToo).expect_err("blank").code, "REQUIRED");
    }
}
