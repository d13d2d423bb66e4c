use kernel::{EmailAddress, FieldCode, FieldError, input::json_object, text};
use serde_json::{Map, Value};

use super::{Phone, WebAddress};

/// A workshop's business details: a JSON object of at most 16 KiB. Well-known keys are checked and
/// normalised (`abn`, `acn`, `legalName`, `tradingName`, `phone`, `email`, `website`), others are kept as they
/// are; `null` leaves a key out.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct BusinessDetails(Map<String, Value>);

impl BusinessDetails {
    /// Parses the field `businessDetails`.
    ///
    /// # Errors
    /// `INVALID`, `TOO_LONG`, `TOO_DEEP` or `FORBIDDEN_CHARACTER`; `field` names the key (`businessDetails.abn`).
    pub fn parse(value: Value) -> Result<Self, FieldError> {
        let given = json_object("businessDetails", value)?;
        let mut kept = Map::with_capacity(given.len());
        for (key, value) in given {
            if !value.is_null() {
                let value = normalise(&key, value)?;
                kept.insert(key, value);
            }
        }
        Ok(Self(kept))
    }

    /// The object.
    #[must_use]
    pub fn as_object(&self) -> &Map<String, Value> {
        &self.0
    }

    pub(crate) fn trusted(object: Map<String, Value>) -> Self {
        Self(object)
    }
}

fn normalise(key: &str, value: Value) -> Result<Value, FieldError> {
    let checked: fn(&str) -> Result<String, FieldError> = match key {
        "abn" => |text| business_number("businessDetails.abn", text, 11, is_abn),
        "acn" => |text| business_number("businessDetails.acn", text, 9, is_acn),
        "legalName" => |text| text::line("businessDetails.legalName", text, 200),
        "tradingName" => |text| text::line("businessDetails.tradingName", text, 200),
        "phone" => |text| Phone::parse_as("businessDetails.phone", text).map(|phone| phone.as_str().to_owned()),
        "website" => |text| WebAddress::parse_as("businessDetails.website", text).map(|url| url.as_str().to_owned()),
        "email" => |text| EmailAddress::parse_as("businessDetails.email", text).map(String::from),
        _ => return Ok(value),
    };
    match value {
        Value::String(text) => checked(&text).map(Value::String),
        _ => Err(FieldError::new(format!("businessDetails.{key}"), FieldCode::Invalid, "must be a string")),
    }
}

/// The digits of a number that people write in groups.
fn business_number(
    field: &'static str,
    text: &str,
    length: usize,
    is_right: fn(&[u32]) -> bool,
) -> Result<String, FieldError> {
    let compact: String = text.chars().filter(|c| *c != ' ').collect();
    let digits: Vec<u32> = compact.chars().filter_map(|c| c.to_digit(10)).collect();
    if digits.len() == length && compact.len() == length && is_right(&digits) {
        Ok(compact)
    } else {
        let message = format!("must be {length} digits with the right check digits");
        Err(FieldError::new(field, FieldCode::Invalid, message))
    }
}

/// Australian Business Register: the first digit less one, weighted, divides by 89.
fn is_abn(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 11] = [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    digits.first().is_some_and(|first| *first > 0) && (sum - WEIGHTS[0]).is_multiple_of(89)
}

/// Australian Securities and Investments Commission: the last digit complements the weighted rest to ten.
fn is_acn(digits: &[u32]) -> bool {
    const WEIGHTS: [u32; 8] = [8, 7, 6, 5, 4, 3, 2, 1];
    let sum: u32 = digits.iter().zip(WEIGHTS).map(|(digit, weight)| digit * weight).sum();
    digits.last().is_some_and(|check| (10 - sum % 10) % 10 == *check)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[test]
    fn known_keys_are_normalised_and_others_kept() {
        let details = BusinessDetails::parse(json!({
            "abn": "51 824 753 556", "acn": "004 085 616", "email": "Jo@Example.com", "hoists": 4, "phone": null,
        }))
        .expect("right");
        let expected = json!({ "abn": "51824753556", "acn": "004085616", "email": "jo@example.com", "hoists": 4 });
        assert_eq!(Value::Object(details.as_object().clone()), expected);
    }

    #[rstest]
    #[case(json!({ "abn": "51 824 753 557" }), "businessDetails.abn")]
    #[case(json!({ "abn": "01 824 753 556" }), "businessDetails.abn")]
    #[case(json!({ "abn": 51_824_753_556_i64 }), "businessDetails.abn")]
    #[case(json!({ "acn": "004085617" }), "businessDetails.acn")]
    #[case(json!({ "phone": "call me" }), "businessDetails.phone")]
    #[case(json!({ "website": "javascript:x" }), "businessDetails.website")]
    #[case(json!("text"), "businessDetails")]
    fn refuses(#[case] value: Value, #[case] field: &str) {
        assert_eq!(BusinessDetails::parse(value).expect_err("refused").field, field);
    }
}
