//! What can go wrong, and when it does.

use serde::Serialize;
use strum::{Display, EnumMessage, EnumString, IntoStaticStr, VariantArray};

/// What is asked of the upstream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Display, EnumString, IntoStaticStr, VariantArray)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", ascii_case_insensitive)]
#[allow(missing_docs)]
pub enum Operation {
    Health,
    Search,
    Product,
    Stock,
    Inventory,
    Quote,
    CreateOrder,
    Order,
    FindOrders,
    Tracking,
    Cancel,
    Invoice,
}

impl Operation {
    /// The operation of a request.
    pub(crate) fn of(method: &str, path: &str) -> Option<Self> {
        let path = path.trim_matches('/');
        let parts: Vec<&str> = path.split('/').collect();
        Some(match (method, parts.as_slice()) {
            ("GET" | "HEAD", ["health"]) => Self::Health,
            ("GET" | "HEAD", ["products", "search"]) => Self::Search,
            ("GET" | "HEAD", ["products", _]) => Self::Product,
            ("GET" | "HEAD", ["inventory"]) => Self::Inventory,
            ("GET" | "HEAD", ["inventory", _]) => Self::Stock,
            ("POST", ["quotes"]) => Self::Quote,
            ("POST", ["orders"]) => Self::CreateOrder,
            ("GET" | "HEAD", ["orders"]) => Self::FindOrders,
            ("GET" | "HEAD", ["orders", _]) => Self::Order,
            ("GET" | "HEAD", ["orders", _, "tracking"]) => Self::Tracking,
            ("POST", ["orders", _, "cancel"]) => Self::Cancel,
            ("GET" | "HEAD", ["orders", _, "invoice"]) => Self::Invoice,
            _ => return None,
        })
    }
}

/// A fault. Those that say "done" do what was asked for first: an order is taken, or cancelled.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Display, EnumString, IntoStaticStr, EnumMessage, VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case", ascii_case_insensitive)]
pub enum Fault {
    /// 401, as for an unknown key
    Unauthorized,
    /// 403, as for a blocked key
    Forbidden,
    /// 429 with `Retry-After` in seconds (the value, 1 by default)
    RateLimited,
    /// 429 with `Retry-After` as a date (that many seconds from now, 1 by default)
    RateLimitedDate,
    /// 500
    ServerError,
    /// 502
    BadGateway,
    /// 503
    Unavailable,
    /// 503 with `Retry-After` in seconds (the value, 1 by default)
    UnavailableRetryAfter,
    /// 200 with a page of HTML
    Html,
    /// Done; half of the answer, then the connection is closed
    HalfBody,
    /// An answer that never comes; nothing is done
    Hang,
    /// Done; the connection is closed without an answer
    Lost,
    /// Done; an answer that never comes
    LostHang,
    /// Done; 500
    LateError,
    /// The connection is reset before anything is done
    Reset,
    /// 302 to another place
    Redirect,
    /// Done; the answer with many megabytes of white space before it (the value, 64 by default)
    Huge,
    /// Waits for so many milliseconds (the value, 3000 by default), then does and answers as ever
    Slow,
    /// Done; an order status that nobody knows
    UnknownStatus,
    /// Done; lines of an order whose counts do not add up, lines of a bill that are a cent off
    WrongLineSums,
    /// Done; totals that are a cent off
    WrongTotals,
    /// Done; the order as it was when it was placed, revision 1
    OldNews,
    /// Done; a higher revision, and an order that is PENDING again
    GoingBack,
    /// 404; an empty list of orders
    Vanish,
    /// 406
    NotAcceptable,
    /// 409 PRICE_CHANGED
    PriceChanged,
    /// 422 UNKNOWN_PRODUCT, of the last item
    UnknownProduct,
    /// 422 INVALID_QUANTITY, of the last item
    InvalidQuantity,
}

impl Fault {
    /// What it does, in a line.
    #[must_use]
    pub fn description(&self) -> &'static str {
        self.get_documentation().unwrap_or_default()
    }

    /// Reads `fault` or `fault=value`, as the header has it.
    pub(crate) fn read(text: &str) -> Result<(Self, Option<u32>), String> {
        let (name, value) = match text.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (text, None),
        };
        let value =
            value.map(|value| value.trim().parse().map_err(|_| "a fault's value is a whole number")).transpose()?;
        Ok((one_of("fault", name)?, value))
    }
}

/// The variant of a name; the error lists them all.
pub(crate) fn one_of<T: std::str::FromStr + VariantArray + std::fmt::Display>(
    field: &str,
    name: &str,
) -> Result<T, String> {
    name.trim().parse().map_err(|_| {
        let all: Vec<_> = T::VARIANTS.iter().map(ToString::to_string).collect();
        format!("{field} must be one of {}", all.join(", "))
    })
}

