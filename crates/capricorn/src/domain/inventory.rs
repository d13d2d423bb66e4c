use chrono::{DateTime, Utc};
use kernel::{FieldCode, FieldError, Money, input::Fields, page::KeyType, text};
use strum::{EnumString, IntoStaticStr, VariantArray};
use uuid::Uuid;

use super::PartId;

/// The most characters that can be searched for.
const MAX_SEARCH: usize = 200;

/// Words, each of which must begin a word of what is found. A number of a part is found with its dashes and without.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText(Vec<String>);

impl SearchText {
    /// Reads the parameter `search`.
    ///
    /// # Errors
    /// `TOO_LONG`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        if text.chars().count() > MAX_SEARCH {
            let message = format!("must be at most {MAX_SEARCH} characters");
            return Err(FieldError::new("search", FieldCode::TooLong, message));
        }
        Ok(Self::of(text))
    }

    /// The words of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(kernel::fold::words(text))
    }

    /// The words, of letters, digits and their marks only. None at all find nothing.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}

/// Which parts of the inventory to list; all conditions must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InventoryFilter {
    /// Only those in whose number, name, brand or category all words occur.
    pub search: Option<SearchText>,
    /// Only those of this brand, to the letter.
    pub brand: Option<String>,
    /// Only those of this category, to the letter.
    pub category: Option<String>,
    /// Only those of which there are any.
    pub in_stock: bool,
}

impl InventoryFilter {
    /// Checks the parameters `search`, `brand`, `category` and `inStock`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(
        search: Option<&str>,
        brand: Option<&str>,
        category: Option<&str>,
        in_stock: Option<bool>,
    ) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let search = fields.optional(search, SearchText::parse);
        let brand = fields.optional(brand, |brand| text::line("brand", brand, 200));
        let category = fields.optional(category, |category| text::line("category", category, 200));
        fields.finish(Some(Self { search, brand, category, in_stock: in_stock.unwrap_or_default() }))
    }

    /// The filter as texts, which a cursor is tied to.
    #[must_use]
    pub fn fingerprint(&self) -> Vec<String> {
        let words = self.search.as_ref().map(|search| search.words().join(" "));
        let parts = [words, self.brand.clone(), self.category.clone()];
        let told = parts.into_iter().map(|part| part.map_or_else(|| "-".to_owned(), |part| format!("={part}")));
        told.chain([self.in_stock.to_string()]).collect()
    }
}

/// What the inventory can be sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum InventorySort {
    /// The name, folded.
    Name,
}

impl InventorySort {
    /// Every field, with its name on the wire.
    pub const ALL: &'static [(&'static str, Self)] = &[("name", Self::Name)];

    /// The type of the field's values.
    #[must_use]
    pub fn key_type(self) -> KeyType {
        match self {
            Self::Name => KeyType::Text,
        }
    }
}

/// A part as it was when the inventory was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StockedPart {
    /// Ours.
    pub row_id: Uuid,
    pub id: PartId,
    pub sku: String,
    pub name: String,
    pub brand: String,
    pub category: Option<String>,
    /// For one, before GST; `None` for those who pay other prices.
    pub price: Option<Money>,
    pub available_stock: u32,
    /// When the supplier changed it.
    pub updated_at: Option<DateTime<Utc>>,
    /// What it is sorted by.
    pub sort_name: String,
}

/// How far a fetching of the whole inventory is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
pub enum SyncStatus {
    /// It runs, or waits for a node that takes it up.
    Running,
    /// All of it came.
    Ok,
    /// It did not.
    Failed,
}

/// A fetching of the whole inventory.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct SyncRun {
    pub id: Uuid,
    pub status: SyncStatus,
    /// Where the next page begins.
    pub cursor: Option<String>,
    /// How many parts have come so far.
    pub seen: u64,
    pub started_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    /// Why it failed.
    pub error: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_that_differ_have_other_fingerprints() {
        let filter = |search, brand, category, in_stock| {
            InventoryFilter::parse(search, brand, category, in_stock).expect("a filter").fingerprint()
        };
        let all = [
            filter(None, None, None, None),
            filter(Some("-"), None, None, None),
            filter(None, Some("-"), None, None),
            filter(None, None, Some("-"), None),
            filter(None, None, None, Some(true)),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{one:?}");
        }
        assert_eq!(all[0], filter(None, None, None, Some(false)));
    }

    #[test]
    fn every_wrong_parameter_is_named() {
        let long = "x".repeat(201);
        let wrong = InventoryFilter::parse(Some(&long), Some(""), Some("\0"), None).expect_err("wrong");
        assert_eq!(wrong.iter().map(|error| error.field.as_ref()).collect::<Vec<_>>(), ["search", "brand", "category"]);
    }
}
