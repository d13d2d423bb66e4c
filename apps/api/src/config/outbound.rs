//! How others are called.

use std::net::{IpAddr, SocketAddr};

use ::outbound::{AddressRules, reaches_this_host};

use super::{Environment, OutboundConfig, load::Reader};

const DNS: u16 = 53;

impl Reader<'_> {
    pub(super) fn outbound(&mut self, environment: Environment) -> OutboundConfig {
        const NETWORKS: &str = "OUTBOUND_ALLOWED_NETWORKS";
        const EXAMPLE: &str = "OUTBOUND_ALLOWED_NETWORKS=10.20.0.0/16";
        let allowed_networks = self.networks(NETWORKS, EXAMPLE);
        if environment.is_production() && allowed_networks.iter().any(reaches_this_host) {
            let wrong = "holds loopback or link-local addresses: then whoever sets a webhook's address could call this \
                server's own services and its cloud's metadata";
            self.wrong(NETWORKS, wrong, EXAMPLE);
        }
        let rules = AddressRules { allow_http: !environment.is_production(), allowed_networks };
        OutboundConfig { rules, resolver: self.resolver() }
    }

    fn resolver(&mut self) -> Option<SocketAddr> {
        const NAME: &str = "OUTBOUND_RESOLVER";
        let text = self.variables.get(NAME)?;
        let bare = || text.parse::<IpAddr>().map(|address| SocketAddr::new(address, DNS));
        match text.parse().or_else(|_| bare()) {
            Ok(address) => Some(address),
            Err(_) => {
                self.wrong(NAME, "must be ADDRESS:PORT of a DNS server", "OUTBOUND_RESOLVER=10.20.0.53:53");
                None
            }
        }
    }
}
