use kernel::{
    Currency, FieldCode, FieldError, Money,
    input::{Fields, Word as _},
};

use crate::domain::{
    DeliveryType, ItemInput, MAX_ITEMS, PartId, Quote, Vehicle, VehicleInput, WantedItem, parse_items,
};

kernel::text_type!(
    /// What the supplier's people should know: 1 to 2,000 characters.
    OrderNotes, block, 2_000
);

kernel::text_type!(
    /// The workshop's own number of an order: one line, 1 to 40 characters.
    PurchaseOrderNumber, line, 40
);

kernel::text_type!(
    /// Why people decided what became of an order: 1 to 2,000 characters.
    ResolutionNote, block, 2_000
);

/// An order about to be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// Each part once.
    pub items: Vec<NewItem>,
    /// How it comes.
    pub delivery_type: DeliveryType,
    /// For the supplier's people.
    pub notes: Option<OrderNotes>,
    /// The workshop's own number.
    pub purchase_order_number: Option<PurchaseOrderNumber>,
    /// What the parts are for.
    pub vehicle: Option<Vehicle>,
}

/// So many of a part, at the price that the client knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItem {
    /// Which part, and how many.
    pub wanted: WantedItem,
    /// For one, before GST; `None` for whatever it costs.
    pub unit_price: Option<Money>,
}

/// [`NewOrder`] as a client wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewOrderInput {
    /// `items`
    pub items: Vec<NewItemInput>,
    /// `deliveryType`
    pub delivery_type: String,
    /// `notes`
    pub notes: Option<String>,
    /// `purchaseOrderNumber`
    pub purchase_order_number: Option<String>,
    /// `vehicle`
    pub vehicle: Option<VehicleInput>,
}

/// [`NewItem`] as a client wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewItemInput {
    /// `productId` and `quantity`
    pub item: ItemInput,
    /// `unitPriceCents`
    pub unit_price_cents: Option<i64>,
}

impl NewOrder {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: NewOrderInput) -> Result<Self, Vec<FieldError>> {
        let mut fields = Fields::new();
        let wanted: Vec<_> = input.items.iter().map(|it| it.item.clone()).collect();
        let wanted = fields.take_all(parse_items(&wanted));
        for (at, item) in input.items.iter().enumerate().take(MAX_ITEMS) {
            if item.unit_price_cents.is_some_and(i64::is_negative) {
                let field = format!("items[{at}].unitPriceCents");
                fields.push(FieldError::new(field, FieldCode::OutOfRange, "must not be negative"));
            }
        }
        let delivery_type = fields.take(DeliveryType::parse("deliveryType", &input.delivery_type));
        let notes = fields.optional(input.notes, |text| OrderNotes::parse_as("notes", &text));
        let number = |text: String| PurchaseOrderNumber::parse_as("purchaseOrderNumber", &text);
        let purchase_order_number = fields.optional(input.purchase_order_number, number);
        let vehicle = input.vehicle.and_then(|vehicle| fields.take_all(Vehicle::parse(vehicle)));
        let prices = input.items.iter().map(|item| item.unit_price_cents.map(aud));
        let items = |wanted: Vec<WantedItem>| {
            wanted.into_iter().zip(prices).map(|(wanted, unit_price)| NewItem { wanted, unit_price }).collect()
        };
        let order = wanted.zip(delivery_type).map(|(wanted, delivery_type)| Self {
            items: items(wanted),
            delivery_type,
            notes,
            purchase_order_number,
            vehicle,
        });
        fields.finish(order)
    }

    /// What a quote is to be asked for.
    #[must_use]
    pub fn wanted(&self) -> Vec<WantedItem> {
        self.items.iter().map(|item| item.wanted.clone()).collect()
    }

    /// The prices that are not those of the quote, each with both.
    #[must_use]
    pub fn changed_prices(&self, quote: &Quote) -> Vec<FieldError> {
        let lines = self.items.iter().zip(&quote.lines).enumerate();
        let changed = lines.filter_map(|(at, (item, line))| {
            let known = item.unit_price.filter(|known| *known != line.unit_price)?;
            let message = format!("is {} cents now, not {}", line.unit_price.cents(), known.cents());
            Some(FieldError::new(format!("items[{at}].unitPriceCents"), FieldCode::PriceChanged, message))
        });
        changed.collect()
    }

    /// The item of a part.
    #[must_use]
    pub fn position(&self, part: &str) -> Option<usize> {
        self.items.iter().position(|item| item.wanted.part.as_str() == part)
    }
}

fn aud(cents: i64) -> Money {
    Money::new(cents, Currency::AUD)
}

/// What people decide about an order that is in limbo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What becomes of it.
    pub outcome: Outcome,
    /// Why.
    pub note: ResolutionNote,
}

