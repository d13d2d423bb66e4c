use serde::{Deserialize, Deserializer};

use crate::domain::PartId;

/// The most of a text that is kept.
const LONGEST: usize = 4_000;

/// A text without what cannot be seen, which neither a database nor a page should get; cut. `null` is the empty one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Text(pub(crate) String);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self(Option::<String>::deserialize(deserializer)?.map(|text| clean(&text, LONGEST)).unwrap_or_default()))
    }
}

impl Text {
    /// `None` of an empty one.
    pub(crate) fn optional(self) -> Option<String> {
        Some(self.0).filter(|text| !text.is_empty())
    }
}

/// The text on one line, without anything that cannot be seen, and at most `longest` characters.
pub(crate) fn clean(text: &str, longest: usize) -> String {
    let plain = text.chars().map(|c| if kernel::text::is_forbidden(c, false) { ' ' } else { c });
    plain.take(longest).collect::<String>().trim().to_owned()
}

/// A part's id, as a field.
pub(crate) fn part_id<'de, D: Deserializer<'de>>(deserializer: D) -> Result<PartId, D::Error> {
    let text = String::deserialize(deserializer)?;
    PartId::parse_as("productId", &text).map_err(|error| serde::de::Error::custom(error.message))
}
