//! Kinds of parts, the brands that make them, and how those number theirs.

mod chassis;
mod engine;
mod universal;

/// What a kind of part depends on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fits {
    /// Make, model and series.
    Chassis,
    /// The engine, wherever it is built in.
    Engine,
    /// The engine, of petrol ones.
    Petrol,
    /// The engine, of diesels.
    Diesel,
    /// Nothing: these are the variants.
    Universal(&'static [&'static str]),
}

/// A brand's range of a kind.
#[derive(Debug, Clone, Copy)]
pub struct Range {
    pub brand: &'static str,
    pub prefix: &'static str,
    pub digits: usize,
    pub suffix: &'static str,
    pub grade: &'static str,
}

pub struct Kind {
    pub name: &'static str,
    pub category: &'static str,
    pub fits: Fits,
    /// From and to, in dollars.
    pub price: (i64, i64),
    pub pack_size: u32,
    /// What the largest warehouse keeps of it.
    pub shelf: u32,
    pub places: &'static [&'static str],
    pub ranges: &'static [Range],
}

impl Kind {
    /// Only whole packs are sold.
    pub fn is_sold_in_packs(&self) -> bool {
        self.category == "Consumables"
    }
}

const fn range(
    brand: &'static str,
    prefix: &'static str,
    digits: usize,
    suffix: &'static str,
    grade: &'static str,
) -> Range {
    Range { brand, prefix, digits, suffix, grade }
}

/// All kinds, always in the same order.
pub fn all() -> impl Iterator<Item = &'static Kind> {
    [chassis::KINDS, engine::KINDS, universal::KINDS].into_iter().flatten()
}
