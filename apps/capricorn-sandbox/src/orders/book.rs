//! The orders that are kept: so many, the oldest are forgotten. An order is found by its id, and for its customer by
//! idempotency key and by client reference, so that none is placed twice.

use std::collections::{HashMap, VecDeque};

use super::Order;
use crate::chance::draw;

type CustomersText = (String, String);

pub struct OrderBook {
    most: usize,
    orders: HashMap<String, Order>,
    /// Oldest first.
    placed: VecDeque<String>,
    by_key: HashMap<CustomersText, String>,
    by_reference: HashMap<CustomersText, String>,
}

/// Whether an order is new.
pub enum Placed {
    New(Order),
    Known(Order),
}

impl OrderBook {
    pub fn new(most: usize) -> Self {
        Self {
            most: most.max(1),
            orders: HashMap::new(),
            placed: VecDeque::new(),
            by_key: HashMap::new(),
            by_reference: HashMap::new(),
        }
    }

    /// The order of this customer with this key, or else with this reference.
    pub fn known(&self, customer: &str, key: &str, reference: &str) -> Option<&str> {
        let by_key = self.by_key.get(&(customer.to_owned(), key.to_owned()));
        by_key.or_else(|| self.by_reference.get(&(customer.to_owned(), reference.to_owned()))).map(String::as_str)
    }

    /// Another customer's order is not there.
    pub fn get_mut(&mut self, customer: &str, id: &str) -> Option<&mut Order> {
        self.orders.get_mut(id).filter(|order| order.customer_id == customer)
    }

    pub fn by_reference(&mut self, customer: &str, reference: &str) -> Option<&mut Order> {
        let id = self.by_reference.get(&(customer.to_owned(), reference.to_owned()))?;
        self.orders.get_mut(id)
    }

    /// An id that nobody has, the same for the same seed, customer and reference: after a restart an order that is sent
    /// again gets its old one, and no other order ever takes it.
    pub fn free_id(&self, seed: u64, customer: &str, reference: &str) -> String {
        const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
        let place = [crate::chance::of_text(customer), crate::chance::of_text(reference)];
        (0..)
            .map(|attempt| {
                let number = draw(seed, &[place[0], place[1], attempt]);
                let letters = (0..12).map(|at| char::from(LETTERS[(number >> (at * 5)) as usize & 31]));
                format!("CO-{}", letters.collect::<String>())
            })
            .find(|id| !self.orders.contains_key(id))
            .unwrap_or_default()
    }

    pub fn insert(&mut self, order: Order) {
        while self.placed.len() >= self.most {
            let Some(oldest) = self.placed.pop_front().and_then(|id| self.orders.remove(&id)) else { break };
            self.by_key.remove(&(oldest.customer_id.clone(), oldest.idempotency_key));
            self.by_reference.remove(&(oldest.customer_id, oldest.client_reference));
        }
        let customer = &order.customer_id;
        self.by_key.insert((customer.clone(), order.idempotency_key.clone()), order.id.clone());
        self.by_reference.insert((customer.clone(), order.client_reference.clone()), order.id.clone());
        self.placed.push_back(order.id.clone());
        self.orders.insert(order.id.clone(), order);
    }

    pub fn len(&self) -> usize {
        self.placed.len()
    }

    /// Ids, newest first.
    pub fn newest(&self) -> impl Iterator<Item = &String> {
        self.placed.iter().rev()
    }

    pub fn of_any_customer(&mut self, id: &str) -> Option<&mut Order> {
        self.orders.get_mut(id)
    }
}
