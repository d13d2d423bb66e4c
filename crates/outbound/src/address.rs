//! Which addresses are anybody's on the public internet, and which networks lead back to ourselves.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// IANA's registry of IPv4 special-purpose addresses (RFC 6890 and its successors), all of it: nobody serves the public
/// from the few blocks in it that are globally reachable. And multicast, which has a registry of its own.
const SPECIAL_V4: [Ipv4Net; 19] = [
    v4([0, 0, 0, 0], 8),          // this network, RFC 791
    v4([10, 0, 0, 0], 8),         // private, RFC 1918
    v4([100, 64, 0, 0], 10),      // shared by carriers, RFC 6598
    v4([127, 0, 0, 0], 8),        // loopback, RFC 1122
    v4([169, 254, 0, 0], 16),     // link-local, clouds' metadata among it, RFC 3927
    v4([172, 16, 0, 0], 12),      // private, RFC 1918
    v4([192, 0, 0, 0], 24),       // protocol assignments, RFC 6890
    v4([192, 0, 2, 0], 24),       // documentation, RFC 5737
    v4([192, 31, 196, 0], 24),    // AS112, RFC 7535
    v4([192, 52, 193, 0], 24),    // automatic multicast tunnels, RFC 7450
    v4([192, 88, 99, 0], 24),     // relays of 6to4, RFC 7526
    v4([192, 168, 0, 0], 16),     // private, RFC 1918
    v4([192, 175, 48, 0], 24),    // AS112, RFC 7534
    v4([198, 18, 0, 0], 15),      // benchmarks, RFC 2544
    v4([198, 51, 100, 0], 24),    // documentation, RFC 5737
    v4([203, 0, 113, 0], 24),     // documentation, RFC 5737
    v4([224, 0, 0, 0], 4),        // multicast, RFC 5771
    v4([240, 0, 0, 0], 4),        // reserved, RFC 1112
    v4([255, 255, 255, 255], 32), // broadcast, RFC 919
];

/// The only part of IPv6 from which addresses of hosts on the internet are given out (RFC 4291, 2.4). Loopback, unique
/// local, link-local and multicast lie outside it, and so does every form that carries an IPv4 address but 6to4.
const GLOBAL_UNICAST: Ipv6Net = v6([0x2000, 0, 0, 0], 3);

/// IANA's registry of IPv6 special-purpose addresses, as far as it lies in [`GLOBAL_UNICAST`].
const SPECIAL_V6: [Ipv6Net; 5] = [
    v6([0x2001, 0, 0, 0], 23), // protocol assignments, Teredo and benchmarks among them, RFC 2928
    v6([0x2001, 0xdb8, 0, 0], 32), // documentation, RFC 3849
    v6([0x2002, 0, 0, 0], 16), // 6to4, of any IPv4 address, RFC 3056
    v6([0x2620, 0x4f, 0x8000, 0], 48), // AS112, RFC 7534
    v6([0x3fff, 0, 0, 0], 20), // documentation, RFC 9637
];

/// How a host without IPv4 reaches the hosts of IPv4 (RFC 6052); the last 32 bits are the address.
const NAT64: Ipv6Net = v6([0x64, 0xff9b, 0, 0], 96);

const fn v4([a, b, c, d]: [u8; 4], prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6([a, b, c, d]: [u16; 4], prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0), prefix)
}

/// Whether the address belongs to a host that anybody on the internet could reach: none of the special-purpose addresses
/// (RFC 6890), no multicast, nothing that leads to such a one by another way.
///
/// IPv4-mapped and 6to4 addresses are refused whatever they carry, as nothing public needs them; one of NAT64 is as public
/// as the IPv4 address in it, since on networks without IPv4 every other host is behind it.
///
/// ```
/// use outbound::is_public;
/// assert!(is_public("8.8.8.8".parse()?));
/// assert!(!is_public("169.254.169.254".parse()?));
/// assert!(!is_public("::ffff:127.0.0.1".parse()?));
/// # Ok::<(), std::net::AddrParseError>(())
/// ```
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) if NAT64.contains(&address) => {
            let [.., a, b, c, d] = address.octets();
            is_public_v4(Ipv4Addr::new(a, b, c, d))
        }
        IpAddr::V6(address) => {
            GLOBAL_UNICAST.contains(&address) && !SPECIAL_V6.iter().any(|block| block.contains(&address))
        }
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !SPECIAL_V4.iter().any(|block| block.contains(&address))
}

