use chrono::{DateTime, Utc};

use super::PartId;

/// Where an order's parts are.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tracking {
    /// What has been sent so far.
    pub shipments: Vec<Shipment>,
}

/// A parcel on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Shipment {
    pub shipment_id: String,
    pub carrier: Option<String>,
    pub tracking_number: Option<String>,
    pub tracking_url: Option<String>,
    /// The supplier's word.
    pub status: String,
    /// What is in it.
    pub items: Vec<(PartId, u32)>,
    /// What has happened, in the supplier's order.
    pub events: Vec<ShipmentEvent>,
    pub shipped_at: Option<DateTime<Utc>>,
    pub estimated_delivery: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
}

/// Something that happened to a parcel.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct ShipmentEvent {
    pub at: DateTime<Utc>,
    pub status: String,
    pub location: Option<String>,
    pub description: Option<String>,
}
