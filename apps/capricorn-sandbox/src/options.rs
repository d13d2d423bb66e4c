use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
};

use kernel::{Clock, SystemClock};

use crate::money::AmountStyle;

/// A key of a customer's. A customer may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ApiKey {
    pub key: String,
    pub customer_id: String,
    /// Known, and refused: 403.
    pub blocked: bool,
}

impl ApiKey {
    /// A key that works.
    pub fn new(customer_id: impl Into<String>, key: impl Into<String>) -> Self {
        Self { key: key.into(), customer_id: customer_id.into(), blocked: false }
    }
}

/// What a sandbox is like; [`Default`] is good for tests and development.
#[derive(Clone)]
pub struct SandboxOptions {
    /// Where to listen; port 0 takes a free one (the default, on 127.0.0.1).
    pub listen: SocketAddr,
    /// The same seed gives the same parts, stock and course of orders. Default 1.
    pub seed: u64,
    /// How many parts there are, 1 to 200,000. Default 6,000.
    pub parts: u32,
    /// Seconds of the sandbox in one second, 0 (stands still) to 86,400. Default 1.
    pub speed: f64,
    /// Who may ask. Default: two customers, and one whose key is blocked ([`SandboxOptions::DEFAULT_KEYS`]).
    pub keys: Vec<ApiKey>,
    /// How amounts are written. Default: now a number, now a string.
    pub amounts: AmountStyle,
    /// Whether there are PDFs of invoices; 406 otherwise. Default true.
    pub pdf_invoices: bool,
    /// Orders kept; beyond that the oldest are forgotten. Default 50,000.
    pub max_orders: usize,
    /// Calls remembered, the newest ones. Default 10,000.
    pub max_calls: usize,
    /// Threads that answer. Default 1.
    pub workers: usize,
    /// The clock underneath.
    pub clock: Arc<dyn Clock>,
}

impl SandboxOptions {
    /// Customer, key, and whether it is blocked.
    pub const DEFAULT_KEYS: [(&'static str, &'static str, bool); 3] = [
        ("CUST-1001", "sandbox-key-1001", false),
        ("CUST-1002", "sandbox-key-1002", false),
        ("CUST-1003", "sandbox-key-blocked", true),
    ];
}

impl Default for SandboxOptions {
    fn default() -> Self {
        let keys = Self::DEFAULT_KEYS.map(|(customer, key, blocked)| ApiKey { blocked, ..ApiKey::new(customer, key) });
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            seed: 1,
            parts: 6_000,
            speed: 1.0,
            keys: keys.to_vec(),
            amounts: AmountStyle::default(),
            pdf_invoices: true,
            max_orders: 50_000,
            max_calls: 10_000,
            workers: 1,
            clock: Arc::new(SystemClock),
        }
    }
}