/// A fault to switch on.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct NewFault {
    pub fault: Fault,
    /// None: all.
    pub operation: Option<Operation>,
    /// How many calls it hits; none: all, until it is deleted.
    pub count: Option<u32>,
    /// Milliseconds, seconds or megabytes: see [`Fault`].
    pub value: Option<u32>,
    /// Only this customer's calls.
    pub customer_id: Option<String>,
}

impl NewFault {
    /// On each call of an operation until it is deleted.
    #[must_use]
    pub fn on(operation: Operation, fault: Fault) -> Self {
        Self { fault, operation: Some(operation), count: None, value: None, customer_id: None }
    }

    /// On each call until it is deleted.
    #[must_use]
    pub fn everywhere(fault: Fault) -> Self {
        Self { fault, operation: None, count: None, value: None, customer_id: None }
    }

    /// Only so many times.
    #[must_use]
    pub fn times(self, count: u32) -> Self {
        Self { count: Some(count), ..self }
    }

    /// With a value.
    #[must_use]
    pub fn with(self, value: u32) -> Self {
        Self { value: Some(value), ..self }
    }

    /// Only for one customer.
    #[must_use]
    pub fn for_customer(self, customer_id: impl Into<String>) -> Self {
        Self { customer_id: Some(customer_id.into()), ..self }
    }
}

/// A fault that is switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct FaultRule {
    pub id: u64,
    pub operation: Option<Operation>,
    pub fault: Fault,
    /// How often it still hits; none: always.
    pub count: Option<u32>,
    pub value: Option<u32>,
    pub customer_id: Option<String>,
}

/// The most faults that are on at once.
pub const MAX_RULES: usize = 200;

/// The faults that are on; the first one that fits a call hits it.
#[derive(Default)]
pub struct Faults {
    rules: Vec<FaultRule>,
    last_id: u64,
}

impl Faults {
    /// None when there are too many.
    pub fn add(&mut self, new: NewFault) -> Option<FaultRule> {
        if self.rules.len() >= MAX_RULES {
            return None;
        }
        self.last_id += 1;
        let NewFault { fault, operation, count, value, customer_id } = new;
        let rule = FaultRule { id: self.last_id, operation, fault, count, value, customer_id };
        if count != Some(0) {
            self.rules.push(rule.clone());
        }
        Some(rule)
    }

    pub fn list(&self) -> &[FaultRule] {
        &self.rules
    }

    pub fn remove(&mut self, id: u64) -> bool {
        let before = self.rules.len();
        self.rules.retain(|rule| rule.id != id);
        self.rules.len() < before
    }

    pub fn clear(&mut self) {
        self.rules.clear();
    }

    /// The fault of a call, which is counted.
    pub fn hit(&mut self, operation: Operation, customer: Option<&str>) -> Option<(Fault, Option<u32>)> {
        let fits = |rule: &FaultRule| {
            rule.operation.is_none_or(|wanted| wanted == operation)
                && (rule.customer_id.is_none() || rule.customer_id.as_deref() == customer)
        };
        let at = self.rules.iter().position(fits)?;
        let rule = &mut self.rules[at];
        let hit = (rule.fault, rule.value);
        if let Some(count) = &mut rule.count {
            *count -= 1;
            if *count == 0 {
                self.rules.remove(at);
            }
        }
        Some(hit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_hits_as_often_as_it_says() {
        let mut faults = Faults::default();
        faults.add(NewFault::on(Operation::Quote, Fault::ServerError).times(2)).unwrap();
        faults.add(NewFault::everywhere(Fault::Slow).with(5).for_customer("A")).unwrap();
        assert_eq!(faults.hit(Operation::Order, None), None);
        assert_eq!(faults.hit(Operation::Order, Some("A")), Some((Fault::Slow, Some(5))));
        assert_eq!(faults.hit(Operation::Quote, None), Some((Fault::ServerError, None)));
        assert_eq!(faults.hit(Operation::Quote, Some("A")), Some((Fault::ServerError, None)));
        assert_eq!(faults.hit(Operation::Quote, Some("A")), Some((Fault::Slow, Some(5))));
        assert_eq!(faults.list().len(), 1);
        let id = faults.list()[0].id;
        assert!(faults.remove(id) && !faults.remove(id));
        assert!((0..MAX_RULES).all(|_| faults.add(NewFault::everywhere(Fault::Lost)).is_some()));
        assert!(faults.add(NewFault::everywhere(Fault::Lost)).is_none());
    }

    #[test]
    fn names_are_read_and_wrong_ones_answered_with_the_right_ones() {
        assert_eq!(Fault::read("slow=20"), Ok((Fault::Slow, Some(20))));
        assert_eq!(Fault::read(" Half-Body "), Ok((Fault::HalfBody, None)));
        assert!(Fault::read("sloow").unwrap_err().contains("slow, unknown-status"));
        assert!(Fault::read("slow=x").is_err());
        for fault in Fault::VARIANTS {
            assert!(!fault.description().is_empty(), "{fault}");
        }
    }
}
