//! The index of words: which parts have them.

use std::collections::{BTreeMap, HashMap};

use super::{Part, VEHICLES};

pub struct Index {
    words: BTreeMap<String, Vec<u32>>,
    /// Skus without dashes.
    skus: HashMap<String, u32>,
    size: usize,
}

/// Most words of a query that are looked at.
const MAX_WORDS: usize = 12;

/// Lower-case letters and digits only.
fn compact(text: &str) -> String {
    text.chars().filter(|char| char.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// A text's words: each as a whole without its dashes, and each piece between dashes.
fn words(text: &str, mut take: impl FnMut(String)) {
    for word in text.split_whitespace() {
        let whole = compact(word);
        for piece in word.split(|char: char| !char.is_alphanumeric()).map(compact) {
            if !piece.is_empty() && piece != whole {
                take(piece);
            }
        }
        if !whole.is_empty() {
            take(whole);
        }
    }
}

impl Index {
    pub fn of(parts: &[Part]) -> Self {
        let vehicle_words: Vec<Vec<String>> = VEHICLES
            .iter()
            .map(|vehicle| {
                let mut all = Vec::new();
                for text in [vehicle.make, vehicle.model, vehicle.series, vehicle.engine] {
                    words(text, |word| all.push(word));
                }
                all
            })
            .collect();
        let mut found: HashMap<String, Vec<u32>> = HashMap::new();
        let mut skus = HashMap::with_capacity(parts.len());
        for part in parts {
            let mut add = |word: String| {
                let places = found.entry(word).or_default();
                if places.last() != Some(&part.index) {
                    places.push(part.index);
                }
            };
            for text in [&part.sku, &part.name, part.brand, part.category, &part.id] {
                words(text, &mut add);
            }
            for word in part.vehicles.iter().flat_map(|at| &vehicle_words[usize::from(*at)]) {
                add(word.clone());
            }
            skus.entry(compact(&part.sku)).or_insert(part.index);
        }
        Self { words: found.into_iter().collect(), skus, size: parts.len() }
    }

    /// Places of the parts, in the catalogue's order but for an exact sku.
    pub fn search(&self, query: &str) -> Vec<u32> {
        let wanted = query.split_whitespace().map(compact).filter(|word| !word.is_empty()).take(MAX_WORDS);
        let mut all: Option<Vec<bool>> = None;
        for word in wanted {
            let mut has = vec![false; self.size];
            for (_, places) in self.words.range(word.clone()..).take_while(|(other, _)| other.starts_with(&word)) {
                for at in places {
                    has[*at as usize] = true;
                }
            }
            match &mut all {
                Some(all) => all.iter_mut().zip(has).for_each(|(all, has)| *all &= has),
                None => all = Some(has),
            }
        }
        let exact = self.skus.get(&compact(query)).copied();
        let all = all.unwrap_or_default();
        let others = (0..).zip(all).filter(|(at, has)| *has && Some(*at) != exact).map(|(at, _)| at);
        exact.into_iter().chain(others).collect()
    }
}
