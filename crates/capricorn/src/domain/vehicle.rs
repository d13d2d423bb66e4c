use kernel::{
    FieldCode, FieldError,
    input::{Fields, under},
    text,
};
use serde::{Deserialize, Serialize};

use super::Fitment;

/// The first year that a vehicle may be of.
const FIRST_YEAR: u16 = 1886;
/// The last one; next year's models are sold before it begins.
const LAST_YEAR: u16 = 2100;

/// Which vehicle parts are for, as a client sent it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct VehicleInput {
    pub make: String,
    pub model: String,
    pub series: Option<String>,
    pub year: u16,
    pub engine: Option<String>,
}

/// Which vehicle parts are for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)]
pub struct Vehicle {
    pub make: String,
    pub model: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub series: Option<String>,
    pub year: u16,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub engine: Option<String>,
}

impl Vehicle {
    /// Checks what a client sent in the field `vehicle`.
    ///
    /// # Errors
    /// What is wrong with `vehicle.make`, `vehicle.model`, `vehicle.series`, `vehicle.year` and `vehicle.engine`.
    pub fn parse(input: VehicleInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let at = |parsed: Result<String, FieldError>| parsed.map_err(|error| under("vehicle", error));
        let make = fields.take(at(text::line("make", &input.make, 60)));
        let model = fields.take(at(text::line("model", &input.model, 60)));
        let series = fields.optional(input.series, |series| at(text::line("series", &series, 60)));
        let engine = fields.optional(input.engine, |engine| at(text::line("engine", &engine, 60)));
        let year = fields.take(year("year", input.year).map_err(|error| under("vehicle", error)));
        let vehicle = match (make, model, year) {
            (Some(make), Some(model), Some(year)) => Some(Self { make, model, series, year, engine }),
            _ => None,
        };
        fields.finish(vehicle)
    }
}

/// Checks a year of a vehicle.
fn year(field: &'static str, year: u16) -> Result<u16, FieldError> {
    if (FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Ok(year);
    }
    Err(FieldError::new(field, FieldCode::OutOfRange, format!("must be from {FIRST_YEAR} to {LAST_YEAR}")))
}

/// What a part must fit, as far as it is told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VehicleFilter {
    make: Option<String>,
    model: Option<String>,
    year: Option<u16>,
}

impl VehicleFilter {
    /// Checks the parameters `make`, `model` and `year`.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn parse(make: Option<&str>, model: Option<&str>, year_: Option<u16>) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let word = |field, text: &str| text::line(field, text, 60).map(|text| kernel::fold::fold(&text));
        let make = fields.optional(make, |text| word("make", text));
        let model = fields.optional(model, |text| word("model", text));
        let year = fields.optional(year_, |number| year("year", number));
        fields.finish(Some(Self { make, model, year }))
    }

    /// Whether nothing is told.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a part with these fitments fits. One without any fits all: nobody said otherwise.
    #[must_use]
    pub fn lets(&self, fitments: &[Fitment]) -> bool {
        fitments.is_empty() || fitments.iter().any(|fitment| self.is(fitment))
    }

    fn is(&self, fitment: &Fitment) -> bool {
        let is = |wanted: &Option<String>, is: &str| wanted.as_ref().is_none_or(|it| *it == kernel::fold::fold(is));
        let built =
            |year| fitment.year_from.is_none_or(|from| from <= year) && fitment.year_to.is_none_or(|to| year <= to);
        is(&self.make, &fitment.make) && is(&self.model, &fitment.model) && self.year.is_none_or(built)
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn hilux() -> Fitment {
        Fitment {
            make: "Toyota".to_owned(),
            model: "HiLux".to_owned(),
            series: None,
            year_from: Some(2015),
            year_to: None,
            engine: None,
        }
    }

    #[rstest]
    #[case(Some("toyota"), Some("HILUX"), Some(2020), true)]
    #[case(Some("Toyota"), None, None, true)]
    #[case(None, None, Some(2015), true)]
    #[case(None, None, Some(2014), false)]
    #[case(Some("Ford"), None, None, false)]
    #[case(Some("Toyota"), Some("Corolla"), Some(2020), false)]
    fn parts_fit_by_what_is_told(
        #[case] make: Option<&str>,
        #[case] model: Option<&str>,
        #[case] year: Option<u16>,
        #[case] fits: bool,
    ) {
        let filter = VehicleFilter::parse(make, model, year).expect("a filter");
        assert_eq!(filter.lets(&[hilux()]), fits);
        assert!(filter.lets(&[]), "it may fit anything");
    }

    #[test]
    fn every_wrong_field_is_named() {
        let input = VehicleInput { year: 1800, engine: Some("\0".to_owned()), ..VehicleInput::default() };
        let wrong = Vehicle::parse(input).expect_err("wrong");
        let named: Vec<_> = wrong.iter().map(|error| (error.field.as_ref(), error.code.as_str())).collect();
        let expected = [
            ("vehicle.make", "REQUIRED"),
            ("vehicle.model", "REQUIRED"),
            ("vehicle.engine", "FORBIDDEN_CHARACTER"),
            ("vehicle.year", "OUT_OF_RANGE"),
        ];
        assert_eq!(named, expected);
        assert!(VehicleFilter::parse(Some(""), None, Some(3)).is_err_and(|wrong| wrong.len() == 2));
    }
}
