use std::net::IpAddr;

use ipnet::IpNet;
use url::{Host, Url};

use crate::address::is_public;

/// The longest address that is taken.
pub const MAX_URL_LENGTH: usize = 2_048;

/// Names that never lead to somebody else's host on the internet: RFC 6761, 6762 and 8375, ICANN's `internal`, and what
/// systems call themselves.
const LOCAL_NAMES: [&str; 5] = ["localhost", "local", "internal", "home.arpa", "localdomain"];

/// Which addresses that users give may be called: public ones, and those of networks that were opened on purpose.
///
/// The text is checked when it is entered; what its name leads to is checked by a guarded [`Client`](crate::Client) at every
/// connection.
///
/// ```
/// use outbound::{AddressProblem, AddressRules};
///
/// let rules = AddressRules::default();
/// assert!(rules.parse("https://hooks.jo.example/crm").is_ok());
/// assert_eq!(rules.parse("https://0x7f.1/"), Err(AddressProblem::NotPublic));
/// assert_eq!(rules.parse("http://hooks.jo.example/"), Err(AddressProblem::NotHttps));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddressRules {
    /// Whether `http` will do; for development and tests.
    pub allow_http: bool,
    /// OUTBOUND_ALLOWED_NETWORKS: open though not public.
    pub allowed_networks: Vec<IpNet>,
}

/// Why an address may not be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressProblem {
    /// Nothing but blanks.
    #[error("must not be empty")]
    Empty,
    /// More than [`MAX_URL_LENGTH`] bytes.
    #[error("must be at most {MAX_URL_LENGTH} characters")]
    TooLong,
    /// Line breaks and tabs would silently be dropped.
    #[error("must not contain blanks or invisible characters")]
    Invisible,
    /// No absolute address of a web server.
    #[error("must be an address such as https://hooks.jo.example/crm")]
    NotAnAddress,
    /// Without TLS.
    #[error("must begin with https://")]
    NotHttps,
    /// With a user's name or password.
    #[error("must not contain a user name or password")]
    Credentials,
    /// Of our own network, or of nobody's.
    #[error("must be the address of a public host")]
    NotPublic,
}

impl AddressRules {
    /// Reads an address that a user gave; blanks around it do not count.
    ///
    /// # Errors
    /// [`AddressProblem`]
    pub fn parse(&self, text: &str) -> Result<Url, AddressProblem> {
        let text = text.trim();
        if text.is_empty() {
            return Err(AddressProblem::Empty);
        }
        if text.len() > MAX_URL_LENGTH {
            return Err(AddressProblem::TooLong);
        }
        if text.chars().any(|c| c.is_whitespace() || kernel::text::is_forbidden(c, false)) {
            return Err(AddressProblem::Invisible);
        }
        let url = Url::parse(text).map_err(|_| AddressProblem::NotAnAddress)?;
        self.check(&url)?;
        Ok(url)
    }

