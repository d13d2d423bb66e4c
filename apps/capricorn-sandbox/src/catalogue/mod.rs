//! Parts: made by a generator from the seed, the same for the same seed and number.

mod generate;
mod kinds;
mod search;
mod vehicles;

use std::{collections::HashMap, sync::OnceLock};

pub use vehicles::{VEHICLES, Vehicle};

use search::Index;

/// The most parts that a catalogue has.
pub const MAX_PARTS: u32 = 200_000;

/// A part. Its price and stock depend on the time.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Part {
    /// Its place in the catalogue.
    pub index: u32,
    pub id: String,
    pub sku: String,
    pub name: String,
    pub brand: &'static str,
    pub category: &'static str,
    pub description: String,
    /// The list price that the changing one goes around, before GST.
    pub(crate) price_cents: i64,
    pub pack_size: u32,
    /// Other quantities than whole packs are refused.
    pub is_sold_in_packs: bool,
    /// The place of the part that has taken over. Nothing of this one comes in any more, so orders of it are rejected.
    pub superseded_by: Option<u32>,
    /// How much the largest warehouse keeps.
    pub(crate) shelf: u32,
    /// Places in [`VEHICLES`].
    pub(crate) vehicles: Vec<u16>,
}

impl Part {
    /// What it fits.
    pub fn fitments(&self) -> impl Iterator<Item = &'static Vehicle> {
        self.vehicles.iter().filter_map(|at| VEHICLES.get(usize::from(*at)))
    }
}

/// All parts.
pub struct Catalogue {
    parts: Vec<Part>,
    by_id: HashMap<String, u32>,
    /// Made for the first search.
    index: OnceLock<Index>,
}

impl Catalogue {
    /// Makes `count` parts (1 to [`MAX_PARTS`]).
    #[must_use]
    pub fn generate(seed: u64, count: u32) -> Self {
        let parts = generate::parts(seed, count.clamp(1, MAX_PARTS));
        let by_id = parts.iter().map(|part| (part.id.clone(), part.index)).collect();
        Self { parts, by_id, index: OnceLock::new() }
    }

    /// In the order of the inventory.
    #[must_use]
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// The part of an id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Part> {
        self.by_id.get(id).and_then(|at| self.at(*at))
    }

    /// The part at a place.
    #[must_use]
    pub fn at(&self, index: u32) -> Option<&Part> {
        self.parts.get(index as usize)
    }

    /// Parts that have all the words, each at the beginning of one of theirs (name, brand, category, sku with and without
    /// dashes, make, model, series), the part of exactly that sku first; and how many there are.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize, offset: usize) -> (Vec<&Part>, usize) {
        let found = self.index.get_or_init(|| Index::of(&self.parts)).search(query);
        let page = found.iter().skip(offset).take(limit).filter_map(|at| self.at(*at)).collect();
        (page, found.len())
    }
}
