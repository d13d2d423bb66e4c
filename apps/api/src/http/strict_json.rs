//! Reading JSON strictly: no key twice at any level, no U+0000, at most 64 levels, and an error that
//! names the exact field.

use std::{borrow::Cow, cell::RefCell, fmt};

use kernel::FieldError;
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Problem;

/// Most levels of arrays and objects in each other.
pub const MAX_DEPTH: usize = 64;

/// Unknown fields are named together, but not more of them than this.
const MAX_UNKNOWN: usize = 20;

/// Reads `T` from a JSON text.
///
/// # Errors
/// 400 MALFORMED_JSON for what is no UTF-8 or no JSON; 422 VALIDATION_FAILED naming the field for anything
/// that can be read but is wrong.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8."))?;
    // Before the parser, so that its own limit never speaks first.
    if deeper_than(text, MAX_DEPTH) {
        return Err(Problem::field("", "TOO_DEEP", format!("must not be nested more than {MAX_DEPTH} levels deep")));
    }
    match parse(text)? {
        // Derived readers would also take an array for a struct, by position.
        value @ Value::Object(_) => typed(value),
        _ => Err(Problem::field("", "INVALID_TYPE", "must be an object")),
    }
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(actix_web::http::StatusCode::BAD_REQUEST, "MALFORMED_JSON", detail)
}

/// Whether brackets outside of strings open more than `limit` levels; linear, without recursion.
fn deeper_than(text: &str, limit: usize) -> bool {
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

fn parse(text: &str) -> Result<Value, Problem> {
    let flaw = RefCell::new(None);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = Strict { path: String::new(), flaw: &flaw }
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value));
    match (value, flaw.into_inner()) {
        (_, Some(flaw)) => Err(Problem::validation(vec![flaw])),
        (Ok(value), None) => Ok(value),
        (Err(_), None) => Err(malformed("The body is not JSON.")),
    }
}

/// Builds a [`Value`], and stops with a flaw at a repeated key or U+0000.
struct Strict<'a> {
    path: String,
    flaw: &'a RefCell<Option<FieldError>>,
}

