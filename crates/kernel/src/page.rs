//! Pages of lists: what was asked for, what is answered, and the opaque cursor between them.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::moment;

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
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Sort<F> {
    pub field: F,
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
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct PageRequest<F> {
    /// 1 to 500.
    pub limit: u64,
    pub start: Start,
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

/// The type of what a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyType {
    /// A time.
    Time,
    /// A text.
    Text,
    /// A whole number.
    Number,
    /// A time, then a text.
    TimeText,
}

/// The sort value of a row that a page begins after.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// [`KeyType::Time`]
    Time(DateTime<Utc>),
    /// [`KeyType::Text`]
    Text(String),
    /// [`KeyType::Number`]
    Number(i64),
    /// [`KeyType::TimeText`]
    TimeText(DateTime<Utc>, String),
}

impl Key {
    /// How a cursor carries it.
    fn to_value(&self) -> Value {
        let time = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Micros, true);
        match self {
            Self::Time(at) => time(at).into(),
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::TimeText(at, text) => vec![time(at), text.clone()].into(),
        }
    }

    /// Reads what a client sent; `None` when it is of another type, or nothing that a database could hold.
    fn read(key_type: KeyType, value: &Value) -> Option<Self> {
        let time = |value: &Value| moment::of_cursor(value.as_str()?);
        // PostgreSQL has no text with U+0000 in it.
        let text = |value: &Value| value.as_str().filter(|text| !text.contains('\0')).map(str::to_owned);
        match key_type {
            KeyType::Time => time(value).map(Self::Time),
            KeyType::Text => text(value).map(Self::Text),
            KeyType::Number => value.as_i64().map(Self::Number),
            KeyType::TimeText => match value.as_array()?.as_slice() {
                [at, rest] => Some(Self::TimeText(time(at)?, text(rest)?)),
                _ => None,
            },
        }
    }
}

/// The last row of a page, so that the next can begin after it (keyset pagination: no row is skipped or
/// shown twice while others come and go, and page 10,000 costs what page 1 does).
#[derive(Debug, Clone, PartialEq)]
pub struct Cursor {
    /// The last row's sort value.
    pub key: Key,
    /// The last row's id.
    pub id: Uuid,
    /// How many rows lie before the next page.
    pub offset: u64,
    /// Which list, filters and order it belongs to; see [`scope`].
    scope: String,
}

/// A cursor as it travels, in base64.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    v: Value,
    i: Uuid,
    o: u64,
    s: String,
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
    pub fn new(scope: String, key: Key, id: Uuid, offset: u64) -> Self {
        Self { key, id, offset, scope }
    }

    /// The opaque text for the client.
    #[must_use]
    pub fn encode(&self) -> String {
        let wire = Wire { v: self.key.to_value(), i: self.id, o: self.offset, s: self.scope.clone() };
        BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).unwrap_or_default())
    }

    /// Reads a client's text back. Whoever takes a cursor apart can put anything in it: the value must be of the order's
    /// type, and the offset one that databases can count to.
    ///
    /// # Errors
    /// [`BrokenCursor`] when it is none of ours or belongs to another `scope`.
    pub fn decode(text: &str, scope: &str, key_type: KeyType) -> Result<Self, BrokenCursor> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| BrokenCursor)?;
        let Wire { v, i, o, s } = serde_json::from_slice(&bytes).map_err(|_| BrokenCursor)?;
        let key = Key::read(key_type, &v).ok_or(BrokenCursor)?;
        if s != scope || i64::try_from(o).is_err() {
            return Err(BrokenCursor);
        }
        Ok(Self { key, id: i, offset: o, scope: s })
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
    pub next: Option<(Key, Uuid)>,
}

