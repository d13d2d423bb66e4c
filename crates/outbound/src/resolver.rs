//! Looks up names that users gave, and hands the connector nothing but addresses that may be called.

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use hickory_resolver::{
    TokioResolver,
    config::{ConnectionConfig, NameServerConfig, ResolverConfig},
    net::{NetError, runtime::TokioRuntimeProvider},
};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::{AddressProblem, AddressRules};

/// However long a record says that it holds, names that were moved are found soon.
const LONGEST_CACHED: Duration = Duration::from_secs(60);

/// A resolver whose answers are all permitted. The connector dials what it gets from here and asks nobody else, so that
/// the address that was checked is the one that is called: a name that leads elsewhere a moment later (DNS rebinding) is
/// looked up, and checked, again.
pub(crate) struct GuardedResolver {
    rules: Arc<AddressRules>,
    dns: TokioResolver,
}

impl GuardedResolver {
    /// Asks `server`, or the system's servers.
    pub(crate) fn new(rules: Arc<AddressRules>, server: Option<SocketAddr>) -> Result<Self, NetError> {
        let mut builder = match server {
            Some(server) => {
                let config = ResolverConfig::from_name_servers(vec![name_server(server)]);
                TokioResolver::builder_with_config(config, TokioRuntimeProvider::default())
            }
            None => TokioResolver::builder_tokio()?,
        };
        let options = builder.options_mut();
        options.positive_max_ttl = Some(LONGEST_CACHED);
        options.negative_max_ttl = Some(LONGEST_CACHED);
        Ok(Self { rules, dns: builder.build()? })
    }
}

fn name_server(address: SocketAddr) -> NameServerConfig {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()].into_iter();
    let connections = connections.map(|mut connection| {
        connection.port = address.port();
        connection
    });
    NameServerConfig::new(address.ip(), true, connections.collect())
}

impl Resolve for GuardedResolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (dns, rules) = (self.dns.clone(), Arc::clone(&self.rules));
        Box::pin(async move {
            // With the dot no domain of our own network is tried behind it.
            let whole = format!("{}.", name.as_str().trim_end_matches('.'));
            let found: Vec<IpAddr> = dns.lookup_ip(whole).await?.iter().collect();
            let permitted: Vec<_> = found.into_iter().filter(|address| rules.permits(*address)).collect();
            if permitted.is_empty() {
                return Err(AddressProblem::NotPublic.into());
            }
            Ok(Box::new(permitted.into_iter().map(|address| SocketAddr::new(address, 0))) as Addrs)
        })
    }
}
