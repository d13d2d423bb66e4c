//! Whose address a request comes from: the socket's, unless the peer is a trusted proxy.

use std::{future::Ready, net::IpAddr};

use actix_web::{
    FromRequest, HttpRequest, dev,
    http::header::{HeaderMap, HeaderName},
};
use ipnet::IpNet;

use super::HttpSettings;

/// The client's address; `None` only without a socket (in tests).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub Option<IpAddr>);

impl ClientIp {
    /// The address that this request comes from.
    #[must_use]
    pub fn of(request: &HttpRequest) -> Self {
        let trusted = HttpSettings::of(request).map_or(&[][..], |settings| &settings.trusted_proxies);
        let peer = request.peer_addr().map(|address| address.ip().to_canonical());
        Self(peer.map(|peer| resolve(peer, request.headers(), trusted)))
    }
}

impl FromRequest for ClientIp {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        std::future::ready(Ok(Self::of(request)))
    }
}

/// The right-most address that is no trusted proxy; the last readable one where all are, or where
/// something unreadable stands in the way.
fn resolve(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: &IpAddr| trusted.iter().any(|net| net.contains(address));
    if !is_trusted(&peer) {
        return peer;
    }
    let mut hops = forwarded_for(headers);
    if hops.is_empty() {
        hops = forwarded(headers);
    }
    let mut client = peer;
    for hop in hops.into_iter().rev() {
        let Some(address) = parse_hop(&hop) else { break };
        client = address;
        if !is_trusted(&address) {
            break;
        }
    }
    client
}

fn forwarded_for(headers: &HeaderMap) -> Vec<String> {
    let name = HeaderName::from_static("x-forwarded-for");
    let values = headers.get_all(name).filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(|hop| hop.trim().to_owned()).collect()
}

/// RFC 7239: `for=` of each element.
fn forwarded(headers: &HeaderMap) -> Vec<String> {
    let name = HeaderName::from_static("forwarded");
    let values = headers.get_all(name).filter_map(|value| value.to_str().ok());
    let elements = values.flat_map(|value| value.split(','));
    elements
        .map(|element| {
            let pairs = element.split(';').filter_map(|pair| pair.trim().split_once('='));
            let hop = pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case("for")).map(|(_, value)| value);
            hop.unwrap_or_default().trim_matches('"').to_owned()
        })
        .collect()
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
    use super::*;
    use actix_web::http::header::HeaderValue;

    fn client(peer: &str, header: &'static str, value: &'static str) -> String {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(header), HeaderValue::from_static(value));
        let trusted = ["10.0.0.0/8".parse().expect("a net"), "fd00::/8".parse().expect("a net")];
        resolve(peer.parse().expect("an address"), &headers, &trusted).to_string()
    }

    #[test]
    fn strangers_are_not_believed() {
        assert_eq!(client("203.0.113.9", "x-forwarded-for", "1.2.3.4"), "203.0.113.9");
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "6.6.6.6, 1.2.3.4, 10.0.0.2"), "1.2.3.4");
        assert_eq!(client("10.0.0.1", "forwarded", "for=6.6.6.6, for=\"[2001:db8::1]:80\";proto=https"), "2001:db8::1");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "1.2.3.4:5678"), "1.2.3.4");
    }

    #[test]
    fn what_cannot_be_read_ends_the_chain() {
        assert_eq!(client("10.0.0.1", "x-forwarded-for", "1.2.3.4, unknown, 10.0.0.2"), "10.0.0.2");
        assert_eq!(client("10.0.0.1", "x-forwarded-for", ""), "10.0.0.1");
    }
}
