//! From a value to a DTO in one pass that collects the fields which the DTO does not know, so that one answer names
//! them all.

use std::cell::RefCell;

use kernel::{FieldCode, FieldError};
use serde::{
    de::{DeserializeOwned, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};
use serde_json::{Error, Map, Value};

use super::{MAX_UNKNOWN, explain, path::Path};

/// Turns a value into `T`.
///
/// # Errors
/// The unknown fields, and the first other thing that is wrong.
pub(super) fn typed<T: DeserializeOwned>(value: Value) -> Result<T, Vec<FieldError>> {
    let notes = RefCell::new(Notes::default());
    let outcome = T::deserialize(Typed { value, path: Path::Root, notes: &notes });
    let Notes { mut unknown, failed_at } = notes.into_inner();
    match outcome {
        Ok(typed) if unknown.is_empty() => return Ok(typed),
        Ok(_) => {}
        Err(error) => unknown.push(explain(failed_at.unwrap_or_default(), &error.to_string())),
    }
    Err(unknown)
}

/// What is found on the way.
#[derive(Default)]
struct Notes {
    unknown: Vec<FieldError>,
    /// The innermost place that failed.
    failed_at: Option<String>,
}

struct Typed<'a> {
    value: Value,
    path: Path<'a>,
    notes: &'a RefCell<Notes>,
}

impl Typed<'_> {
    /// Takes out what the DTO does not know.
    fn drop_unknown(&self, map: &mut Map<String, Value>, known: &[&str]) {
        let mut notes = self.notes.borrow_mut();
        map.retain(|key, _| {
            let is_known = known.contains(&key.as_str());
            if !is_known && notes.unknown.len() < MAX_UNKNOWN {
                let path = Path::Member(&self.path, key).to_string();
                notes.unknown.push(FieldError::new(path, FieldCode::UnknownField, "is not known here"));
            }
            is_known
        });
    }
}

/// Remembers the place of the first failure; the places around it fail later.
fn noting<T>(notes: &RefCell<Notes>, path: Path<'_>, outcome: Result<T, Error>) -> Result<T, Error> {
    if outcome.is_err() {
        notes.borrow_mut().failed_at.get_or_insert_with(|| path.to_string());
    }
    outcome
}

impl<'de> Deserializer<'de> for Typed<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let Self { value, path, notes } = self;
        let outcome = match value {
            Value::Array(items) => {
                visitor.visit_seq(Elements { items: items.into_iter(), next: 0, path: &path, notes })
            }
            Value::Object(map) => {
                visitor.visit_map(Members { members: map.into_iter(), current: None, path: &path, notes })
            }
            scalar => scalar.deserialize_any(visitor),
        };
        noting(notes, path, outcome)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        mut self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        if let Value::Object(mut map) = std::mem::take(&mut self.value) {
            self.drop_unknown(&mut map, fields);
            self.value = Value::Object(map);
            return self.deserialize_any(visitor);
        }
        // Derived readers would also take an array for a struct, by position.
        let refused = Err(serde::de::Error::invalid_type(serde::de::Unexpected::Other("another type"), &"an object"));
        noting(self.notes, self.path, refused)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        noting(self.notes, self.path, self.value.deserialize_enum(name, variants, visitor))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map identifier ignored_any
    }
}

struct Elements<'a> {
    items: std::vec::IntoIter<Value>,
    next: usize,
    path: &'a Path<'a>,
    notes: &'a RefCell<Notes>,
}

impl<'de> SeqAccess<'de> for Elements<'_> {
    type Error = Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        let Some(value) = self.items.next() else { return Ok(None) };
        let path = Path::Element(self.path, self.next);
        self.next += 1;
        noting(self.notes, path, seed.deserialize(Typed { value, path, notes: self.notes })).map(Some)
    }
}

struct Members<'a> {
    members: serde_json::map::IntoIter,
    current: Option<(String, Value)>,
    path: &'a Path<'a>,
    notes: &'a RefCell<Notes>,
}

impl<'de> MapAccess<'de> for Members<'_> {
    type Error = Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Error> {
        self.current = self.members.next();
        let Some((key, _)) = &self.current else { return Ok(None) };
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Error> {
        let (key, value) = self.current.take().unwrap_or_default();
        let path = Path::Member(self.path, &key);
        noting(self.notes, path, seed.deserialize(Typed { value, path, notes: self.notes }))
    }
}
