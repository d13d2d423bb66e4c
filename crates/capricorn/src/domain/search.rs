use chrono::{DateTime, Utc};
use kernel::{FieldError, Money, input::Fields, text};

use super::{Part, PartId, StockedPart, VehicleFilter};

/// What parts are searched by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartSearch {
    /// The supplier makes of these words what it likes.
    pub q: String,
    /// What the parts must fit.
    pub vehicle: VehicleFilter,
}

impl PartSearch {
    /// Checks the parameters `q`, `make`, `model` and `year`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(
        q: Option<&str>,
        make: Option<&str>,
        model: Option<&str>,
        year: Option<u16>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let q = fields.take(text::line("q", q.unwrap_or_default(), 200));
        let vehicle = fields.take_all(VehicleFilter::parse(make, model, year));
        fields.finish(q.zip(vehicle).map(|(q, vehicle)| Self { q, vehicle }))
    }
}

/// A part that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct FoundPart {
    pub id: PartId,
    pub sku: String,
    pub name: String,
    pub brand: String,
    pub description: Option<String>,
    pub category: Option<String>,
    /// For one, before GST; `None` where only others' price is known.
    pub price: Option<Money>,
    pub available_stock: u32,
}

impl From<Part> for FoundPart {
    fn from(part: Part) -> Self {
        let Part { id, sku, name, brand, description, category, price, available_stock, .. } = part;
        Self { id, sku, name, brand, description, category, price: Some(price), available_stock }
    }
}

impl From<StockedPart> for FoundPart {
    fn from(part: StockedPart) -> Self {
        let StockedPart { id, sku, name, brand, category, price, available_stock, .. } = part;
        Self { id, sku, name, brand, description: None, category, price, available_stock }
    }
}

/// Some of the parts that were found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundParts {
    /// The page.
    pub parts: Vec<FoundPart>,
    /// How many were found in all.
    pub total: u64,
    /// Whether they come from the inventory, because the supplier is unwell.
    pub stale: bool,
    /// How old this is.
    pub as_of: DateTime<Utc>,
}

/// An answer, and how old it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aged<T> {
    /// The answer.
    pub value: T,
    /// Whether it is one of before, because the supplier is unwell.
    pub stale: bool,
    /// When the supplier said so.
    pub as_of: DateTime<Utc>,
}
