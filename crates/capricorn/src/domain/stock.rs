use chrono::{DateTime, Utc};

use super::PartId;

/// How many of a part there are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Stock {
    pub part: PartId,
    pub available_stock: u32,
    pub warehouses: Vec<WarehouseStock>,
    /// When the supplier counted.
    pub as_of: DateTime<Utc>,
}

/// How many of a part there are in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct WarehouseStock {
    pub code: String,
    pub name: String,
    pub available_stock: u32,
    pub lead_time_days: Option<u32>,
}
