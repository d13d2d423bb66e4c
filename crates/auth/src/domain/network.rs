use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The network that an address is counted with: IPv4 /24, IPv6 /64 (what one household or office usually holds).
///
/// An IPv4 address in IPv6 clothes counts as IPv4. Without an address there is one network, "unknown".
#[must_use]
pub fn network_of(ip: Option<IpAddr>) -> String {
    match ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V4(ip)) => {
            let [a, b, c, _] = ip.octets();
            format!("{}/24", Ipv4Addr::new(a, b, c, 0))
        }
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            format!("{}/64", Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        None => "unknown".to_owned(),
    }
}

/// The larger network around [`network_of`], where one party may hold many of those: IPv6 /48.
#[must_use]
pub fn wide_network_of(ip: Option<IpAddr>) -> Option<String> {
    match ip.map(|ip| ip.to_canonical()) {
        Some(IpAddr::V6(ip)) => {
            let [a, b, c, ..] = ip.segments();
            Some(format!("{}/48", Ipv6Addr::new(a, b, c, 0, 0, 0, 0, 0)))
        }
        Some(IpAddr::V4(_)) | None => None,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("203.0.113.77", "203.0.113.0/24")]
    #[case("::ffff:203.0.113.77", "203.0.113.0/24")]
    #[case("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64")]
    fn neighbours_share_a_network(#[case] ip: IpAddr, #[case] network: &str) {
        assert_eq!(network_of(Some(ip)), network);
    }

    #[test]
    fn only_ipv6_has_wider_networks() {
        let wide = |ip: &str| wide_network_of(Some(ip.parse().expect("an address")));
        assert_eq!(wide("2001:db8:1:2:3:4:5:6").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(wide("2001:db8:1:ffff::1"), wide("2001:db8:1:2:3:4:5:6"));
        assert_eq!(wide("::ffff:203.0.113.77"), None);
    }
}
