//! Amounts: kept in cents, written as Capricorn writes them (a number or a string), read exactly.

use rust_decimal::Decimal;
use serde::{Serialize, Serializer, ser::Error as _};
use serde_json::value::RawValue;
use strum::{Display, EnumString, VariantArray};

/// How amounts are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Display, EnumString, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum AmountStyle {
    /// `84.15`
    Numbers,
    /// `"84.15"`
    Strings,
    /// Now so, now so; an amount is always written the same way.
    #[default]
    Mixed,
}

impl AmountStyle {
    pub(crate) fn amount(self, cents: i64) -> Amount {
        let as_text = match self {
            Self::Numbers => false,
            Self::Strings => true,
            Self::Mixed => crate::chance::draw(0, &[cents.unsigned_abs()]).is_multiple_of(2),
        };
        Amount { cents, as_text }
    }
}

/// An amount on its way out.
#[derive(Debug, Clone, Copy)]
pub struct Amount {
    cents: i64,
    as_text: bool,
}

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = dollars(self.cents);
        if self.as_text {
            return serializer.serialize_str(&text);
        }
        // As JavaScript writes numbers, without zeros at the end; never by way of a float.
        let number = text.trim_end_matches('0').trim_end_matches('.');
        RawValue::from_string(number.to_owned()).map_err(S::Error::custom)?.serialize(serializer)
    }
}

/// `84.15`
pub fn dollars(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02}", cents / 100, cents % 100)
}

/// The cents of a JSON number or string with at most two places.
pub fn read_cents(json: &RawValue) -> Option<i64> {
    let text = json.get();
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"')).unwrap_or(text);
    let cents = Decimal::from_str_exact(text).ok()?.checked_mul(Decimal::ONE_HUNDRED)?;
    cents.is_integer().then(|| i64::try_from(cents).ok())?
}

/// GST of a line: 10 %, half up.
pub fn gst(line_cents: i64) -> i64 {
    (line_cents + 5).div_euclid(10)
}

/// What a bill's lines come to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub subtotal: i64,
    pub gst: i64,
}

impl Sums {
    pub fn of(line_totals: impl IntoIterator<Item = i64>) -> Self {
        line_totals
            .into_iter()
            .fold(Self::default(), |sums, line| Self { subtotal: sums.subtotal + line, gst: sums.gst + gst(line) })
    }

    pub fn total(self) -> i64 {
        self.subtotal + self.gst
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Option<i64> {
        read_cents(&RawValue::from_string(json.to_owned()).unwrap())
    }

    #[test]
    fn amounts_are_read_exactly() {
        for (json, cents) in [("84.15", 8415), ("\"84.15\"", 8415), ("84.1", 8410), ("84", 8400), ("\"0.05\"", 5)] {
            assert_eq!(read(json), Some(cents), "{json}");
        }
        for json in ["84.155", "\"\"", "\"x\"", "null", "true", "[]", "1e400", "99999999999999999999999999999"] {
            assert_eq!(read(json), None, "{json}");
        }
    }

    #[test]
    fn amounts_are_written_as_asked_for() {
        let json = |style: AmountStyle, cents| serde_json::to_string(&style.amount(cents)).unwrap();
        assert_eq!(json(AmountStyle::Numbers, 8415), "84.15");
        assert_eq!(json(AmountStyle::Numbers, 8410), "84.1");
        assert_eq!(json(AmountStyle::Numbers, 8000), "80");
        assert_eq!(json(AmountStyle::Numbers, 0), "0");
        assert_eq!(json(AmountStyle::Strings, 8410), "\"84.10\"");
        let mixed: String = (8000..8020).map(|cents| json(AmountStyle::Mixed, cents)).collect();
        assert!(mixed.contains('"') && mixed.matches('"').count() < 40, "{mixed}");
    }

    #[test]
    fn gst_is_a_tenth_half_up_per_line() {
        assert_eq!([0, 4, 5, 14, 15, 1005].map(gst), [0, 0, 1, 1, 2, 101]);
        assert_eq!(Sums::of([5, 5]), Sums { subtotal: 10, gst: 2 });
        assert_eq!(Sums::of([5, 5]).total(), 12);
    }
}
