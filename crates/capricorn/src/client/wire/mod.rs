//! Capricorn's JSON. What it has beyond this is ignored, what is not there is as `null`.

mod amount;
mod bill;
mod order;
mod product;
mod text;

pub(super) use amount::{Amount, amount_text};
pub(super) use bill::{InvoiceAnswer, Line, QuoteAnswer};
pub(super) use order::{OrderSent, OrdersAnswer, TrackingAnswer, order};
pub(super) use product::{InventoryAnswer, Product, SearchAnswer, StockAnswer};
pub(super) use text::{Text, clean, part_id};
