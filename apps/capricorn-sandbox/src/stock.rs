//! Stock by warehouse: a saw-tooth per part and warehouse (sold one by one, filled up again), computed from seed and clock,
//! so that nothing needs to be kept. Orders do not lower it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    catalogue::Part,
    chance::{below, draw},
};

/// A warehouse of Capricorn's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Warehouse {
    pub code: &'static str,
    pub name: &'static str,
    pub city: &'static str,
    pub lead_time_days: u32,
    /// How much of a part it keeps, in percent of the largest.
    size: u64,
}

/// The nearest first, as orders take from them.
pub const WAREHOUSES: [Warehouse; 5] = [
    Warehouse { code: "SYD", name: "Sydney (Eastern Creek)", city: "Sydney NSW", lead_time_days: 1, size: 100 },
    Warehouse { code: "MEL", name: "Melbourne (Truganina)", city: "Melbourne VIC", lead_time_days: 1, size: 90 },
    Warehouse { code: "BNE", name: "Brisbane (Wacol)", city: "Brisbane QLD", lead_time_days: 2, size: 70 },
    Warehouse { code: "ADL", name: "Adelaide (Wingfield)", city: "Adelaide SA", lead_time_days: 3, size: 40 },
    Warehouse { code: "PER", name: "Perth (Welshpool)", city: "Perth WA", lead_time_days: 5, size: 50 },
];

/// What one warehouse has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct WarehouseStock {
    pub warehouse: &'static Warehouse,
    pub available: u32,
}

/// What all have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Stock {
    pub warehouses: [WarehouseStock; WAREHOUSES.len()],
    /// When any of it last changed.
    pub changed_at: DateTime<Utc>,
}

impl Stock {
    /// The sum.
    #[must_use]
    pub fn available(&self) -> u32 {
        self.warehouses.iter().map(|stock| stock.available).sum()
    }
}

const HOUR: i64 = 3_600;

/// A part's stock at a moment.
pub fn stock_at(seed: u64, part: &Part, now: DateTime<Utc>) -> Stock {
    let seconds = now.timestamp();
    let mut changed = i64::MIN;
    let warehouses = std::array::from_fn(|at| {
        let warehouse = &WAREHOUSES[at];
        let (available, since) = level(draw(seed, &[u64::from(part.index), at as u64]), warehouse, part, seconds);
        changed = changed.max(since);
        WarehouseStock { warehouse, available }
    });
    Stock { warehouses, changed_at: DateTime::from_timestamp(changed, 0).unwrap_or(now) }
}

/// The most that all warehouses together ever have.
pub fn most(part: &Part) -> u32 {
    let full = |warehouse: &Warehouse| u64::from(part.shelf) * warehouse.size / 100;
    u32::try_from(WAREHOUSES.iter().map(full).sum::<u64>()).unwrap_or(u32::MAX)
}

/// How much there is, and since when.
fn level(chance: u64, warehouse: &Warehouse, part: &Part, seconds: i64) -> (u32, i64) {
    let cycle = (72 + below(chance, &[1], 400) as i64) * HOUR;
    let phase = below(chance, &[2], cycle.unsigned_abs()) as i64;
    let begun = seconds - (seconds + phase).rem_euclid(cycle);
    let full = u64::from(part.shelf) * warehouse.size / 100;
    // One warehouse in six does not keep the part; of a superseded one nothing comes in any more.
    let keeps = below(chance, &[3], 6) != 0 && part.superseded_by.is_none();
    if !keeps || full == 0 {
        return (0, begun);
    }
    // Each cycle sells down to a rest of its own.
    let rest = below(chance, &[4, begun.unsigned_abs()], full / 4 + 1);
    let sold = full - rest;
    let step = cycle / i64::try_from(sold + 1).unwrap_or(i64::MAX).max(1);
    let steps = ((seconds - begun) / step.max(1)).min(i64::try_from(sold).unwrap_or(i64::MAX));
    let left = full.saturating_sub(steps.unsigned_abs());
    (u32::try_from(left).unwrap_or(u32::MAX), begun + steps * step)
}

/// Every 90 days a part is priced anew.
const PRICE_SPAN: i64 = 90 * 24 * HOUR;

/// A part's list price (of one piece) at a moment, and since when it is that.
pub fn price_at(seed: u64, part: &Part, now: DateTime<Utc>) -> (i64, DateTime<Utc>) {
    let place = u64::from(part.index);
    let phase = below(seed, &[place, 71], PRICE_SPAN.unsigned_abs()) as i64;
    let seconds = now.timestamp();
    let begun = seconds - (seconds + phase).rem_euclid(PRICE_SPAN);
    let percent = 97 + below(seed, &[place, 72, begun.unsigned_abs()], 10) as i64;
    let cents = (part.price_cents * percent + 50) / 100;
    (cents, DateTime::from_timestamp(begun, 0).unwrap_or(now))
}

/// What a piece costs when so many are bought: 4 % less from a full pack on (or 10 pieces), 8 % from five packs on (or 50).
pub fn unit_price(list_cents: i64, pack_size: u32, quantity: u32) -> i64 {
    let pack = if pack_size > 1 { pack_size } else { 10 };
    let percent = if quantity >= pack.saturating_mul(5) {
        92
    } else if quantity >= pack {
        96
    } else {
        100
    };
    ((list_cents * percent + 50) / 100).max(1)
}

/// The next moment at which stock came in for a backorder.
pub fn next_delivery(chance: u64, from: DateTime<Utc>) -> DateTime<Utc> {
    from + TimeDelta::hours(100 + below(chance, &[], 150) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_768_471_200 + hours * HOUR, 0).unwrap()
    }

    #[test]
    fn stock_moves_and_repeats() {
        let catalogue = Catalogue::generate(1, 300);
        let mut moved = 0;
        for part in catalogue.parts() {
            let stock = stock_at(1, part, at(0));
            assert_eq!(stock, stock_at(1, part, at(0)));
            assert!(stock.changed_at <= at(0) && stock.available() <= most(part));
            // Nothing has changed since it last changed.
            let before = stock_at(1, part, stock.changed_at);
            assert_eq!(before.available(), stock.available(), "{}", part.sku);
            moved += usize::from(stock_at(1, part, at(48)).available() != stock.available());
            if part.superseded_by.is_some() {
                assert_eq!(stock.available(), 0);
            }
        }
        assert!(moved > 200, "{moved}");
    }

    #[test]
    fn prices_change_by_the_quarter_and_fall_by_the_pack() {
        let catalogue = Catalogue::generate(1, 300);
        let changed = catalogue.parts().iter().filter(|part| {
            let (now, since) = price_at(1, part, at(0));
            assert_eq!(price_at(1, part, since).0, now);
            now != price_at(1, part, at(24 * 90)).0
        });
        assert!(changed.count() > 200);
        assert_eq!([1, 3, 4, 19, 20].map(|quantity| unit_price(1000, 4, quantity)), [1000, 1000, 960, 960, 920]);
        assert_eq!([1, 9, 10, 50].map(|quantity| unit_price(1000, 1, quantity)), [1000, 1000, 960, 920]);
        assert_eq!(unit_price(0, 1, 1), 1);
    }
}
