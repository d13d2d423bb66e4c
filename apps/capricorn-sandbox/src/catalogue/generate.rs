//! The generator: for each kind of part all its combinations of range, vehicle and place, in a shuffled order.

use std::collections::{BTreeMap, HashMap};

use rand::{
    RngExt as _,
    distr::{Distribution as _, weighted::WeightedIndex},
    seq::SliceRandom as _,
};

use super::{
    Part,
    kinds::{self, Fits, Kind, Range},
    vehicles::VEHICLES,
};
use crate::chance::dice;

/// A kind's combination.
#[derive(Clone, Copy)]
struct Combination {
    range: usize,
    /// Of [`applications`], or of the variants.
    application: usize,
    place: usize,
}

pub fn parts(seed: u64, count: u32) -> Vec<Part> {
    let mut applications: HashMap<&str, Vec<Vec<u16>>> = HashMap::new();
    let kinds: Vec<&Kind> = kinds::all().collect();
    let mut combinations: Vec<Vec<Combination>> = Vec::with_capacity(kinds.len());
    for (at, kind) in kinds.iter().enumerate() {
        let fitting = applications_of(kind.fits);
        let applied = match kind.fits {
            Fits::Universal(variants) => variants.len(),
            _ => fitting.len(),
        };
        let mut all = Vec::with_capacity(kind.ranges.len() * applied * kind.places.len().max(1));
        for range in 0..kind.ranges.len() {
            for application in 0..applied {
                let places = 0..kind.places.len().max(1);
                all.extend(places.map(|place| Combination { range, application, place }));
            }
        }
        all.shuffle(&mut dice(seed, &[11, at as u64]));
        combinations.push(all);
        applications.insert(kind.name, fitting);
    }

    let mut numbers = BTreeMap::new();
    let mut turns = vec![0_usize; kinds.len()];
    let mut last = vec![None; kinds.len()];
    let mut parts = Vec::with_capacity(count as usize);
    let mut random = dice(seed, &[12]);
    // Kinds take turns, those with more combinations more often.
    let Ok(by_weight) = WeightedIndex::new(combinations.iter().map(Vec::len)) else { return parts };
    while parts.len() < count as usize {
        let at = by_weight.sample(&mut random);
        let kind = kinds[at];
        let turn = turns[at];
        turns[at] += 1;
        // Each 40th of a kind takes over from the one before.
        let succeeds = turn % 40 == 39;
        let combination = combinations[at][(turn - usize::from(succeeds)) % combinations[at].len()];
        let index = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        if let Some(old) = last[at].filter(|_| succeeds).and_then(|old: u32| parts.get_mut(old as usize)) {
            let old: &mut Part = old;
            old.superseded_by = Some(index);
        }
        last[at] = Some(index);
        let fitting = applications.get(kind.name).map_or(&[][..], Vec::as_slice);
        parts.push(part(kind, combination, fitting, index, &mut numbers, &mut random));
    }
    parts
}

/// Groups of vehicles that take the same part.
fn applications_of(fits: Fits) -> Vec<Vec<u16>> {
    let mut groups: Vec<Vec<u16>> = Vec::new();
    for (at, vehicle) in VEHICLES.iter().enumerate() {
        let takes = match fits {
            Fits::Chassis | Fits::Engine => true,
            Fits::Petrol => !vehicle.is_diesel(),
            Fits::Diesel => vehicle.is_diesel(),
            Fits::Universal(_) => false,
        };
        if !takes {
            continue;
        }
        let shares = |group: &&mut Vec<u16>| {
            let other = &VEHICLES[usize::from(group[0])];
            if fits == Fits::Chassis { vehicle.shares_chassis(other) } else { vehicle.engine == other.engine }
        };
        let at = u16::try_from(at).unwrap_or(u16::MAX);
        match groups.iter_mut().find(shares) {
            Some(group) => group.push(at),
            None => groups.push(vec![at]),
        }
    }
    groups
}

fn part(
    kind: &Kind,
    combination: Combination,
    applications: &[Vec<u16>],
    index: u32,
    numbers: &mut BTreeMap<&'static str, u32>,
    random: &mut impl rand::Rng,
) -> Part {
    let range = &kind.ranges[combination.range];
    let sku = sku(range, numbers, random);
    let vehicles = applications.get(combination.application).cloned().unwrap_or_default();
    let place = kind.places.get(combination.place).copied().unwrap_or_default();
    let variant = match kind.fits {
        Fits::Universal(variants) => variants.get(combination.application).copied().unwrap_or_default(),
        _ => "",
    };
    let vehicle = vehicles.first().map(|at| &VEHICLES[usize::from(*at)]);
    let words = [range.brand, range.grade, kind.name, place, variant];
    let mut name = words.into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    if let Some(vehicle) = vehicle {
        name = format!("{name} {} {} {}", vehicle.make, vehicle.model, vehicle.series);
    }
    let (low, high) = kind.price;
    let ending = [0, 5, 45, 50, 90, 95, 99][random.random_range(0..7)];
    // Most are nearer to the lower end.
    let share = random.random_range(0..1000_i64) * random.random_range(0..1000_i64);
    let price_cents = (low + (high - low) * share / 1_000_000) * 100 + ending;
    let description = match vehicle {
        Some(vehicle) => format!(
            "{} {} for {} {} {} ({}). Made to the original's measures; sold in packs of {}.",
            range.brand, kind.name, vehicle.make, vehicle.model, vehicle.series, vehicle.engine, kind.pack_size
        ),
        None => format!("{} {} {variant}. Sold in packs of {}.", range.brand, kind.name, kind.pack_size),
    };
    Part {
        index,
        id: id(index, &sku),
        sku,
        name,
        brand: range.brand,
        category: kind.category,
        description,
        price_cents,
        pack_size: kind.pack_size,
        is_sold_in_packs: kind.is_sold_in_packs(),
        superseded_by: None,
        shelf: kind.shelf / 2 + random.random_range(0..=kind.shelf),
        vehicles,
    }
}

/// Each brand's range counts on by itself, so that no number comes twice.
fn sku(range: &Range, numbers: &mut BTreeMap<&'static str, u32>, random: &mut impl rand::Rng) -> String {
    let first = 10_u32.pow(u32::try_from(range.digits).unwrap_or(4).saturating_sub(1));
    // Ranges with the same beginning share the count, as those of one brand do.
    let number = numbers.entry(range.prefix).or_insert(first);
    *number += random.random_range(1..=3_u32);
    let dash = if range.suffix.is_empty() { "" } else { "-" };
    format!("{}{}{dash}{}", range.prefix, number, range.suffix)
}

/// One in 64 has an id of the old system, of which any visible character can be a part.
fn id(index: u32, sku: &str) -> String {
    const ODD: [&str; 8] = ["/", "+", "%", "#", "?", "&", ";", "~"];
    if index % 64 == 63 {
        let odd = ODD[(index as usize / 64) % ODD.len()];
        return format!("NLA{odd}{sku}");
    }
    format!("CAP-{:06}", 100_000 + index)
}