/// Loopback, link-local (clouds' metadata among it) and the unspecified address, which systems take for loopback.
const OWN_V4: [Ipv4Net; 3] = [v4([127, 0, 0, 0], 8), v4([169, 254, 0, 0], 16), v4([0, 0, 0, 0], 8)];

const OWN_V6: [Ipv6Net; 2] = [Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 127), v6([0xfe80, 0, 0, 0], 10)];

/// Whether the network has an address of this very host or link in it, however it is written: loopback, link-local, and the
/// forms of IPv6 that carry one of these. Nothing that users give may be let in there in production.
///
/// ```
/// use outbound::reaches_this_host;
/// assert!(reaches_this_host(&"127.0.0.0/8".parse()?));
/// assert!(reaches_this_host(&"::/0".parse()?));
/// assert!(!reaches_this_host(&"10.20.0.0/16".parse()?));
/// # Ok::<(), ipnet::AddrParseError>(())
/// ```
#[must_use]
pub fn reaches_this_host(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => OWN_V4.iter().any(|own| own.contains(network) || network.contains(own)),
        IpNet::V6(network) => {
            let mut own = OWN_V6.into_iter().chain(OWN_V4.into_iter().flat_map(carried));
            own.any(|own| own.contains(network) || network.contains(&own))
        }
    }
}

