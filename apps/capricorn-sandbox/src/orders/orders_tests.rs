use chrono::{TimeDelta, Utc};
use proptest::prelude::*;

use super::*;
use crate::{SandboxOptions, state::State};

/// An order of these parts and quantities, as it would be placed now.
fn placed(state: &State, items: &[(u32, u32)], number: u64, now: DateTime<Utc>) -> Order {
    let parts: Vec<_> = items.iter().filter_map(|(at, quantity)| Some((state.catalogue.at(*at)?, *quantity))).collect();
    let wanted: Vec<_> = parts
        .iter()
        .map(|(part, quantity)| WantedLine { part, quantity: *quantity, stock: state.stock(part, now) })
        .collect();
    let Plan { steps, shipments } = plan(state.seed, number, &wanted, Delivery::Standard, now);
    let line = |(part, quantity): &(&crate::catalogue::Part, u32)| OrderLine {
        product_id: part.id.clone(),
        quantity: *quantity,
        unit_price_cents: 100,
        accepted: *quantity,
        backordered: 0,
        rejected: 0,
        cancelled: 0,
        shipped: 0,
    };
    Order {
        id: number.to_string(),
        customer_id: "C".to_owned(),
        client_reference: "R".to_owned(),
        idempotency_key: "K".to_owned(),
        status: OrderStatus::Pending,
        revision: 1,
        lines: parts.iter().map(line).collect(),
        total_cents: 0,
        delivery: Delivery::Standard,
        purchase_order_number: None,
        created_at: now,
        updated_at: now,
        invoiced_at: None,
        shipments,
        steps,
    }
}

fn adds_up(order: &Order) -> bool {
    let fits = |line: &OrderLine| {
        line.accepted + line.backordered + line.rejected + line.cancelled == line.quantity
            && line.shipped <= line.accepted
    };
    order.lines.iter().all(fits)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// However time passes and whenever it is cancelled.
    #[test]
    fn lines_always_add_up_and_news_is_newer(
        items in prop::collection::vec((0_u32..300, 1_u32..400), 1..12),
        number in any::<u64>(),
        hours in prop::collection::vec(0_i64..60, 1..20),
        cancelled_at in 0_usize..40,
    ) {
        let state = State::new(&SandboxOptions { parts: 300, ..SandboxOptions::default() }, String::new());
        let mut now = state.clock.now();
        let mut order = placed(&state, &items, number, now);
        prop_assert!(adds_up(&order));
        for (turn, hours) in hours.iter().enumerate() {
            let before = (order.revision, order.status, order.updated_at);
            now += TimeDelta::hours(*hours);
            order.progress(now);
            if turn == cancelled_at {
                let shipped = order.lines.iter().any(|line| line.shipped > 0);
                prop_assert_eq!(order.cancel(now).is_err(), shipped);
            }
            prop_assert!(adds_up(&order), "{:?}", order);
            prop_assert!(order.revision >= before.0);
            if order.revision == before.0 {
                prop_assert_eq!((order.status, order.updated_at), (before.1, before.2));
            }
        }
        order.progress(now + TimeDelta::days(365));
        let ended = [OrderStatus::Delivered, OrderStatus::Cancelled, OrderStatus::Failed];
        prop_assert!(ended.contains(&order.status) && adds_up(&order), "{:?}", order);
        prop_assert_eq!(order.invoiced_at.is_some(), order.status == OrderStatus::Delivered);
    }
}
