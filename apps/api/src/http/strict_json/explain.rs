//! Serde's messages in our codes and words.

use std::borrow::Cow;

use kernel::{FieldCode, FieldError};

/// Serde's message in our codes and words; values that the client sent are not repeated.
pub(in crate::http) fn explain(path: String, message: &str) -> FieldError {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    let expected = message.rsplit_once("expected ").map_or("", |(_, expected)| expected);
    let at = |name: &str| if path.rsplit('.').next() == Some(name) { path.clone() } else { join(&path, name) };
    if message.starts_with("missing field") {
        return FieldError::new(join(&path, quoted), FieldCode::Required, "is required");
    }
    if message.starts_with("unknown field") {
        return FieldError::new(at(quoted), FieldCode::UnknownField, "is not known here");
    }
    if message.starts_with("duplicate field") {
        return FieldError::new(at(quoted), FieldCode::Duplicate, "must be given only once");
    }
    let (code, text): (FieldCode, Cow<'_, str>) = if message.starts_with("unknown variant") {
        (FieldCode::Invalid, format!("must be {}", expected.replace('`', "")).into())
    } else if message.starts_with("invalid type") {
        (FieldCode::InvalidType, format!("must be {}", in_plain_words(expected)).into())
    } else if message.starts_with("invalid value") || message.starts_with("invalid length") {
        (FieldCode::Invalid, format!("must be {}", in_plain_words(expected)).into())
    } else {
        (FieldCode::Invalid, message.into())
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

fn join(parent: &str, key: &str) -> String {
    if parent.is_empty() { key.to_owned() } else { format!("{parent}.{key}") }
}