    /// What can be told without looking the name up.
    ///
    /// # Errors
    /// [`AddressProblem`]
    pub fn check(&self, url: &Url) -> Result<(), AddressProblem> {
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            "http" => return Err(AddressProblem::NotHttps),
            _ => return Err(AddressProblem::NotAnAddress),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressProblem::Credentials);
        }
        // Whatever way a number is spelt, the parser has made an address of it.
        let may_be_called = match url.host() {
            None => false,
            Some(Host::Ipv4(address)) => self.permits(address.into()),
            Some(Host::Ipv6(address)) => self.permits(address.into()),
            Some(Host::Domain(name)) => self.may_lead_to_somebody(name),
        };
        if may_be_called { Ok(()) } else { Err(AddressProblem::NotPublic) }
    }

    /// Whether a connection may go to this address.
    #[must_use]
    pub fn permits(&self, address: IpAddr) -> bool {
        is_public(address) || self.allowed_networks.iter().any(|network| network.contains(&address))
    }

    /// Where a network of our own is open, its names are, too; the connection decides.
    fn may_lead_to_somebody(&self, name: &str) -> bool {
        let name = name.trim_end_matches('.');
        let is_under = |parent: &&str| name.strip_suffix(*parent).is_some_and(|rest| rest.ends_with('.'));
        // A single label is looked up among the hosts of our own network.
        let is_others = name.contains('.') && !LOCAL_NAMES.contains(&name) && !LOCAL_NAMES.iter().any(is_under);
        is_others || (!self.allowed_networks.is_empty() && !name.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn http_too() -> AddressRules {
        AddressRules { allow_http: true, ..AddressRules::default() }
    }

    #[test]
    fn takes_public_hosts() {
        let rules = AddressRules::default();
        for fine in ["https://8.8.8.8:8443/", "https://[2001:4860:4860::8888]/", "https://mylocalhost.example/"] {
            assert!(rules.parse(fine).is_ok(), "{fine}");
        }
        assert!(http_too().parse(" http://hooks.jo.example ").is_ok());
    }

    #[rstest]
    #[case("ftp://hooks.jo.example/", AddressProblem::NotAnAddress)]
    #[case("javascript:alert(1)", AddressProblem::NotAnAddress)]
    #[case("hooks.jo.example", AddressProblem::NotAnAddress)]
    #[case("//hooks.jo.example", AddressProblem::NotAnAddress)]
    #[case("https://", AddressProblem::NotAnAddress)]
    #[case("https://jo@hooks.jo.example/", AddressProblem::Credentials)]
    #[case("https://jo:pw@hooks.jo.example/", AddressProblem::Credentials)]
    #[case("https://hooks.jo.example/\ta", AddressProblem::Invisible)]
    #[case("https://hooks.jo .example/", AddressProblem::Invisible)]
    #[case("https://hooks.jo.example/\u{202e}", AddressProblem::Invisible)]
    #[case(" ", AddressProblem::Empty)]
    fn says_what_is_wrong(#[case] text: &str, #[case] expected: AddressProblem) {
        assert_eq!(http_too().parse(text), Err(expected));
    }

    #[rstest]
    fn refuses_hosts_of_our_own_network(
        #[values(
            "localhost",
            "LOCALHOST:8443",
            "localhost.",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "localhost.localdomain",
            "router.home.arpa",
            "intranet",
            "127.0.0.1",
            "127.0.0.1.",
            "127.1",
            "2130706433",
            "0x7f.0.0.1",
            "0x7f.1",
            "0177.0.0.1",
            "10.0.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[fe80::1]"
        )]
        host: &str,
        #[values("http", "https")] scheme: &str,
    ) {
        assert_eq!(http_too().parse(&format!("{scheme}://{host}/a")), Err(AddressProblem::NotPublic));
    }

    #[test]
    fn open_networks_are_open_and_no_others() {
        let allowed_networks = vec!["10.20.0.0/16".parse().expect("a network")];
        let rules = AddressRules { allow_http: false, allowed_networks };
        assert!(rules.parse("https://10.20.0.7/hook").is_ok());
        assert!(rules.parse("https://hooks.internal/").is_ok(), "what it leads to is checked when it is called");
        assert_eq!(rules.parse("https://10.21.0.7/hook"), Err(AddressProblem::NotPublic));
        assert_eq!(rules.parse("https://[::ffff:10.20.0.7]/"), Err(AddressProblem::NotPublic));
        assert_eq!(rules.parse("https://127.0.0.1/"), Err(AddressProblem::NotPublic));
        assert_eq!(rules.parse("http://10.20.0.7/"), Err(AddressProblem::NotHttps));
    }

    #[test]
    fn length_is_bounded() {
        let long = format!("https://hooks.jo.example/{}", "a".repeat(MAX_URL_LENGTH));
        assert_eq!(AddressRules::default().parse(&long), Err(AddressProblem::TooLong));
    }
}
