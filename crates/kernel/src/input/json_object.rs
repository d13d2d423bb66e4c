use serde_json::{Map, Value};

use crate::{FieldCode, FieldError, text};

/// Deepest nesting of what clients may keep with us.
const MAX_DEPTH: usize = 5;
/// Most bytes of it as compact JSON.
const MAX_BYTES: usize = 16 * 1024;

/// A JSON object that a client wants to keep with us: at most 16 KiB, nested at most 5 deep.
///
/// # Errors
/// `INVALID`, `TOO_LONG`, `TOO_DEEP` or `FORBIDDEN_CHARACTER`.
pub fn json_object(field: &'static str, value: Value) -> Result<Map<String, Value>, FieldError> {
    let Value::Object(object) = value else {
        return Err(FieldError::new(field, FieldCode::Invalid, "must be a JSON object"));
    };
    let bytes = serde_json::to_vec(&object).map_or(usize::MAX, |json| json.len());
    if bytes > MAX_BYTES {
        return Err(FieldError::new(field, FieldCode::TooLong, format!("must be at most {MAX_BYTES} bytes of JSON")));
    }
    for (key, value) in &object {
        check(field, key, value, 1)?;
    }
    Ok(object)
}

fn check(field: &'static str, key: &str, value: &Value, depth: usize) -> Result<(), FieldError> {
    if depth > MAX_DEPTH {
        return Err(FieldError::new(field, FieldCode::TooDeep, format!("must be nested at most {MAX_DEPTH} deep")));
    }
    if has_forbidden(key) || value.as_str().is_some_and(has_forbidden) {
        let message = "must not contain control, invisible or text-direction characters";
        return Err(FieldError::new(field, FieldCode::ForbiddenCharacter, message));
    }
    match value {
        Value::Array(items) => items.iter().try_for_each(|item| check(field, "", item, depth + 1)),
        Value::Object(object) => object.iter().try_for_each(|(key, item)| check(field, key, item, depth + 1)),
        _ => Ok(()),
    }
}

fn has_forbidden(text: &str) -> bool {
    text.chars().any(|c| text::is_forbidden(c, true))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits() {
        assert!(json_object("metadata", json!({ "a": [{ "b": { "c": "d" } }] })).is_ok());
        let code = |value| json_object("metadata", value).expect_err("refused").code;
        assert_eq!(code(json!([])), "INVALID");
        assert_eq!(code(json!({ "a": "x".repeat(17_000) })), "TOO_LONG");
        assert_eq!(code(json!({ "a": [[[[[1]]]]] })), "TOO_DEEP");
        assert_eq!(code(json!({ "a": { "b\u{0}": 1 } })), "FORBIDDEN_CHARACTER");
        assert_eq!(code(json!({ "a": ["\u{202e}"] })), "FORBIDDEN_CHARACTER");
    }
}
