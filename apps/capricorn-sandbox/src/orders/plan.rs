//! What will become of an order: decided when it is placed, by seed, id and the stock of that moment.
//!
//! A superseded part is rejected. What is in stock ships from where it lies, the nearest warehouse first, each on its own
//! day. The rest is backordered and comes in after some days; what is more than the warehouses ever keep is cancelled then.

use chrono::{DateTime, TimeDelta, Utc};
use strum::{Display, EnumString, VariantArray};

use crate::{
    catalogue::Part,
    chance::{below, draw},
    stock::{self, Stock, WAREHOUSES, Warehouse},
};

/// How an order is to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Display, EnumString, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)]
pub enum Delivery {
    Standard,
    Express,
    Pickup,
}

/// A line to plan for.
pub struct WantedLine<'a> {
    pub part: &'a Part,
    pub quantity: u32,
    pub stock: Stock,
}

/// What will happen, soonest last.
pub struct Plan {
    pub steps: Vec<Step>,
    pub shipments: Vec<Shipment>,
}

/// Changes of one moment: one revision.
#[derive(Debug, Clone)]
pub struct Step {
    pub at: DateTime<Utc>,
    pub changes: Vec<Change>,
}

/// Lines and shipments by their place.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    Confirm,
    Reject { line: usize, quantity: u32 },
    Backorder { line: usize, quantity: u32 },
    Arrive { line: usize, quantity: u32 },
    Drop { line: usize, quantity: u32 },
    Ship { shipment: usize },
    Deliver,
}

#[derive(Debug, Clone)]
pub struct Shipment {
    pub carrier: &'static Carrier,
    pub tracking_number: String,
    /// Line and quantity.
    pub items: Vec<(usize, u32)>,
    pub shipped_at: DateTime<Utc>,
    pub estimated_delivery: DateTime<Utc>,
    pub events: Vec<Event>,
}

#[derive(Debug, Clone)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub status: &'static str,
    pub location: &'static str,
    pub description: &'static str,
}

impl Shipment {
    pub fn delivered_at(&self) -> DateTime<Utc> {
        self.events.last().map_or(self.shipped_at, |event| event.at)
    }
}

#[derive(Debug)]
pub struct Carrier {
    pub name: &'static str,
    /// Of its pages here; real ones are not to be asked about made-up numbers.
    pub host: &'static str,
    prefix: &'static str,
    digits: u32,
}

const fn carrier(name: &'static str, host: &'static str, prefix: &'static str, digits: u32) -> Carrier {
    Carrier { name, host, prefix, digits }
}

static CARRIERS: [Carrier; 4] = [
    carrier("StarTrack", "startrack.example", "CAPZ", 8),
    carrier("Australia Post", "auspost.example", "33CAP", 10),
    carrier("TNT", "tnt.example", "CPC", 9),
    carrier("Team Global Express (Toll)", "tge.example", "8812", 10),
];
static BRANCH: Carrier = carrier("Pick-up at branch", "branch.example", "PU", 6);

