//! Reading JSON strictly: no key twice at any level, no U+0000, bounded in depth, in the length of keys and in
//! the number of values, and an error that names the exact field. The work grows as the input does, no faster.

use kernel::{ErrorCode, FieldCode};
mod explain;
mod parse;
mod path;
mod typed;

#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) use explain::explain;

use super::Problem;

/// Most levels of arrays and objects in each other.
pub const MAX_DEPTH: usize = 64;
/// Most bytes of a member's name.
pub const MAX_KEY_BYTES: usize = 256;
/// Most elements of arrays and members of objects in a whole body, however they are nested.
pub const MAX_VALUES: usize = 25_000;
/// Unknown fields and parameters are named together, but not more of them than this.
pub(super) const MAX_UNKNOWN: usize = 20;

/// Reads `T` from a JSON text.
///
/// # Errors
/// 400 MALFORMED_JSON for what is no UTF-8 or no JSON; 422 VALIDATION_FAILED naming the field for anything
/// that can be read but is wrong.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let text = std::str::from_utf8(bytes).map_err(|_| malformed("The body is not UTF-8."))?;
    // Before the parser, so that its own limit never speaks first.
    if deeper_than(text, MAX_DEPTH) {
        return Err(Problem::field(
            "",
            FieldCode::TooDeep,
            format!("must not be nested more than {MAX_DEPTH} levels deep"),
        ));
    }
    match parse::parse(text) {
        // Derived readers would also take an array for a struct, by position.
        Ok(value @ Value::Object(_)) => typed::typed(value).map_err(Problem::validation),
        Ok(_) => Err(Problem::field("", FieldCode::InvalidType, "must be an object")),
        Err(Some(flaw)) => Err(Problem::validation(vec![flaw])),
        Err(None) => Err(malformed("The body is not JSON.")),
    }
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(actix_web::http::StatusCode::BAD_REQUEST, ErrorCode::MalformedJson, detail)
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
