use std::{
    cell::{Cell, RefCell},
    fmt,
};

use kernel::{FieldCode, FieldError};
use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::{MAX_KEY_BYTES, MAX_VALUES, path::Path};

/// Text to value. `Err(None)` is no JSON, `Err(Some(_))` JSON with a flaw.
pub(super) fn parse(text: &str) -> Result<Value, Option<FieldError>> {
    let reading = Reading { flaw: RefCell::new(None), left: Cell::new(MAX_VALUES) };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { path: Path::Root, reading: &reading }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match (value, reading.flaw.into_inner()) {
        (Ok(value), None) => Ok(value),
        (_, flaw) => Err(flaw),
    }
}

/// What holds for a whole body.
struct Reading {
    flaw: RefCell<Option<FieldError>>,
    /// How many more values there may be.
    left: Cell<usize>,
}

impl Reading {
    fn stop<E: serde::de::Error>(&self, path: Path<'_>, code: FieldCode, message: impl Into<String>) -> E {
        *self.flaw.borrow_mut() = Some(FieldError::new(path.to_string(), code, message));
        E::custom(code.as_str())
    }

    fn count<E: serde::de::Error>(&self, path: Path<'_>) -> Result<(), E> {
        let Some(left) = self.left.get().checked_sub(1) else {
            let message = format!("holds too much: a body has at most {MAX_VALUES} elements and members in all");
            return Err(self.stop(path, FieldCode::TooLong, message));
        };
        self.left.set(left);
        Ok(())
    }
}

/// Builds a [`Value`], and stops with a flaw at a repeated or overlong key, at U+0000, and at too many values.
#[derive(Clone, Copy)]
struct Strict<'a> {
    path: Path<'a>,
    reading: &'a Reading,
}

impl Strict<'_> {
    /// A key of this object: short enough, and without U+0000.
    fn check_key<E: serde::de::Error>(&self, key: &str) -> Result<(), E> {
        if key.len() > MAX_KEY_BYTES {
            let message = format!("must not have a name of more than {MAX_KEY_BYTES} bytes in it");
            return Err(self.reading.stop(self.path, FieldCode::TooLong, message));
        }
        if key.contains('\0') {
            let shown = key.replace('\0', "\u{fffd}");
            let path = Path::Member(&self.path, &shown);
            return Err(self.reading.stop(path, FieldCode::ForbiddenCharacter, "must not contain U+0000"));
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        if value.contains('\0') {
            return Err(self.reading.stop(self.path, FieldCode::ForbiddenCharacter, "must not contain U+0000"));
        }
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let path = Path::Element(&self.path, items.len());
            let Some(item) = access.next_element_seed(Strict { path, ..self })? else {
                return Ok(Value::Array(items));
            };
            self.reading.count(self.path)?;
            items.push(item);
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            self.reading.count(self.path)?;
            self.check_key(&key)?;
            let path = Path::Member(&self.path, &key);
            if map.contains_key(&key) {
                return Err(self.reading.stop(path, FieldCode::Duplicate, "must be given only once"));
            }
            let value = access.next_value_seed(Strict { path, ..self })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}
