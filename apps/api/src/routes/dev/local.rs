//! Who may see captured mail: whoever asks for this machine by a name of its own.

use kernel::ErrorCode;
use std::{future::Ready, net::IpAddr};

use actix_web::{
    FromRequest, HttpRequest, dev,
    http::{StatusCode, header},
};

use crate::http::Problem;

/// The request names a loopback host. A web page elsewhere can let its own name point to this machine (DNS rebinding)
/// and then read what it answers; but the browser still sends that page's name.
#[derive(Debug, Clone, Copy)]
pub struct Local;

impl FromRequest for Local {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let mut hosts = request.headers().get_all(header::HOST);
        let host = match (hosts.next(), hosts.next()) {
            (Some(host), None) => host.to_str().ok(),
            (None, _) => request.uri().authority().map(|authority| authority.as_str()),
            (Some(_), Some(_)) => None,
        };
        let refused = || {
            let detail = "Captured mail is shown only under a name of this machine, such as http://localhost:8080.";
            Problem::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, detail).into()
        };
        std::future::ready(if host.is_some_and(is_loopback) { Ok(Self) } else { Err(refused()) })
    }
}

/// `localhost`, a name below it, or a loopback address, with any port.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if is_port(port) => return address.parse().is_ok_and(is_loopback_address),
        Some(_) => return false,
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    if !is_port(&host[name.len()..]) {
        return false;
    }
    let name = name.to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost") || name.parse().is_ok_and(is_loopback_address)
}

fn is_loopback_address(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Nothing, or a colon and digits.
fn is_port(text: &str) -> bool {
    text.is_empty() || text.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine() {
        for own in
            ["localhost", "LOCALHOST:8080", "app.localhost:3000", "127.0.0.1:8080", "127.1.2.3", "[::1]", "[::1]:80"]
        {
            assert!(is_loopback(own), "{own}");
        }
        let others = [
            "",
            "example.com",
            "localhost.example.com",
            "evil-localhost",
            "127.0.0.1.example.com:80",
            "192.168.1.4:8080",
            "[fe80::1]",
            "[::1",
            "[::1]x",
            "localhost:",
            "localhost:80:80",
            "localhost:x",
            "0.0.0.0:8080",
            "example.com@localhost",
        ];
        for other in others {
            assert!(!is_loopback(other), "{other}");
        }
    }
}
