use std::collections::HashSet;

use kernel::{FieldCode, FieldError, input::Fields};

use super::{PartId, Vehicle, VehicleInput, WantedItem};

/// The most items of a quote or an order.
pub const MAX_ITEMS: usize = 200;

/// The most of one part.
pub const MAX_QUANTITY: u32 = 9_999;

/// So many of a part, as a client sent it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct ItemInput {
    pub product_id: String,
    pub quantity: i64,
}

/// Checks what a client sent in the field `items`: 1 to 200, each part once, 1 to 9,999 of it.
///
/// # Errors
/// What is wrong with `items`, `items[i].productId` and `items[i].quantity`.
pub fn parse_items(items: &[ItemInput]) -> Result<Vec<WantedItem>, Vec<FieldError>> {
    if items.is_empty() {
        return Err(vec![FieldError::new("items", FieldCode::Required, "must have at least one item")]);
    }
    if items.len() > MAX_ITEMS {
        let message = format!("must have at most {MAX_ITEMS} items");
        return Err(vec![FieldError::new("items", FieldCode::TooLong, message)]);
    }
    let (mut fields, mut seen) = (Fields::new(), HashSet::new());
    let mut wanted = Vec::with_capacity(items.len());
    for (at, item) in items.iter().enumerate() {
        let part = fields.take(parse_part(at, &item.product_id, &mut seen));
        let quantity = fields.take(parse_quantity(at, item.quantity));
        wanted.extend(part.zip(quantity).map(|(part, quantity)| WantedItem { part, quantity }));
    }
    fields.finish(Some(wanted))
}

fn parse_part<'a>(at: usize, text: &'a str, seen: &mut HashSet<&'a str>) -> Result<PartId, FieldError> {
    let field = format!("items[{at}].productId");
    let part = PartId::parse_as(field.clone(), text)?;
    if !seen.insert(text) {
        return Err(FieldError::new(field, FieldCode::Duplicate, "is in the list twice; add the quantities up"));
    }
    Ok(part)
}

fn parse_quantity(at: usize, quantity: i64) -> Result<u32, FieldError> {
    let fits = u32::try_from(quantity).ok().filter(|quantity| (1..=MAX_QUANTITY).contains(quantity));
    let message = || format!("must be from 1 to {MAX_QUANTITY}");
    fits.ok_or_else(|| FieldError::new(format!("items[{at}].quantity"), FieldCode::OutOfRange, message()))
}

/// What a quote is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewQuote {
    /// Each part once.
    pub items: Vec<WantedItem>,
    /// What the parts are for.
    pub vehicle: Option<Vehicle>,
}

impl NewQuote {
    /// Checks what a client sent.
    ///
    /// # Errors
    /// Everything that is wrong with it.
    pub fn parse(items: &[ItemInput], vehicle: Option<VehicleInput>) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let items = fields.take_all(parse_items(items));
        let vehicle = vehicle.and_then(|vehicle| fields.take_all(Vehicle::parse(vehicle)));
        fields.finish(items.map(|items| Self { items, vehicle }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(product_id: &str, quantity: i64) -> ItemInput {
        ItemInput { product_id: product_id.to_owned(), quantity }
    }

    fn wrong(items: &[ItemInput]) -> Vec<(String, &'static str)> {
        let errors = parse_items(items).expect_err("wrong");
        errors.into_iter().map(|error| (error.field.into_owned(), error.code.as_str())).collect()
    }

    #[test]
    fn items_are_few_and_each_part_is_there_once() {
        assert_eq!(parse_items(&[item("A", 1), item("a", 9_999)]).map(|items| items.len()), Ok(2));
        assert_eq!(wrong(&[]), [("items".to_owned(), "REQUIRED")]);
        let many: Vec<_> = (0..201).map(|at| item(&at.to_string(), 1)).collect();
        assert_eq!(wrong(&many), [("items".to_owned(), "TOO_LONG")]);
        assert!(parse_items(&many[..200]).is_ok());
        let items = [item("A", 0), item("A", 10_000), item("", -1), item("B", i64::MAX)];
        let expected = [
            ("items[0].quantity", "OUT_OF_RANGE"),
            ("items[1].productId", "DUPLICATE"),
            ("items[1].quantity", "OUT_OF_RANGE"),
            ("items[2].productId", "INVALID"),
            ("items[2].quantity", "OUT_OF_RANGE"),
            ("items[3].quantity", "OUT_OF_RANGE"),
        ];
        assert_eq!(wrong(&items), expected.map(|(field, code)| (field.to_owned(), code)));
    }
}