impl Strict<'_> {
    fn stop<E: serde::de::Error>(&self, path: String, code: &'static str, message: &'static str) -> E {
        *self.flaw.borrow_mut() = Some(FieldError::new(path, code, message));
        E::custom(message)
    }

    fn check_text<E: serde::de::Error>(&self, path: &str, text: &str) -> Result<(), E> {
        if text.contains('\0') {
            return Err(self.stop(path.to_owned(), "FORBIDDEN_CHARACTER", "must not contain U+0000"));
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
        self.check_text(&self.path, value)?;
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        loop {
            let path = format!("{}[{}]", self.path, items.len());
            match access.next_element_seed(Strict { path, flaw: self.flaw })? {
                Some(item) => items.push(item),
                None => return Ok(Value::Array(items)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let path = join(&self.path, &key);
            self.check_text::<A::Error>(&path.replace('\0', "\u{fffd}"), &key)?;
            if map.contains_key(&key) {
                return Err(self.stop(path, "DUPLICATE", "must be given only once"));
            }
            let value = access.next_value_seed(Strict { path, flaw: self.flaw })?;
            map.insert(key, value);
        }
        Ok(Value::Object(map))
    }
}

fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") }
}

/// Turns a value into `T`; unknown fields are collected, so that one answer names them all.
pub(super) fn typed<T: DeserializeOwned>(mut value: Value) -> Result<T, Problem> {
    let mut errors = Vec::new();
    loop {
        let error = match serde_path_to_error::deserialize::<_, T>(value.clone()) {
            Ok(typed) if errors.is_empty() => return Ok(typed),
            Ok(_) => return Err(Problem::validation(errors)),
            Err(error) => error,
        };
        let path = error.path().to_string();
        let path = if path == "." { String::new() } else { path };
        let found = explain(path, &error.into_inner().to_string());
        let retry = found.code == "UNKNOWN_FIELD" && errors.len() < MAX_UNKNOWN && remove(&mut value, &found.field);
        errors.push(found);
        if !retry {
            return Err(Problem::validation(errors));
        }
    }
}

/// Removes the value at a path as [`join`] and the array index build it.
fn remove(value: &mut Value, path: &str) -> bool {
    let (parent, key) = path.rsplit_once('.').unwrap_or(("", path));
    let pointer = parent.replace('[', ".").replace(']', "");
    let mut place = value;
    for part in pointer.split('.').filter(|part| !part.is_empty()) {
        let next = match place {
            Value::Object(map) => map.get_mut(part),
            Value::Array(items) => part.parse::<usize>().ok().and_then(|index| items.get_mut(index)),
            _ => None,
        };
        let Some(next) = next else { return false };
        place = next;
    }
    place.as_object_mut().is_some_and(|map| map.remove(key).is_some())
}

/// Serde's message in our codes and words; values that the client sent are not repeated.
pub(super) fn explain(path: String, message: &str) -> FieldError {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let at = |name: &str| if path.rsplit('.').next() == Some(name) { path.clone() } else { join(&path, name) };
    if message.starts_with("missing field") {
        return FieldError::new(join(&path, quoted), "REQUIRED", "is required");
    }
    if message.starts_with("unknown field") {
        return FieldError::new(at(quoted), "UNKNOWN_FIELD", "is not known here");
    }
    if message.starts_with("duplicate field") {
        return FieldError::new(at(quoted), "DUPLICATE", "must be given only once");
    }
    let (code, text): (&'static str, Cow<'_, str>) = if message.starts_with("unknown variant") {
        ("INVALID", format!("must be {}", expected.replace('`', "")).into())
    } else if message.starts_with("invalid type") {
        ("INVALID_TYPE", format!("must be {}", in_plain_words(expected)).into())
    } else if message.starts_with("invalid value") || message.starts_with("invalid length") {
        ("INVALID", format!("must be {}", in_plain_words(expected)).into())
    } else {
        ("INVALID", message.into())
    };
    FieldError::new(path, code, text)
}

fn in_plain_words(expected: &str) -> &str {
    match expected {
        "i8" | "i16" | "i32" | "i64" => "a whole number",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "f32" | "f64" => "a number",
        "a sequence" => "an array",
        "a map" => "an object",
        text if text.starts_with("struct ") => "an object",
        text if text.starts_with("enum ") || text.starts_with("variant ") => "one of the documented values",
        text if text.contains("UUID") => "a UUID",
        text if text.contains("date and time") => "a time such as 2026-01-31T09:30:00Z",
        text => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Body {
        #[allow(dead_code)]
        first_name: String,
        #[allow(dead_code)]
        owners: Option<Vec<Owner>>,
        #[allow(dead_code)]
        metadata: Option<Value>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Owner {
        #[allow(dead_code)]
        age: u32,
    }

    fn errors(text: &str) -> Vec<(String, String)> {
        let problem = read::<Body>(text.as_bytes()).expect_err(text);
        problem.errors().iter().map(|e| (e.field.to_string(), e.code.to_string())).collect()
    }

    fn one(field: &str, code: &str) -> Vec<(String, String)> {
        vec![(field.to_owned(), code.to_owned())]
    }

    #[test]
    fn names_the_exact_field() {
        assert_eq!(errors("{}"), one("firstName", "REQUIRED"));
        assert_eq!(errors(r#"{"firstName":1}"#), one("firstName", "INVALID_TYPE"));
        assert_eq!(errors(r#"{"firstName":"a","owners":[{"age":1},{"age":-1}]}"#), one("owners[1].age", "INVALID"));
        assert_eq!(errors(r#"{"firstName":"a","owners":[{}]}"#), one("owners[0].age", "REQUIRED"));
        assert_eq!(errors(r#"{"firstName":"a","firstName":"b"}"#), one("firstName", "DUPLICATE"));
        assert_eq!(errors(r#"{"firstName":"a","metadata":{"x":{"y":1,"y":2}}}"#), one("metadata.x.y", "DUPLICATE"));
        assert_eq!(errors(r#"{"firstName":"a\u0000"}"#), one("firstName", "FORBIDDEN_CHARACTER"));
        assert_eq!(errors("[]"), one("", "INVALID_TYPE"));
    }

    #[test]
    fn names_all_unknown_fields_and_what_is_missing_besides() {
        let mut expected = one("a", "UNKNOWN_FIELD");
        expected.extend(one("owners[0].b", "UNKNOWN_FIELD"));
        expected.extend(one("firstName", "REQUIRED"));
        assert_eq!(errors(r#"{"a":1,"owners":[{"age":1,"b":2}]}"#), expected);
    }

    #[test]
    fn depth_is_bounded_without_recursion() {
        let deep = format!("{{\"firstName\":\"a\",\"metadata\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(errors(&deep), one("", "TOO_DEEP"));
        let fine = format!("{{\"firstName\":\"[[[[{{\\\"\",\"metadata\":{}{}}}", "[".repeat(60), "]".repeat(60));
        assert!(read::<Body>(fine.as_bytes()).is_ok());
    }

    #[test]
    fn what_cannot_be_read_is_malformed() {
        for text in [&b"{"[..], b"", b"{}x", b"\xff", br#"{"firstName":"\ud800"}"#, b"{\"firstName\":\"a\x01\"}"] {
            assert_eq!(read::<Body>(text).expect_err("malformed").code(), "MALFORMED_JSON");
        }
    }
}
