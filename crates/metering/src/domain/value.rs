use std::fmt;

use kernel::{FieldCode, FieldError};
use serde_json::Number;

/// Decimals that are kept.
const DECIMALS: usize = 3;
/// Thousandths in one.
const SCALE: i64 = 1_000;
/// Largest value of a point.
const MAX: i64 = 1_000_000_000_000;

/// The value of a point: 0 to 10^12, with at most three decimals. Kept as a whole number of thousandths, so that sums are
/// exact on every database.
///
/// ```
/// use metering::domain::UsageValue;
/// let value = UsageValue::parse("value", &serde_json::from_str("12.345")?).expect("a right value");
/// assert_eq!(value.thousandths(), 12_345);
/// assert!(UsageValue::parse("value", &serde_json::from_str("0.0001")?).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UsageValue(i64);

impl UsageValue {
    /// Reads a number of JSON exactly.
    ///
    /// A number with decimals reaches us as the binary fraction nearest to what was written. No two values of at most 15
    /// digits have the same one, and no value here has more; so the shortest text of the fraction is what was written.
    ///
    /// # Errors
    /// `OUT_OF_RANGE`, or `INVALID` for more than three decimals, naming `field`.
    pub fn parse(field: &'static str, number: &Number) -> Result<Self, FieldError> {
        let whole = number.as_u64().and_then(|whole| i64::try_from(whole).ok());
        let thousandths = match (whole, number.as_f64()) {
            (Some(whole), _) if whole <= MAX => Some(whole * SCALE),
            #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
            (None, Some(fraction)) if (0.0..=MAX as f64).contains(&fraction) => from_text(&fraction.abs().to_string()),
            _ => return Err(FieldError::new(field, FieldCode::OutOfRange, "must be from 0 to 1,000,000,000,000")),
        };
        thousandths.map(Self).ok_or_else(|| FieldError::new(field, FieldCode::Invalid, "must have at most 3 decimals"))
    }

    /// A thousand times the value.
    #[must_use]
    pub const fn thousandths(self) -> i64 {
        self.0
    }

    /// The value as JSON writes it.
    #[must_use]
    pub fn to_number(self) -> Number {
        UsageTotal::from(self).to_number()
    }

    /// A whole number, capped at 10^12.
    #[must_use]
    pub fn whole(number: u64) -> Self {
        Self(i64::try_from(number).map_or(MAX, |number| number.min(MAX)) * SCALE)
    }

    pub(crate) const fn trusted(thousandths: i64) -> Self {
        Self(thousandths)
    }
}

/// Digits, and perhaps a point with up to three more.
fn from_text(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > DECIMALS {
        return None;
    }
    let thousandths: i64 = format!("{decimals:0<DECIMALS$}").parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(SCALE)?.checked_add(thousandths)
}

/// A sum of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UsageTotal(i128);

impl UsageTotal {
    /// Of so many thousandths.
    #[must_use]
    pub const fn from_thousandths(thousandths: i128) -> Self {
        Self(thousandths)
    }

    /// A thousand times the sum.
    #[must_use]
    pub const fn thousandths(self) -> i128 {
        self.0
    }

    /// The sum as JSON writes it. A whole one is exact, and so is any other below 10^12; beyond that readers of JSON have no room
    /// for three decimals.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "what a reader of JSON makes of it, too")]
    pub fn to_number(self) -> Number {
        let scale = i128::from(SCALE);
        let whole = (self.0 % scale == 0).then(|| Number::from_i128(self.0 / scale)).flatten();
        whole.or_else(|| Number::from_f64(self.0 as f64 / SCALE as f64)).unwrap_or_else(|| Number::from(0))
    }
}

impl From<UsageValue> for UsageTotal {
    fn from(value: UsageValue) -> Self {
        Self(value.0.into())
    }
}

impl std::iter::Sum for UsageTotal {
    fn sum<I: Iterator<Item = Self>>(totals: I) -> Self {
        Self(totals.map(|total| total.0).sum())
    }
}

impl fmt::Display for UsageTotal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.to_number(), f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<i64, String> {
        let number: Number = serde_json::from_str(text).expect("a number");
        UsageValue::parse("value", &number).map(UsageValue::thousandths).map_err(|error| error.code.to_string())
    }

    #[rstest]
    #[case("0", 0)]
    #[case("-0", 0)]
    #[case("-0.0", 0)]
    #[case("7", 7_000)]
    #[case("0.001", 1)]
    #[case("0.1", 100)]
    #[case("1e3", 1_000_000)]
    #[case("15e-1", 1_500)]
    #[case("1.500", 1_500)]
    // What a sum of binary fractions would get wrong.
    #[case("4.35", 4_350)]
    #[case("1.005", 1_005)]
    #[case("999999999999.999", 999_999_999_999_999)]
    #[case("1000000000000", 1_000_000_000_000_000)]
    #[case("1e12", 1_000_000_000_000_000)]
    fn values_are_read_exactly(#[case] text: &str, #[case] thousandths: i64) {
        assert_eq!(read(text), Ok(thousandths));
    }

    #[rstest]
    #[case("-1", "OUT_OF_RANGE")]
    #[case("-0.001", "OUT_OF_RANGE")]
    #[case("1000000000000.001", "OUT_OF_RANGE")]
    #[case("1000000000001", "OUT_OF_RANGE")]
    #[case("18446744073709551615", "OUT_OF_RANGE")]
    #[case("1e300", "OUT_OF_RANGE")]
    #[case("0.0001", "INVALID")]
    #[case("1.0005", "INVALID")]
    #[case("1e-300", "INVALID")]
    #[case("123456789.1234", "INVALID")]
    fn others_are_refused(#[case] text: &str, #[case] code: &str) {
        assert_eq!(read(text), Err(code.to_owned()));
    }

    #[test]
    fn sums_are_written_as_short_as_they_are() {
        let total = |thousandths| UsageTotal::from_thousandths(thousandths).to_string();
        assert_eq!(total(0), "0");
        assert_eq!(total(1_000), "1");
        assert_eq!(total(12_340), "12.34");
        assert_eq!(total(100 + 200), "0.3");
        assert_eq!(total(999_999_999_999_999), "999999999999.999");
        assert_eq!(total(99_999_999_999_999_000), "99999999999999");
        // Beyond what a point, a row and a signed 64-bit number hold.
        assert_eq!(total(18_446_744_073_709_551_615_000), "18446744073709551615");
    }

    proptest! {
        #[test]
        fn every_value_comes_back(thousandths in 0..=MAX * SCALE) {
            let written = UsageValue::trusted(thousandths).to_number().to_string();
            prop_assert_eq!(read(&written), Ok(thousandths));
            let padded = format!("{}.{:03}", thousandths / SCALE, thousandths % SCALE);
            prop_assert_eq!(read(&padded), Ok(thousandths));
        }
    }
}
