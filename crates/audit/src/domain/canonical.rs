//! One byte sequence per meaning, whatever a database or a tool did to the spelling in between.

use serde_json::Value;

/// Writes JSON with sorted keys and no spaces.
#[must_use]
pub fn json(value: &Value) -> String {
    let mut text = String::with_capacity(128);
    write_json(value, &mut text);
    text
}

fn write_json(value: &Value, out: &mut String) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for (position, item) in items.iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                write_json(item, out);
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| name.as_bytes());
            out.push('{');
            for (position, (name, field)) in fields.into_iter().enumerate() {
                if position > 0 {
                    out.push(',');
                }
                out.push_str(&Value::from(name.as_str()).to_string());
                out.push(':');
                write_json(field, out);
            }
            out.push('}');
        }
        scalar => out.push_str(&scalar.to_string()),
    }
}

/// A sequence of values, each with its length, so that no two sequences give the same bytes.
#[derive(Debug, Default)]
pub struct Encoder(Vec<u8>);

impl Encoder {
    /// Begins with the version of the encoding.
    #[must_use]
    pub fn new(version: u8) -> Self {
        let mut bytes = Vec::with_capacity(512);
        bytes.push(version);
        Self(bytes)
    }

    /// Adds a value.
    #[must_use]
    pub fn bytes(mut self, value: &[u8]) -> Self {
        self.0.push(1);
        self.0.extend_from_slice(&u64::try_from(value.len()).unwrap_or(u64::MAX).to_le_bytes());
        self.0.extend_from_slice(value);
        self
    }

    /// Adds a value or the lack of one; an empty value is not the lack of one.
    #[must_use]
    pub fn optional(mut self, value: Option<&[u8]>) -> Self {
        match value {
            Some(value) => self.bytes(value),
            None => {
                self.0.push(0);
                self
            }
        }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_does_not_depend_on_spelling() {
        let a: Value = serde_json::from_str(r#"{"b":[1,{"d":null,"c":"é"}],"a":true}"#).expect("json");
        let b: Value =
            serde_json::from_str("{ \"a\": true, \"b\": [1, {\"c\": \"\\u00e9\", \"d\": null}] }").expect("json");
        assert_eq!(json(&a), r#"{"a":true,"b":[1,{"c":"é","d":null}]}"#);
        assert_eq!(json(&a), json(&b));
    }

    #[test]
    fn values_do_not_run_into_each_other() {
        let encode = |a: Option<&[u8]>, b: Option<&[u8]>| Encoder::new(1).optional(a).optional(b).finish();
        assert_ne!(encode(Some(b"ab"), Some(b"c")), encode(Some(b"a"), Some(b"bc")));
        assert_ne!(encode(Some(b""), None), encode(None, Some(b"")));
    }
}
