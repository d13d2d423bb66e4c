use std::{borrow::Cow, str::FromStr};

use lettre::transport::smtp::extension::ClientId;
use percent_encoding::percent_decode_str;
use secrecy::SecretString;
use url::{Host, Url};

/// Where an SMTP server is, and how to get in: `smtps://USER:PASSWORD@HOST:465`, or `smtp://` with `?tls=required`,
/// `?tls=opportunistic`, or nothing for a connection that anybody can read. A path is the name for EHLO.
#[derive(Clone)]
pub struct SmtpUrl {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) encryption: Encryption,
    pub(super) login: Option<(String, SecretString)>,
    pub(super) hello: ClientId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encryption {
    /// From the first byte.
    Wrapped,
    /// By STARTTLS, or not at all.
    Required,
    /// By STARTTLS, if the server offers it.
    Opportunistic,
    /// None.
    None,
}

/// The text is no address of an SMTP server; says what is wrong with it, without showing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidSmtpUrl(&'static str);

impl SmtpUrl {
    /// Whether nothing can be read or changed on the way: `smtps://`, or `?tls=required`.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        matches!(self.encryption, Encryption::Wrapped | Encryption::Required)
    }
}

impl std::fmt::Debug for SmtpUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SmtpUrl")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encryption", &self.encryption)
            .finish_non_exhaustive()
    }
}

impl FromStr for SmtpUrl {
    type Err = InvalidSmtpUrl;
    fn from_str(text: &str) -> Result<Self, InvalidSmtpUrl> {
        let url = Url::parse(text).map_err(|_| InvalidSmtpUrl("must be an address such as smtps://host:465"))?;
        let encryption = encryption(&url)?;
        let host = match url.host() {
            Some(Host::Domain(name)) if is_name(name) => name.to_owned(),
            Some(Host::Ipv4(ip)) => ip.to_string(),
            Some(Host::Ipv6(ip)) => ip.to_string(),
            _ => return Err(InvalidSmtpUrl("has no host")),
        };
        let port = url.port().unwrap_or(match encryption {
            Encryption::Wrapped => 465,
            Encryption::Required | Encryption::Opportunistic => 587,
            Encryption::None => 25,
        });
        let hello = match url.path().trim_matches('/') {
            "" => ClientId::default(),
            name if is_name(name) => ClientId::Domain(name.to_owned()),
            _ => return Err(InvalidSmtpUrl("has a path that is no host name; it is what we say in EHLO")),
        };
        Ok(Self { host, port, encryption, login: login(&url)?, hello })
    }
}

fn encryption(url: &Url) -> Result<Encryption, InvalidSmtpUrl> {
    let mut tls = None;
    for (name, value) in url.query_pairs() {
        if name != "tls" {
            return Err(InvalidSmtpUrl("may have no parameter but tls"));
        }
        tls = Some(value);
    }
    match (url.scheme(), tls.as_deref()) {
        ("smtps", None | Some("required")) => Ok(Encryption::Wrapped),
        ("smtp", Some("required")) => Ok(Encryption::Required),
        ("smtp", Some("opportunistic")) => Ok(Encryption::Opportunistic),
        ("smtp", None) => Ok(Encryption::None),
        ("smtp" | "smtps", Some(_)) => Err(InvalidSmtpUrl("may have tls=required or tls=opportunistic, nothing else")),
        _ => Err(InvalidSmtpUrl("must begin with smtps:// or smtp://")),
    }
}

fn login(url: &Url) -> Result<Option<(String, SecretString)>, InvalidSmtpUrl> {
    let Some(password) = url.password() else {
        return if url.username().is_empty() { Ok(None) } else { Err(InvalidSmtpUrl("has a user but no password")) };
    };
    let decode = |text| percent_decode_str(text).decode_utf8().map(Cow::into_owned).ok();
    let login = decode(url.username()).zip(decode(password).map(SecretString::from));
    login.ok_or(InvalidSmtpUrl("has a user or a password that is no text")).map(Some)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use secrecy::ExposeSecret;

    use super::*;

    #[rstest]
    #[case("smtps://mail.example.com", "mail.example.com", 465, Encryption::Wrapped)]
    #[case("smtps://mail.example.com:2465?tls=required", "mail.example.com", 2465, Encryption::Wrapped)]
    #[case("smtp://mail.example.com?tls=required", "mail.example.com", 587, Encryption::Required)]
    #[case("smtp://mail.example.com/?tls=opportunistic", "mail.example.com", 587, Encryption::Opportunistic)]
    #[case("SMTP://mail.example.com", "mail.example.com", 25, Encryption::None)]
    #[case("smtp://127.0.0.1:1025", "127.0.0.1", 1025, Encryption::None)]
    #[case("smtp://[::1]:1025", "::1", 1025, Encryption::None)]
    fn addresses_are_read(#[case] text: &str, #[case] host: &str, #[case] port: u16, #[case] encryption: Encryption) {
        let url: SmtpUrl = text.parse().expect("an address");
        assert_eq!((&*url.host, url.port, url.encryption), (host, port, encryption));
        assert_eq!(url.is_encrypted(), matches!(encryption, Encryption::Wrapped | Encryption::Required));
        assert!(url.login.is_none());
    }

    #[rstest]
    #[case("")]
    #[case("mail.example.com")]
    #[case("mail.example.com:25")]
    #[case("https://mail.example.com")]
    #[case("smtp:mail.example.com")]
    #[case("smtp://")]
    #[case("smtp://:25")]
    #[case("smtp://mail%0d%0a.example.com")]
    #[case("smtp://user@mail.example.com")]
    #[case("smtp://user:%ff@mail.example.com")]
    #[case("smtp://mail.example.com?tls=never")]
    #[case("smtp://mail.example.com?tls=required&pool=1")]
    #[case("smtps://mail.example.com?tls=opportunistic")]
    #[case("smtps://mail.example.com/crm%0d%0aRSET")]
    fn what_is_no_address_is_refused(#[case] text: &str) {
        assert!(text.parse::<SmtpUrl>().is_err());
    }

    #[test]
    fn logins_are_decoded_and_do_not_show() {
        let url: SmtpUrl =
            "smtps://crm%40x.test:p%40ss+%26@mail.example.com/crm.example.com".parse().expect("an address");
        let (user, password) = url.login.as_ref().expect("a login");
        assert_eq!((&**user, password.expose_secret()), ("crm@x.test", "p@ss+&"));
        assert_eq!(url.hello.to_string(), "crm.example.com");
        let shown = format!("{url:?}");
        assert!(!shown.contains("p@ss") && !shown.contains("crm@"), "{shown}");
    }
}
