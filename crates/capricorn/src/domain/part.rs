use chrono::{DateTime, Utc};
use kernel::{FieldCode, FieldError, Money};

/// The supplier's number of a part: 1 to 100 visible characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartId(String);

impl PartId {
    /// The most characters.
    pub const MAX: usize = 100;

    /// Checks what a client sent in `field`.
    ///
    /// # Errors
    /// `INVALID` when it is empty, too long, or has a space or something that cannot be seen in it.
    pub fn parse_as(field: impl Into<std::borrow::Cow<'static, str>>, text: &str) -> Result<Self, FieldError> {
        let is_visible = |c: char| !c.is_whitespace() && !kernel::text::is_forbidden(c, false);
        if text.is_empty() || text.chars().count() > Self::MAX || !text.chars().all(is_visible) {
            let message = format!("must be 1 to {} visible characters", Self::MAX);
            return Err(FieldError::new(field, FieldCode::Invalid, message));
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for PartId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of the supplier's catalogue.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Part {
    pub id: PartId,
    pub sku: String,
    pub name: String,
    pub brand: String,
    pub description: Option<String>,
    pub category: Option<String>,
    /// For one, before GST.
    pub price: Money,
    pub available_stock: u32,
    /// How many are sold together, if the supplier says.
    pub pack_size: Option<u32>,
    /// Addresses of pictures.
    pub images: Vec<String>,
    /// Empty in answers to a search.
    pub fitments: Vec<Fitment>,
    /// The part that took its place.
    pub superseded_by: Option<PartId>,
    pub updated_at: Option<DateTime<Utc>>,
}

/// Vehicles that a part fits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Fitment {
    pub make: String,
    pub model: String,
    pub series: Option<String>,
    pub year_from: Option<u16>,
    /// `None` while it is still being built.
    pub year_to: Option<u16>,
    pub engine: Option<String>,
}

/// A part as the supplier's inventory lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct InventoryItem {
    pub id: PartId,
    pub sku: String,
    pub name: String,
    pub brand: String,
    pub category: Option<String>,
    /// For one, before GST.
    pub price: Money,
    pub available_stock: u32,
    pub updated_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("P-1", true)]
    #[case("..", true)]
    #[case("Ölfilter/7%", true)]
    #[case("", false)]
    #[case("a b", false)]
    #[case("a\u{200b}", false)]
    fn ids_are_visible_characters(#[case] text: &str, #[case] is_fine: bool) {
        assert_eq!(PartId::parse_as("id", text).is_ok(), is_fine);
        assert_eq!(PartId::parse_as("id", &text.repeat(101)).map_err(|error| error.code), Err(FieldCode::Invalid));
    }
}
