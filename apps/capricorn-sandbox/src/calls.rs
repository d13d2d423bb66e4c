//! What was asked, for tests to look at.

use std::collections::VecDeque;

use chrono::{DateTime, Utc};
use serde::Serialize;

use crate::faults::{Fault, Operation};

/// A call. What a client says is cut after 300 characters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Call {
    /// Rises from call to call.
    pub number: u64,
    pub method: String,
    pub path: String,
    pub query: String,
    /// None where there is no such route.
    pub operation: Option<Operation>,
    pub customer_id: Option<String>,
    pub idempotency_key: Option<String>,
    pub client_reference: Option<String>,
    pub fault: Option<Fault>,
    /// None: not answered, or not yet.
    pub status: Option<u16>,
    /// By the sandbox's clock.
    pub at: DateTime<Utc>,
}

/// The newest calls.
pub struct CallLog {
    most: usize,
    calls: VecDeque<Call>,
    last: u64,
}

/// What is kept of a text.
pub fn cut(text: &str) -> String {
    text.chars().take(300).collect()
}

impl CallLog {
    pub fn new(most: usize) -> Self {
        Self { most: most.max(1), calls: VecDeque::new(), last: 0 }
    }

    /// Its number.
    pub fn add(&mut self, call: Call) -> u64 {
        self.last += 1;
        if self.calls.len() >= self.most {
            self.calls.pop_front();
        }
        self.calls.push_back(Call { number: self.last, ..call });
        self.last
    }

    /// Adds to a call what is known only later, if it is still remembered.
    pub fn update(&mut self, number: u64, change: impl FnOnce(&mut Call)) {
        let first = self.calls.front().map_or(u64::MAX, |call| call.number);
        let at = number.checked_sub(first).and_then(|at| usize::try_from(at).ok());
        if let Some(call) = at.and_then(|at| self.calls.get_mut(at)) {
            change(call);
        }
    }

    /// Oldest first.
    pub fn list(&self) -> Vec<Call> {
        self.calls.iter().cloned().collect()
    }

    pub fn clear(&mut self) {
        self.calls.clear();
    }
}
