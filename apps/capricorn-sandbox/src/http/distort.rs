//! Answers that are wrong in themselves.

use serde_json::{Value, json};

use crate::{
    faults::Fault,
    money::{dollars, read_cents},
    state::State,
};

/// The answer with the fault in it; none where it cannot have it (an error, another shape).
pub fn distort(fault: Fault, body: &[u8], _: &State) -> Option<Vec<u8>> {
    let mut answer: Value = serde_json::from_slice(body).ok()?;
    answer.get("error").is_none().then_some(())?;
    match answer.get_mut("orders").and_then(Value::as_array_mut) {
        Some(orders) => orders.iter_mut().for_each(|order| change(fault, order)),
        None => change(fault, &mut answer),
    }
    serde_json::to_vec(&answer).ok()
}

fn change(fault: Fault, answer: &mut Value) {
    let is_order = answer.get("revision").is_some();
    match fault {
        Fault::UnknownStatus => set(answer, "status", json!("LOST_AT_SEA")),
        Fault::WrongTotals => {
            for total in ["total", "totalAmount"] {
                off_by_a_cent(answer, total);
            }
        }
        Fault::WrongLineSums => {
            if let Some(line) = answer.get_mut("lines").and_then(|lines| lines.get_mut(0)) {
                off_by_a_cent(line, "lineTotal");
                let accepted = line.get("accepted").and_then(Value::as_u64);
                set(line, "accepted", json!(accepted.map(|accepted| accepted + 1)));
            }
        }
        Fault::OldNews if is_order => as_placed(answer, 1),
        Fault::GoingBack if is_order => {
            let revision = answer.get("revision").and_then(Value::as_u64).unwrap_or_default();
            as_placed(answer, revision + 1);
        }
        _ => {}
    }
}

/// Only what is there.
fn set(object: &mut Value, member: &str, value: Value) {
    if let Some(old) = object.get_mut(member) {
        *old = value;
    }
}

fn off_by_a_cent(object: &mut Value, member: &str) {
    let text = object.get(member).map(Value::to_string);
    let cents =
        text.and_then(|text| serde_json::value::RawValue::from_string(text).ok()).and_then(|raw| read_cents(&raw));
    if let Some(cents) = cents {
        set(object, member, json!(dollars(cents + 1)));
    }
}

fn as_placed(order: &mut Value, revision: u64) {
    set(order, "revision", json!(revision));
    set(order, "status", json!("PENDING"));
    if revision == 1
        && let Some(created) = order.get("createdAt").cloned()
    {
        set(order, "updatedAt", created);
    }
    for line in order.get_mut("lines").and_then(Value::as_array_mut).into_iter().flatten() {
        let quantity = line.get("quantity").cloned().unwrap_or_default();
        set(line, "accepted", quantity);
        for none in ["backordered", "rejected", "cancelled", "shipped"] {
            set(line, none, json!(0));
        }
    }
}
