//! All that a sandbox knows.

use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use chrono::{DateTime, Utc};

use crate::{
    calls::CallLog,
    catalogue::{Catalogue, Part},
    clock::SandboxClock,
    faults::Faults,
    money::{Amount, AmountStyle},
    options::{ApiKey, SandboxOptions},
    orders::OrderBook,
    stock::{self, Stock},
};

pub struct State {
    pub seed: u64,
    pub url: String,
    pub catalogue: Catalogue,
    pub clock: SandboxClock,
    pub amounts: AmountStyle,
    pub pdf_invoices: bool,
    pub keys: RwLock<Vec<ApiKey>>,
    orders: Mutex<OrderBook>,
    faults: Mutex<Faults>,
    calls: Mutex<CallLog>,
}

impl State {
    pub fn new(options: &SandboxOptions, url: String) -> Self {
        Self {
            seed: options.seed,
            url,
            catalogue: Catalogue::generate(options.seed, options.parts),
            clock: SandboxClock::new(options.clock.clone(), options.speed),
            amounts: options.amounts,
            pdf_invoices: options.pdf_invoices,
            keys: RwLock::new(options.keys.clone()),
            orders: Mutex::new(OrderBook::new(options.max_orders)),
            faults: Mutex::default(),
            calls: Mutex::new(CallLog::new(options.max_calls)),
        }
    }

    pub fn orders(&self) -> MutexGuard<'_, OrderBook> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn calls(&self) -> MutexGuard<'_, CallLog> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whose key it is.
    pub fn key(&self, key: &str) -> Option<ApiKey> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.iter().find(|known| known.key == key).cloned()
    }

    pub fn amount(&self, cents: i64) -> Amount {
        self.amounts.amount(cents)
    }

    pub fn stock(&self, part: &Part, now: DateTime<Utc>) -> Stock {
        stock::stock_at(self.seed, part, now)
    }

    /// A piece's list price, and since when it is that.
    pub fn price(&self, part: &Part, now: DateTime<Utc>) -> (i64, DateTime<Utc>) {
        stock::price_at(self.seed, part, now)
    }

    /// A piece's price when so many are bought.
    pub fn unit_price(&self, part: &Part, quantity: u32, now: DateTime<Utc>) -> i64 {
        stock::unit_price(self.price(part, now).0, part.pack_size, quantity)
    }
}