/// Plans an order that is placed at `now`.
pub fn plan(seed: u64, order: u64, lines: &[WantedLine<'_>], delivery: Delivery, now: DateTime<Utc>) -> Plan {
    let chance = draw(seed, &[21, order]);
    let confirmed = now + TimeDelta::seconds(90 + below(chance, &[1], 240) as i64);
    let picked = confirmed + TimeDelta::minutes(10 + below(chance, &[2], 30) as i64);

    let mut confirm = vec![Change::Confirm];
    let mut pick = Vec::new();
    let mut steps = Vec::new();
    let mut from: Vec<Vec<(usize, u32)>> = vec![Vec::new(); WAREHOUSES.len()];
    let mut late = Vec::new();
    for (at, line) in lines.iter().enumerate() {
        if line.part.superseded_by.is_some() {
            confirm.push(Change::Reject { line: at, quantity: line.quantity });
            continue;
        }
        let mut wanted = line.quantity;
        for (stock, items) in line.stock.warehouses.iter().zip(&mut from) {
            let taken = wanted.min(stock.available);
            if taken > 0 {
                items.push((at, taken));
                wanted -= taken;
            }
        }
        if wanted > 0 {
            pick.push(Change::Backorder { line: at, quantity: wanted });
            late.push((at, wanted));
        }
    }
    steps.push(Step { at: confirmed, changes: confirm });
    if !pick.is_empty() {
        steps.push(Step { at: picked, changes: pick });
    }

    let mut shipments = Vec::new();
    for (at, items) in from.into_iter().enumerate().filter(|(_, items)| !items.is_empty()) {
        let warehouse = &WAREHOUSES[at];
        let hours = i64::from(warehouse.lead_time_days) * 6 + below(chance, &[3, at as u64], 5) as i64;
        let shipped = picked + TimeDelta::minutes(hours * 60 + at as i64);
        shipments.push(shipment(draw(chance, &[4, at as u64]), warehouse, items, delivery, shipped));
    }
    if !late.is_empty() {
        // After all others, so that the order waits for it.
        let others = shipments.iter().map(|shipment: &Shipment| shipment.shipped_at).max().unwrap_or(picked);
        let arrived = stock::next_delivery(draw(chance, &[5]), others);
        let mut changes = Vec::new();
        let mut items = Vec::new();
        for (line, quantity) in late {
            let comes = quantity.min(lines.get(line).map_or(0, |line| stock::most(line.part)));
            if comes > 0 {
                changes.push(Change::Arrive { line, quantity: comes });
                items.push((line, comes));
            }
            if comes < quantity {
                changes.push(Change::Drop { line, quantity: quantity - comes });
            }
        }
        steps.push(Step { at: arrived, changes });
        if !items.is_empty() {
            let shipped = arrived + TimeDelta::hours(3);
            shipments.push(shipment(draw(chance, &[6]), &WAREHOUSES[0], items, delivery, shipped));
        }
    }
    for (at, shipment) in shipments.iter().enumerate() {
        steps.push(Step { at: shipment.shipped_at, changes: vec![Change::Ship { shipment: at }] });
    }
    if let Some(last) = shipments.iter().map(Shipment::delivered_at).max() {
        steps.push(Step { at: last, changes: vec![Change::Deliver] });
    }
    steps.sort_by_key(|step| std::cmp::Reverse(step.at));
    Plan { steps, shipments }
}

fn shipment(
    chance: u64,
    warehouse: &'static Warehouse,
    items: Vec<(usize, u32)>,
    delivery: Delivery,
    shipped_at: DateTime<Utc>,
) -> Shipment {
    let carrier = match delivery {
        Delivery::Pickup => &BRANCH,
        _ => &CARRIERS[below(chance, &[1], CARRIERS.len() as u64) as usize],
    };
    let number = below(chance, &[2], 10_u64.pow(carrier.digits));
    let tracking_number = format!("{}{number:0digits$}", carrier.prefix, digits = carrier.digits as usize);
    let hours = match delivery {
        Delivery::Express => 10 + below(chance, &[3], 10) as i64,
        Delivery::Pickup => 2 + below(chance, &[3], 4) as i64,
        Delivery::Standard => i64::from(warehouse.lead_time_days) * 20 + below(chance, &[3], 24) as i64,
    };
    let after = |minutes: i64| shipped_at + TimeDelta::minutes(minutes);
    let event = |minutes, status, location, description| Event { at: after(minutes), status, location, description };
    let city = warehouse.city;
    let events = vec![
        event(-60, "LABEL_CREATED", city, "Consignment created, waiting for collection"),
        event(0, "PICKED_UP", city, "Collected from the warehouse"),
        event(hours * 20, "IN_TRANSIT", city, "Left the sorting facility"),
        event(hours * 60 - 75, "OUT_FOR_DELIVERY", "Local depot", "On board for delivery"),
        event(hours * 60, "DELIVERED", "Workshop", "Delivered, signed for at the counter"),
    ];
    Shipment {
        carrier,
        tracking_number,
        items,
        shipped_at,
        estimated_delivery: after(hours * 60 + below(chance, &[4], 600) as i64 - 200),
        events,
    }
}
