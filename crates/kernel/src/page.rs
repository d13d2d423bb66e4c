//! Pages of lists: what was asked for, what is answered, and the opaque cursor between them.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Which way a list runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A field of a documented set, and a direction. The id breaks ties, in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort<F> {
    /// The field.
    pub field: F,
    /// The direction.
    pub direction: Direction,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// So many rows in.
    Offset(u64),
    /// Right after the row that the cursor names.
    After(Cursor),
}

/// The page that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct PageRequest<F> {
    /// 1 to 500.
    pub limit: u64,
    /// Where it begins.
    pub start: Start,
    /// The order.
    pub sort: Sort<F>,
}

impl<F> PageRequest<F> {
    /// How many rows lie before this page.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match &self.start {
            Start::Offset(offset) => *offset,
            Start::After(cursor) => cursor.offset,
        }
    }
}

/// The last row of a page, so that the next can begin after it (keyset pagination: no row is skipped or
/// shown twice while others come and go, and page 10,000 costs what page 1 does).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// The last row's sort value, in a form the list's store understands.
    #[serde(rename = "v")]
    pub value: Value,
    /// The last row's id.
    #[serde(rename = "i")]
    pub id: Uuid,
    /// How many rows lie before the next page.
    #[serde(rename = "o")]
    pub offset: u64,
    /// Which list, filters and order it belongs to; see [`scope`].
    #[serde(rename = "s")]
    scope: String,
}

/// The cursor is broken, or of another list, filter or order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the nextCursor of an earlier answer of this list with the same filters and sort")]
pub struct BrokenCursor;

/// A short fingerprint of a list's name, filters and order, that ties a cursor to them.
#[must_use]
pub fn scope(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part.as_bytes());
    }
    BASE64_URL_SAFE_NO_PAD.encode(&hash.finalize()[..9])
}

impl Cursor {
    /// A cursor after the row with this sort value and id.
    #[must_use]
    pub fn new(scope: String, value: Value, id: Uuid, offset: u64) -> Self {
        Self { value, id, offset, scope }
    }

    /// The opaque text for the client.
    #[must_use]
    pub fn encode(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// Reads a client's text back.
    ///
    /// # Errors
    /// [`BrokenCursor`] when it is none of ours or belongs to another `scope`.
    pub fn decode(text: &str, scope: &str) -> Result<Self, BrokenCursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| BrokenCursor)?;
        let cursor: Self = serde_json::from_slice(&bytes).map_err(|_| BrokenCursor)?;
        if cursor.scope == scope { Ok(cursor) } else { Err(BrokenCursor) }
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Page<T> {
    /// The rows, at most `limit`.
    pub items: Vec<T>,
    /// How many rows the whole list has.
    pub total: u64,
    /// Sort value and id of the last row when there are more rows after it.
    pub next: Option<(Value, Uuid)>,
}

impl<T> Page<T> {
    /// Builds a page from up to `limit + 1` rows: the extra one only shows that there is more.
    pub fn from_overfetch(mut rows: Vec<T>, limit: u64, total: u64, key: impl Fn(&T) -> (Value, Uuid)) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, total, next }
    }

    /// The same page with its rows turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), total: self.total, next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let mine = scope(&["tenants", "-createdAt", ""]);
        let cursor = Cursor::new(mine.clone(), Value::from("2026-01-01"), Uuid::nil(), 50);
        assert_eq!(Cursor::decode(&cursor.encode(), &mine), Ok(cursor.clone()));
        assert_eq!(Cursor::decode(&cursor.encode(), &scope(&["tenants", "name", ""])), Err(BrokenCursor));
        assert_eq!(Cursor::decode("%%%", &mine), Err(BrokenCursor));
    }

    #[test]
    fn the_extra_row_only_tells_that_there_is_more() {
        let key = |n: &u64| (Value::from(*n), Uuid::nil());
        let page = Page::from_overfetch(vec![1, 2, 3], 2, 9, key);
        assert_eq!((page.items.as_slice(), page.next), (&[1, 2][..], Some((Value::from(2), Uuid::nil()))));
        assert_eq!(Page::from_overfetch(vec![1, 2], 2, 2, key).next, None);
    }
}
