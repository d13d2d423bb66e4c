//! Bills add up, or are none: each line is quantity times price, GST is 10 % of each line, rounded half up, and the sums are
//! those of the lines. To the cent.

use kernel::{Currency, Money};

use super::{
    faults::bad_answer,
    wire::{InvoiceAnswer, Line, QuoteAnswer},
};
use crate::{
    domain::{Invoice, InvoiceLine, Quote, QuoteLine, WantedItem},
    repository::SupplierError,
};

struct Sums {
    subtotal: i64,
    gst: i64,
    total: i64,
}

/// 10 %, rounded half up, of an amount that is not negative.
fn gst_of(cents: i64) -> Option<i64> {
    Some(cents.checked_add(5)? / 10)
}

fn sums(lines: &[Line]) -> Option<Sums> {
    let (mut subtotal, mut gst) = (0_i64, 0_i64);
    for line in lines {
        let line_total = line.unit_price.0.cents().checked_mul(i64::from(line.quantity))?;
        if line_total != line.line_total.0.cents() {
            return None;
        }
        subtotal = subtotal.checked_add(line_total)?;
        gst = gst.checked_add(gst_of(line_total)?)?;
    }
    Some(Sums { subtotal, gst, total: subtotal.checked_add(gst)? })
}

fn check(lines: &[Line], subtotal: Money, gst: Money, total: Money) -> Result<(), SupplierError> {
    let told = [subtotal, gst, total];
    let ours = sums(lines).map(|ours| [ours.subtotal, ours.gst, ours.total].map(aud));
    if ours != Some(told) {
        return Err(bad_answer("its bill does not add up"));
    }
    Ok(())
}

fn aud(cents: i64) -> Money {
    Money::new(cents, Currency::AUD)
}

/// The quote, if it is for these items and adds up; its lines in their order.
pub(super) fn quote(answer: QuoteAnswer, items: &[WantedItem]) -> Result<Quote, SupplierError> {
    let QuoteAnswer { quote_id, mut lines, subtotal, gst, total, valid_until, .. } = answer;
    let other = || bad_answer("its quote is for something else");
    if lines.len() != items.len() {
        return Err(other());
    }
    check(&lines, subtotal.0, gst.0, total.0)?;
    let mut in_order = Vec::with_capacity(items.len());
    for item in items {
        let is_it = |line: &Line| line.product_id == item.part && line.quantity == item.quantity;
        let line = lines.swap_remove(lines.iter().position(is_it).ok_or_else(other)?);
        in_order.push(QuoteLine {
            part: line.product_id,
            sku: line.sku.0,
            name: line.name.0,
            quantity: line.quantity,
            unit_price: line.unit_price.0,
            line_total: line.line_total.0,
        });
    }
    Ok(Quote { quote_id: quote_id.0, lines: in_order, subtotal: subtotal.0, gst: gst.0, total: total.0, valid_until })
}

/// The invoice, if it is for this order and adds up.
pub(super) fn invoice(answer: InvoiceAnswer, order_id: &str) -> Result<Invoice, SupplierError> {
    if answer.order_id != order_id {
        return Err(bad_answer("its invoice is for something else"));
    }
    check(&answer.lines, answer.subtotal.0, answer.gst.0, answer.total.0)?;
    let lines = answer.lines.into_iter().map(|line| InvoiceLine {
        part: line.product_id,
        sku: line.sku.0,
        name: line.name.0,
        quantity: line.quantity,
        unit_price: line.unit_price.0,
        line_total: line.line_total.0,
    });
    Ok(Invoice {
        invoice_number: answer.invoice_number.0,
        order_id: answer.order_id,
        issued_at: answer.issued_at,
        due_at: answer.due_at,
        lines: lines.collect(),
        subtotal: answer.subtotal.0,
        gst: answer.gst.0,
        total: answer.total.0,
    })
}