/// What becomes of an order that people decide about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is the supplier's order with this number.
    Adopt(String),
    /// It is sent again.
    Resend,
    /// It is given up.
    Fail,
}

/// [`Resolution`] as a client wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolutionInput {
    /// `outcome`
    pub outcome: String,
    /// `externalOrderId`; with ADOPT only.
    pub external_order_id: Option<String>,
    /// `note`
    pub note: String,
}

impl Resolution {
    /// Reads what a client wrote.
    ///
    /// # Errors
    /// Every wrong field at once.
    pub fn parse(input: &ResolutionInput) -> Result<Self, Vec<FieldError>> {
        const ID: &str = "externalOrderId";
        let mut fields = Fields::new();
        let id = fields.optional(input.external_order_id.as_deref(), |text| PartId::parse_as(ID, text));
        let given = input.external_order_id.is_some();
        let outcome = match input.outcome.as_str() {
            "ADOPT" if !given => {
                fields.push(FieldError::new(ID, FieldCode::Required, "is needed with ADOPT"));
                None
            }
            "ADOPT" => id.map(|id| Outcome::Adopt(id.to_string())),
            "RESEND" => Some(Outcome::Resend),
            "FAIL" => Some(Outcome::Fail),
            _ => {
                fields.push(FieldError::new("outcome", FieldCode::Invalid, "must be one of ADOPT, RESEND, FAIL"));
                None
            }
        };
        if given && matches!(outcome, Some(Outcome::Resend | Outcome::Fail)) {
            fields.push(FieldError::new(ID, FieldCode::Invalid, "is for ADOPT only"));
        }
        let note = fields.take(ResolutionNote::parse_as("note", &input.note));
        fields.finish(outcome.zip(note).map(|(outcome, note)| Self { outcome, note }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(part: &str, quantity: i64, unit_price_cents: Option<i64>) -> NewItemInput {
        NewItemInput { item: ItemInput { product_id: part.to_owned(), quantity }, unit_price_cents }
    }

    fn wrong<T: std::fmt::Debug>(parsed: Result<T, Vec<FieldError>>) -> Vec<String> {
        parsed.expect_err("wrong").iter().map(|error| format!("{} {}", error.field, error.code)).collect()
    }

    #[test]
    fn every_wrong_field_is_named() {
        let input = NewOrderInput {
            items: vec![item("A", 0, Some(-1)), item("A", 1, None)],
            delivery_type: "PIGEON".to_owned(),
            notes: Some("x".repeat(2_001)),
            purchase_order_number: Some("x".repeat(41)),
            vehicle: Some(VehicleInput { make: "Toyota".to_owned(), year: 2020, ..VehicleInput::default() }),
        };
        let expected = [
            "items[0].quantity OUT_OF_RANGE",
            "items[1].productId DUPLICATE",
            "items[0].unitPriceCents OUT_OF_RANGE",
            "deliveryType INVALID",
            "notes TOO_LONG",
            "purchaseOrderNumber TOO_LONG",
            "vehicle.model REQUIRED",
        ];
        assert_eq!(wrong(NewOrder::parse(input)), expected);
    }

    #[test]
    fn a_right_order() {
        let input = NewOrderInput {
            items: vec![item("B", 2, Some(840)), item("A", 1, None)],
            delivery_type: "PICKUP".to_owned(),
            purchase_order_number: Some("PO 7".to_owned()),
            ..NewOrderInput::default()
        };
        let order = NewOrder::parse(input).expect("a right input");
        assert_eq!((order.position("A"), order.position("C")), (Some(1), None));
        assert_eq!(order.items.iter().map(|it| it.unit_price.map(Money::cents)).collect::<Vec<_>>(), [Some(840), None]);
    }

    #[test]
    fn resolutions() {
        let parse = |outcome: &str, id: Option<&str>, note: &str| {
            Resolution::parse(&ResolutionInput {
                outcome: outcome.to_owned(),
                external_order_id: id.map(str::to_owned),
                note: note.to_owned(),
            })
        };
        assert_eq!(parse("ADOPT", Some("C-1"), "seen").map(|it| it.outcome), Ok(Outcome::Adopt("C-1".to_owned())));
        assert_eq!(parse("RESEND", None, "seen").map(|it| it.outcome), Ok(Outcome::Resend));
        assert_eq!(wrong(parse("ADOPT", None, "")), ["externalOrderId REQUIRED", "note REQUIRED"]);
        assert_eq!(wrong(parse("FAIL", Some("C-1"), "x")), ["externalOrderId INVALID"]);
        assert_eq!(wrong(parse("WAIT", None, "x")), ["outcome INVALID"]);
    }
}