impl<T> Page<T> {
    /// Builds a page from up to `limit + 1` rows: the extra one only shows that there is more.
    pub fn from_overfetch(mut rows: Vec<T>, limit: u64, total: u64, key: impl Fn(&T) -> (Key, Uuid)) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = if more { rows.last().map(key) } else { None };
        Self { items: rows, total, next }
    }

    /// A page of a list that is there as a whole because it has a bound of its own; in any order.
    pub fn cut<F>(mut all: Vec<T>, request: &PageRequest<F>, key: impl Fn(&T) -> (Key, Uuid)) -> Self {
        let total = u64::try_from(all.len()).unwrap_or(u64::MAX);
        all.sort_by_cached_key(&key);
        if request.sort.direction == Direction::Descending {
            all.reverse();
        }
        let rows = match &request.start {
            Start::Offset(offset) => all.into_iter().skip(usize::try_from(*offset).unwrap_or(usize::MAX)).collect(),
            Start::After(cursor) => {
                let last = (cursor.key.clone(), cursor.id);
                let is_beyond = |row: &T| match request.sort.direction {
                    Direction::Ascending => key(row) > last,
                    Direction::Descending => key(row) < last,
                };
                all.into_iter().filter(is_beyond).collect()
            }
        };
        Self::from_overfetch(rows, request.limit, total, key)
    }

    /// The same page with its rows turned into something else.
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(f).collect(), total: self.total, next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_cursor_belongs_to_its_list() {
        let mine = scope(&["tenants", "-createdAt", ""]);
        let key = Key::Time("2026-01-15T10:00:00.000001Z".parse().expect("a time"));
        let cursor = Cursor::new(mine.clone(), key, Uuid::nil(), 50);
        let text = cursor.encode();
        assert_eq!(Cursor::decode(&text, &mine, KeyType::Time), Ok(cursor));
        assert_eq!(Cursor::decode(&text, &scope(&["tenants", "name", ""]), KeyType::Time), Err(BrokenCursor));
        assert_eq!(Cursor::decode("%%%", &mine, KeyType::Time), Err(BrokenCursor));
    }

    #[test]
    fn a_cursor_holds_a_value_of_its_orders_type() {
        let types = [KeyType::Time, KeyType::Text, KeyType::Number, KeyType::TimeText];
        let fits = |value: Value| {
            let wire = Wire { v: value, i: Uuid::nil(), o: 1, s: "s".to_owned() };
            let text = BASE64_URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).expect("JSON"));
            types.into_iter().filter(|of| Cursor::decode(&text, "s", *of).is_ok()).collect::<Vec<_>>()
        };
        assert_eq!(fits(json!("2026-01-15T10:00:00Z")), [KeyType::Time, KeyType::Text]);
        assert_eq!(fits(json!("Ada")), [KeyType::Text]);
        assert_eq!(fits(json!(i64::MIN)), [KeyType::Number]);
        assert_eq!(fits(json!(["2026-01-15T10:00:00Z", "USERS"])), [KeyType::TimeText]);
        for time in ["0000-01-01T00:00:00Z", "+10000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "-5000-01-01T00:00:00Z"]
        {
            assert_eq!(fits(json!(time)), [KeyType::Text], "{time}");
            assert_eq!(fits(json!([time, "USERS"])), [], "{time}");
        }
        for never in
            [json!(null), json!(true), json!(1.5), json!(u64::MAX), json!("a\0"), json!([]), json!({}), json!([1, 2])]
        {
            assert_eq!(fits(never.clone()), [], "{never}");
        }
    }

    #[test]
    fn keys_come_back_as_they_were() {
        let time = "2026-01-15T10:00:00.000001Z".parse().expect("a time");
        let all = [
            (KeyType::Time, Key::Time(time)),
            (KeyType::Text, Key::Text("Ölwanne".to_owned())),
            (KeyType::Number, Key::Number(-3)),
            (KeyType::TimeText, Key::TimeText(time, "USERS".to_owned())),
        ];
        for (key_type, key) in all {
            assert_eq!(Key::read(key_type, &key.to_value()), Some(key));
        }
    }

    #[test]
    fn an_offset_is_one_that_databases_can_count_to() {
        let cursor = |offset: u64| Cursor::new("s".to_owned(), Key::Number(1), Uuid::nil(), offset).encode();
        assert!(Cursor::decode(&cursor(u64::MAX / 2), "s", KeyType::Number).is_ok());
        assert_eq!(Cursor::decode(&cursor(u64::MAX / 2 + 1), "s", KeyType::Number), Err(BrokenCursor));
    }

    #[test]
    fn the_extra_row_only_tells_that_there_is_more() {
        let key = |n: &i64| (Key::Number(*n), Uuid::nil());
        let page = Page::from_overfetch(vec![1, 2, 3], 2, 9, key);
        assert_eq!((page.items.as_slice(), page.next), (&[1, 2][..], Some((Key::Number(2), Uuid::nil()))));
        assert_eq!(Page::from_overfetch(vec![1, 2], 2, 2, key).next, None);
    }

    #[test]
    fn a_short_list_is_cut_as_a_database_would() {
        let key = |n: &i64| (Key::Number(*n), Uuid::nil());
        let page = |start, direction| {
            let request = PageRequest { limit: 2, start, sort: Sort { field: (), direction } };
            let page = Page::cut(vec![3, 1, 4, 2], &request, key);
            assert_eq!(page.total, 4);
            (page.items, page.next.is_some())
        };
        // The row that the cursor names has gone meanwhile.
        let after = |n| Start::After(Cursor::new(String::new(), Key::Number(n), Uuid::max(), 0));
        assert_eq!(page(Start::Offset(0), Direction::Ascending), (vec![1, 2], true));
        assert_eq!(page(Start::Offset(3), Direction::Ascending), (vec![4], false));
        assert_eq!(page(Start::Offset(u64::MAX), Direction::Ascending), (vec![], false));
        assert_eq!(page(Start::Offset(0), Direction::Descending), (vec![4, 3], true));
        assert_eq!(page(after(2), Direction::Ascending), (vec![3, 4], false));
        assert_eq!(page(after(0), Direction::Ascending), (vec![1, 2], true));
        assert_eq!(page(after(2), Direction::Descending), (vec![2, 1], false));
    }
}
