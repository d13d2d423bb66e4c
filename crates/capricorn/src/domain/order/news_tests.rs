use kernel::{Currency, Money};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::{
    domain::{SupplierStatus, SupplierStatus as S},
    test_orders::{an_order, news},
};

fn taken(order: &mut Order, status: SupplierStatus, revision: i64) -> News {
    let it = news(order, status, revision);
    apply(order, &it)
}

#[test]
fn newer_news_is_taken_and_older_is_not() {
    let mut order = an_order(OrderStatus::Submitting);
    assert_eq!(taken(&mut order, S::Pending, 1), News::Taken);
    assert_eq!((order.status, order.external_id.as_deref()), (OrderStatus::Pending, Some("CAP-1")));
    assert_eq!(taken(&mut order, S::Shipped, 4), News::Taken);
    let before = order.clone();
    assert_eq!(taken(&mut order, S::Delivered, 4), News::Stale, "an equal revision");
    assert_eq!(taken(&mut order, S::Confirmed, 2), News::Stale);
    assert_eq!(taken(&mut order, S::Confirmed, 9), News::Stale, "it would go back");
    assert_eq!(order, before);
}

#[test]
fn what_cannot_be_is_for_people_until_something_newer_can() {
    let mut order = an_order(OrderStatus::Pending);
    taken(&mut order, S::Confirmed, 3);
    let lines = order.lines.clone();
    let doubted = taken(&mut order, S::Unknown("ON_THE_MOON".to_owned()), 5);
    assert_eq!(doubted, News::Doubted(Doubt::UnknownStatus));
    assert!(matches!(taken(&mut order, S::Failed, 6), News::Doubted(Doubt::NotAllowed { .. })));
    assert_eq!((order.status, order.needs_review, &order.lines), (OrderStatus::Confirmed, true, &lines));
    assert_eq!(taken(&mut order, S::Shipped, 4), News::Taken, "good news, but older than the doubted");
    assert!(order.needs_review);
    assert_eq!(taken(&mut order, S::Shipped, 7), News::Taken);
    assert!(!order.needs_review && order.review_reason.is_none());
}

#[test]
fn lines_fit_ours_and_add_up() {
    let broken: [fn(&mut SupplierOrder); 8] = [
        |it| it.lines.clear(),
        |it| it.lines[0].part = "FOREIGN".to_owned(),
        |it| it.lines[1] = it.lines[0].clone(),
        |it| it.lines.push(it.lines[0].clone()),
        |it| it.lines[0].backordered += 1,
        |it| (it.lines[0].accepted, it.lines[0].backordered) = (-1, 3),
        |it| it.lines[0].shipped = it.lines[0].accepted + 1,
        |it| it.lines[0].quantity = -1,
    ];
    for (number, damage) in broken.into_iter().enumerate() {
        let mut order = an_order(OrderStatus::Submitting);
        let mut it = news(&order, S::Pending, 1);
        damage(&mut it);
        assert_eq!(apply(&mut order, &it), News::Doubted(Doubt::Lines), "{number}");
        assert_eq!((order.status, order.external_id), (OrderStatus::Submitting, None), "{number}");
    }
}

#[test]
fn news_of_another_order_is_none() {
    let mut order = an_order(OrderStatus::Pending);
    for damage in [
        |it: &mut SupplierOrder| it.client_reference = "ORD-X".to_owned(),
        |it: &mut SupplierOrder| it.order_id = "CAP-2".into(),
    ] {
        let mut it = news(&order, S::Shipped, 7);
        damage(&mut it);
        assert_eq!(apply(&mut order, &it), News::Doubted(Doubt::OtherOrder));
    }
    assert_eq!((order.status, order.needs_review), (OrderStatus::Pending, true));
    assert_eq!(taken(&mut order, S::Shipped, 8), News::Taken);
    assert!(!order.needs_review);
}

/// The supplier's history of an order: each step is one that there is, with lines that are what they are at that revision; some
/// of what is said along the way cannot be believed.
fn history() -> impl Strategy<Value = Vec<SupplierOrder>> {
    let draws = proptest::collection::vec((any::<u8>(), 0_i64..=2, any::<u8>()), 1..12);
    draws.prop_map(|draws| {
        let order = an_order(OrderStatus::Submitting);
        let words =
            [S::Pending, S::Confirmed, S::Backordered, S::PartiallyShipped, S::Shipped, S::Delivered, S::Cancelled];
        let (mut at, mut all) = (S::Pending, Vec::new());
        for (revision, (draw, shipped, odd)) in draws.into_iter().enumerate() {
            let here = OrderStatus::of_supplier(&at).expect("known");
            let steps: Vec<_> = words
                .iter()
                .filter(|to| here.step_to(OrderStatus::of_supplier(to).expect("known")) == Step::Forward)
                .collect();
            if revision > 0 {
                at = steps[usize::from(draw) % steps.len()].clone();
            }
            let mut it = news(&order, at.clone(), i64::try_from(revision).expect("small") + 1);
            it.lines[0].shipped = shipped;
            match odd % 8 {
                0 => it.status = S::Unknown("?".to_owned()),
                1 => it.lines[0].rejected += 1,
                _ => {}
            }
            all.push(it);
        }
        all
    })
}

proptest! {
    #[test]
    fn any_order_repetition_and_loss_of_news_ends_the_same(
        history in history(),
        picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        // In order, without a loss.
        let mut expected = an_order(OrderStatus::Submitting);
        for it in &history {
            apply(&mut expected, it);
        }
        // Any of it, as often as it comes, in between and afterwards; and each at least once, if only the last look of all.
        let mut order = an_order(OrderStatus::Submitting);
        for pick in &picks {
            apply(&mut order, pick.get(&history));
        }
        for it in history.iter().rev() {
            apply(&mut order, it);
        }
        for pick in &picks {
            apply(&mut order, pick.get(&history));
        }
        prop_assert_eq!((order.status, order.revision, &order.lines), (expected.status, expected.revision, &expected.lines));
        prop_assert_eq!(order.needs_review, expected.needs_review);

        // Of good news the newest is enough.
        let newest = history.iter().rev().find(|it| {
            apply(&mut an_order(OrderStatus::Submitting), it) == News::Taken
        });
        if let Some(newest) = newest {
            let mut late = an_order(OrderStatus::Submitting);
            for pick in &picks {
                apply(&mut late, pick.get(&history));
            }
            apply(&mut late, newest);
            prop_assert_eq!((late.status, late.revision, &late.lines), (expected.status, expected.revision, &expected.lines));
        }
    }
}

#[test]
fn money_stays_as_it_was_ordered() {
    let mut order = an_order(OrderStatus::Pending);
    let before = order.total;
    let mut it = news(&order, S::Shipped, 3);
    it.raw = json!({ "totalAmount": "1.00" });
    assert_eq!(apply(&mut order, &it), News::Taken);
    assert_eq!((order.total, before.currency()), (Money::new(before.cents(), Currency::AUD), Currency::AUD));
}
