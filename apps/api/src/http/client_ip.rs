//! Whose address a request comes from: the socket's, unless the peer is a trusted proxy.

use std::{future::Ready, net::IpAddr};

use actix_web::{
    FromRequest, HttpRequest, dev,
    http::header::{self, HeaderMap, HeaderName},
};
use ipnet::IpNet;

use super::HttpSettings;
use crate::config::ClientIpHeader;

/// Most hops that are followed: no chain of one's own proxies is longer.
const MAX_HOPS: usize = 32;

/// The client's address; `None` only without a socket (in tests).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub Option<IpAddr>);

impl ClientIp {
    /// The address that this request comes from.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let peer = request.peer_addr().map(|address| address.ip().to_canonical());
        let settings = HttpSettings::of(request);
        Self(peer.map(|peer| match settings {
            Some(settings) => resolve(peer, request.headers(), settings.client_ip_header, &settings.trusted_proxies),
            None => peer,
        }))
    }
}

impl FromRequest for ClientIp {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self::of(request)))
    }
}

/// The right-most address that is no trusted proxy. What cannot be read ends the chain: whoever handed it on counts, for
/// what stands further left may be anybody's.
fn resolve(peer: IpAddr, headers: &HeaderMap, family: ClientIpHeader, trusted: &[IpNet]) -> IpAddr {
    let mut client = peer;
    for hop in hops(headers, family).take(MAX_HOPS) {
        if !trusted.iter().any(|net| net.contains(&client)) {
            break;
        }
        let Some(address) = hop else { break };
        client = address;
    }
    client
}

/// The hops from the right; several lines are one list. `None` for what cannot be read.
fn hops(headers: &HeaderMap, family: ClientIpHeader) -> impl Iterator<Item = Option<IpAddr>> {
    let name = match family {
        ClientIpHeader::XForwardedFor => HeaderName::from_static("x-forwarded-for"),
        ClientIpHeader::Forwarded => header::FORWARDED,
    };
    let lines: Vec<&[u8]> = headers.get_all(name).map(|value| value.as_bytes()).collect();
    lines.into_iter().rev().flat_map(|line| line.rsplit(|byte| *byte == b',')).map(move |element| {
        let element = std::str::from_utf8(element).ok()?;
        match family {
            ClientIpHeader::XForwardedFor => parse_hop(element.trim()),
            ClientIpHeader::Forwarded => parse_hop(forwarded_for(element)?),
        }
    })
}

/// RFC 7239: the `for` of an element; `None` when there is none or more than one.
fn forwarded_for(element: &str) -> Option<&str> {
    let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| key.eq_ignore_ascii_case("for")).map(|(_, value)| value);
    let value = values.next().filter(|_| values.next().is_none())?;
    match value.strip_prefix('"') {
        Some(quoted) => quoted.strip_suffix('"'),
        None => Some(value),
    }
}

/// An address with or without brackets and port.
fn parse_hop(hop: &str) -> Option<IpAddr> {
    let address = hop.parse::<IpAddr>().ok();
    let address = address.or_else(|| hop.parse::<std::net::SocketAddr>().ok().map(|socket| socket.ip()));
    let address = address.or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok());
    address.map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;
    use ClientIpHeader::{Forwarded, XForwardedFor};

    const PEER: &str = "10.0.0.1";

    fn of(peer: &str, family: ClientIpHeader, lines: &[(&str, &[u8])]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            headers.append(name, HeaderValue::from_bytes(value).expect("a value"));
        }
        let trusted = ["10.0.0.0/8".parse().expect("a net"), "fd00::/8".parse().expect("a net")];
        resolve(peer.parse().expect("an address"), &headers, family, &trusted).to_string()
    }

    fn x_forwarded_for(value: &[u8]) -> String {
        of(PEER, XForwardedFor, &[("x-forwarded-for", value)])
    }

    fn forwarded(value: &[u8]) -> String {
        of(PEER, Forwarded, &[("forwarded", value)])
    }

    #[test]
    fn untrusted_peers_are_not_believed() {
        assert_eq!(of("203.0.113.9", XForwardedFor, &[("x-forwarded-for", b"1.2.3.4")]), "203.0.113.9");
        assert_eq!(of("203.0.113.9", Forwarded, &[("forwarded", b"for=1.2.3.4")]), "203.0.113.9");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        assert_eq!(x_forwarded_for(b"6.6.6.6, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(x_forwarded_for(b"1.2.3.4:5678"), "1.2.3.4");
        assert_eq!(x_forwarded_for(b"::ffff:1.2.3.4"), "1.2.3.4");
        assert_eq!(forwarded(b"for=6.6.6.6, for=\"[2001:db8::1]:80\";proto=https"), "2001:db8::1");
        assert_eq!(forwarded(b"proto=https;FOR=1.2.3.4;by=10.0.0.1, for=10.0.0.2"), "1.2.3.4");
    }

    #[test]
    fn what_cannot_be_read_ends_the_chain() {
        assert_eq!(x_forwarded_for(b"1.2.3.4, unknown, 10.0.0.2"), "10.0.0.2");
        for nothing in
            [&b""[..], b",", b"1.2.3.4,", b"1.2.3.4, \xff", b"1.2.3.4, unknown", b"1.2.3.4, 10.0.0.2, \xc3\xa4"]
        {
            assert_eq!(x_forwarded_for(nothing), PEER, "{nothing:?}");
        }
        for nothing in
            [&b"for=_hidden"[..], b"for=1.2.3.4, \xff", b"by=1.2.3.4", b"for=1.2.3.4;for=6.6.6.6", b"for=\"1.2.3.4"]
        {
            assert_eq!(forwarded(nothing), PEER, "{nothing:?}");
        }
        // A byte that is no text beside a hop that counts does no harm to it.
        assert_eq!(x_forwarded_for(b"\xff, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
    }

    #[test]
    fn only_the_configured_family_is_believed() {
        let both: [(&str, &[u8]); 2] = [("x-forwarded-for", b"\xff"), ("forwarded", b"for=6.6.6.6")];
        assert_eq!(of(PEER, XForwardedFor, &both), PEER);
        assert_eq!(of(PEER, XForwardedFor, &[("forwarded", b"for=6.6.6.6")]), PEER);
        assert_eq!(of(PEER, Forwarded, &[("x-forwarded-for", b"6.6.6.6")]), PEER);
        assert_eq!(of(PEER, Forwarded, &both), "6.6.6.6");
    }

    #[test]
    fn several_lines_are_one_list() {
        let lines: [(&str, &[u8]); 3] = [
            ("x-forwarded-for", b"6.6.6.6"),
            ("x-forwarded-for", b"1.2.3.4, 10.0.0.3"),
            ("x-forwarded-for", b"10.0.0.2"),
        ];
        assert_eq!(of(PEER, XForwardedFor, &lines), "1.2.3.4");
        let broken: [(&str, &[u8]); 2] = [("x-forwarded-for", b"6.6.6.6"), ("x-forwarded-for", b"10.0.0.2\xff")];
        assert_eq!(of(PEER, XForwardedFor, &broken), PEER);
    }

    #[test]
    fn a_chain_has_an_end() {
        let long = format!("1.2.3.4{}", ", 10.0.0.2".repeat(MAX_HOPS));
        assert_eq!(x_forwarded_for(long.as_bytes()), "10.0.0.2");
    }
}