/// The networks of IPv6 whose addresses carry one of these: compatible, mapped, translated, NAT64 and 6to4.
fn carried(network: Ipv4Net) -> [Ipv6Net; 5] {
    let address = u128::from(network.addr().to_bits());
    let at_the_end = |prefix: u128| Ipv6Net::new_assert((prefix | address).into(), 96 + network.prefix_len());
    let six_to_four = (0x2002_u128 << 112) | (address << 80);
    [
        at_the_end(0),
        at_the_end(0xffff << 32),
        at_the_end(0xffff << 48),
        at_the_end(NAT64.addr().to_bits()),
        Ipv6Net::new_assert(six_to_four.into(), 16 + network.prefix_len()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn public(text: &str) -> bool {
        is_public(text.parse().expect(text))
    }

    /// The first and the last address of a block are refused, its neighbours are what is told.
    fn check_v4(block: &str, before: Option<(&str, bool)>, after: Option<(&str, bool)>) {
        let block: Ipv4Net = block.parse().expect(block);
        assert!(!is_public(block.network().into()) && !is_public(block.broadcast().into()), "{block}");
        for (neighbour, expected) in [before, after].into_iter().flatten() {
            assert_eq!(public(neighbour), expected, "{neighbour} beside {block}");
        }
    }

    #[test]
    fn ipv4_special_purpose_addresses_are_not_public() {
        let yes = |text| Some((text, true));
        check_v4("0.0.0.0/8", None, yes("1.0.0.0"));
        check_v4("10.0.0.0/8", yes("9.255.255.255"), yes("11.0.0.0"));
        check_v4("100.64.0.0/10", yes("100.63.255.255"), yes("100.128.0.0"));
        check_v4("127.0.0.0/8", yes("126.255.255.255"), yes("128.0.0.0"));
        check_v4("169.254.0.0/16", yes("169.253.255.255"), yes("169.255.0.0"));
        check_v4("172.16.0.0/12", yes("172.15.255.255"), yes("172.32.0.0"));
        check_v4("192.0.0.0/24", yes("191.255.255.255"), yes("192.0.1.0"));
        check_v4("192.0.2.0/24", yes("192.0.1.255"), yes("192.0.3.0"));
        check_v4("192.31.196.0/24", yes("192.31.195.255"), yes("192.31.197.0"));
        check_v4("192.52.193.0/24", yes("192.52.192.255"), yes("192.52.194.0"));
        check_v4("192.88.99.0/24", yes("192.88.98.255"), yes("192.88.100.0"));
        check_v4("192.168.0.0/16", yes("192.167.255.255"), yes("192.169.0.0"));
        check_v4("192.175.48.0/24", yes("192.175.47.255"), yes("192.175.49.0"));
        check_v4("198.18.0.0/15", yes("198.17.255.255"), yes("198.20.0.0"));
        check_v4("198.51.100.0/24", yes("198.51.99.255"), yes("198.51.101.0"));
        check_v4("203.0.113.0/24", yes("203.0.112.255"), yes("203.0.114.0"));
        check_v4("224.0.0.0/4", yes("223.255.255.255"), Some(("240.0.0.0", false)));
        check_v4("240.0.0.0/4", None, None);
        check_v4("255.255.255.255/32", Some(("255.255.255.254", false)), None);
    }

    #[test]
    fn ipv6_special_purpose_addresses_are_not_public() {
        for special in [
            "::",
            "::1",
            "100::1",
            "100:0:0:1::1",
            "2001::1",
            "2001:2::1",
            "2001:20::1",
            "2001:1ff:ffff::1",
            "2001:db8::1",
            "2620:4f:8000::1",
            "3fff::1",
            "3fff:fff:ffff::1",
            "4000::1",
            "5f00::1",
            "fc00::1",
            "fdff::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "ff0e::1",
        ] {
            assert!(!public(special), "{special}");
        }
        for usual in ["2001:200::1", "2001:4860:4860::8888", "2606:4700::1111", "2620:4f:7fff::1", "3ffe::1", "2a00::1"]
        {
            assert!(public(usual), "{usual}");
        }
    }

    #[test]
    fn an_ipv4_address_inside_an_ipv6_one_does_not_hide() {
        for hidden in [
            "::ffff:127.0.0.1", // mapped
            "::ffff:10.0.0.1",
            "::ffff:8.8.8.8",
            "::ffff:0:127.0.0.1", // translated, RFC 2765
            "::127.0.0.1",        // compatible, RFC 4291
            "2002:7f00:1::1",     // 6to4 of 127.0.0.1
            "2002:808:808::1",
            "64:ff9b::127.0.0.1", // NAT64
            "64:ff9b::169.254.169.254",
            "64:ff9b::10.0.0.1",
            "64:ff9b:1::8.8.8.8", // NAT64 of a network's own, RFC 8215
            "64:ff9b::1:808:808",
            "2001:0:4136:e378:8000:63bf:3fff:fdd2", // Teredo
        ] {
            assert!(!public(hidden), "{hidden}");
        }
        assert!(public("64:ff9b::8.8.8.8"), "all that a network without IPv4 sees of others");
    }

    #[test]
    fn networks_of_this_host_are_known_however_they_are_cut_and_written() {
        for own in [
            "127.0.0.1/32",
            "127.0.0.0/8",
            "0.0.0.0/0",
            "0.0.0.0/32",
            "126.0.0.0/7",
            "169.254.169.254/32",
            "169.254.0.0/16",
            "::1/128",
            "::/128",
            "::/0",
            "fe80::/64",
            "fe80::1/128",
            "::ffff:0:0/96",
            "::ffff:127.0.0.1/128",
            "::ffff:169.254.0.0/112",
            "64:ff9b::/96",
            "64:ff9b::127.0.0.1/128",
            "2002:7f00:1::/48",
            "2002::/16",
        ] {
            assert!(reaches_this_host(&own.parse().expect(own)), "{own}");
        }
        for other in
            ["10.0.0.0/8", "192.168.1.0/24", "128.0.0.0/8", "fd00::/8", "64:ff9b::10.0.0.0/104", "2002:a00::/24"]
        {
            assert!(!reaches_this_host(&other.parse().expect(other)), "{other}");
        }
    }
}
