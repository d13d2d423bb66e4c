use kernel::{Currency, Money};
use rust_decimal::{Decimal, prelude::ToPrimitive as _};
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::value::RawValue;

/// An amount of Australian dollars: a number or a string, read as it is written and never through a float. Not negative, at
/// most two places.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Amount(pub(crate) Money);

impl<'de> Deserialize<'de> for Amount {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?;
        parse(raw.get())
            .map(Self)
            .ok_or_else(|| D::Error::custom("an amount is not negative and has at most two places"))
    }
}

fn parse(json: &str) -> Option<Money> {
    let inner = json.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(json);
    let (mantissa, exponent) = inner.split_once(['e', 'E']).unwrap_or((inner, "0"));
    let is_decimal = !mantissa.is_empty()
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
        && mantissa.ends_with(|c: char| c.is_ascii_digit())
        && mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !is_decimal || exponent.len() > 3 {
        return None;
    }
    let decimal =
        if mantissa == inner { Decimal::from_str_exact(inner) } else { Decimal::from_scientific(inner) }.ok()?;
    if decimal.scale() > 2 {
        return None;
    }
    let cents = decimal.checked_mul(Decimal::ONE_HUNDRED)?.to_i64()?;
    Some(Money::new(cents, Currency::AUD))
}

/// The amount as it is written to Capricorn: a string with two places.
pub(crate) fn amount_text(money: Money) -> String {
    Decimal::new(money.cents(), 2).to_string()
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("84.15", Some(8_415))]
    #[case("\"84.15\"", Some(8_415))]
    #[case("84.1", Some(8_410))]
    #[case("84", Some(8_400))]
    #[case("\"0.07\"", Some(7))]
    #[case("0", Some(0))]
    #[case("8.415e1", Some(8_415))]
    #[case("1E2", Some(10_000))]
    #[case("90071992547409.93", Some(9_007_199_254_740_993))]
    #[case("84.155", None)]
    #[case("-1", None)]
    #[case("\"-1.00\"", None)]
    #[case("\"\"", None)]
    #[case("\" 1\"", None)]
    #[case("\"1,5\"", None)]
    #[case("\"1_000\"", None)]
    #[case("\".5\"", None)]
    #[case("\"1.2.3\"", None)]
    #[case("\"NaN\"", None)]
    #[case("null", None)]
    #[case("true", None)]
    #[case("[1]", None)]
    #[case("1e99", None)]
    #[case("1e-3", None)]
    #[case("99999999999999999999999999999999999999", None)]
    fn amounts_are_exact_or_none(#[case] json: &str, #[case] cents: Option<i64>) {
        let read = serde_json::from_str::<Amount>(json).ok();
        assert_eq!(read.map(|amount| amount.0.cents()), cents, "{json}");
    }

    #[rstest]
    #[case(8_415, "84.15")]
    #[case(8_400, "84.00")]
    #[case(7, "0.07")]
    fn they_are_written_with_two_places(#[case] cents: i64, #[case] text: &str) {
        assert_eq!(amount_text(Money::new(cents, Currency::AUD)), text);
    }
}
