use std::fmt;

use kernel::{FieldCode, FieldError};

/// Most characters of a name.
const MAX_LENGTH: usize = 64;

/// What is measured: an upper-case name such as `API_CALLS`, of letters, digits and `_`, 1 to 64 characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MetricType(String);

impl MetricType {
    /// Requests.
    pub const API_CALLS: &'static str = "API_CALLS";
    /// People.
    pub const USERS: &'static str = "USERS";
    /// What is stored, in MB; the last value of a period counts, not the sum.
    pub const STORAGE: &'static str = "STORAGE";

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads what a client sent in `field`.
    ///
    /// # Errors
    /// `INVALID`, or `TOO_LONG`.
    pub fn parse(field: &'static str, text: &str) -> Result<Self, FieldError> {
        if text.len() > MAX_LENGTH {
            return Err(FieldError::new(field, FieldCode::TooLong, format!("must be at most {MAX_LENGTH} characters")));
        }
        let fits = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
        if text.starts_with(|c: char| c.is_ascii_uppercase()) && text.bytes().all(fits) {
            return Ok(Self(text.to_owned()));
        }
        Err(FieldError::new(field, FieldCode::Invalid, "must be an upper-case name such as API_CALLS"))
    }

    pub(crate) fn trusted(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for MetricType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_upper_case() {
        for name in [MetricType::API_CALLS, MetricType::USERS, MetricType::STORAGE, "A", "CO2_KG"] {
            assert_eq!(MetricType::parse("metricType", name).expect(name).as_str(), name);
        }
        for name in ["", "api_calls", "2FAST", "_X", "API CALLS", "ÄPI", "API-CALLS", "A\0"] {
            assert_eq!(MetricType::parse("metricType", name).expect_err(name).code, "INVALID");
        }
        let long = "A".repeat(65);
        assert_eq!(MetricType::parse("metricType", &long).expect_err("long").code, "TOO_LONG");
        assert!(MetricType::parse("metricType", &long[1..]).is_ok());
    }
}
