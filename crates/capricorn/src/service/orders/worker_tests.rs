use kernel::Clock as _;
use proptest::prelude::*;

use super::*;
use crate::{
    domain::{OrderId, SupplierStatus},
    service::orders::test_ports::{Fate, World, sam},
    test_orders::{TENANT, an_order},
};

/// A world with an order that is about to be sent.
async fn placed() -> (World, OrderId) {
    let world = World::new();
    let id = world.with(an_order(OrderStatus::Submitting)).await;
    (world, id)
}

#[tokio::test]
async fn an_order_is_sent_and_followed() {
    let (world, id) = placed().await;
    world.step().await;
    let order = world.order(id);
    assert_eq!((order.status, order.external_id.as_deref()), (OrderStatus::Pending, Some("CAP-1")));
    assert_eq!(world.recorded.recorded(), (vec![], vec!["order.submitted.v1"]));
    world.upstream.move_to(&order.number, SupplierStatus::Shipped);
    assert_eq!(world.step().await.map(|task| task.work), Some(Work::Poll));
    world.upstream.move_to(&order.number, SupplierStatus::Delivered);
    world.step().await;
    assert_eq!(world.order(id).status, OrderStatus::Delivered);
    assert_eq!(world.step().await, None, "nothing follows");
    assert_eq!(world.memory.kept(), ["TAKEN", "TAKEN", "TAKEN"]);
}

#[tokio::test]
async fn it_is_marked_as_sent_before_it_is() {
    let (world, id) = placed().await;
    // It dies between the mark and the answer: the same task comes back.
    let (_, task) = world.tasks()[0];
    let mut order = world.order(id);
    (order.progress.sending_since, order.progress.sends) = (Some(world.clock.now()), 1);
    world.memory.all().insert(id, order);
    assert_eq!(world.perform(task).await, Outcome::Done);
    assert_eq!((world.order(id).status, *world.upstream.posts.lock().unwrap()), (OrderStatus::SubmitUnknown, 0));
}

#[tokio::test]
async fn what_cannot_have_been_sent_is_tried_again() {
    let (world, id) = placed().await;
    world.upstream.next(&[Fate::Refused, Fate::Refused]);
    world.step().await;
    assert_eq!((world.order(id).status, world.order(id).progress.sends), (OrderStatus::Submitting, 0));
    world.step().await;
    world.step().await;
    assert_eq!((world.order(id).status, world.order(id).progress.sends), (OrderStatus::Pending, 1));
}

#[tokio::test]
async fn a_lost_answer_is_found_out() {
    let (world, id) = placed().await;
    world.upstream.next(&[Fate::LostAfter]);
    world.step().await;
    assert_eq!(world.order(id).status, OrderStatus::SubmitUnknown);
    let before = world.clock.now();
    assert_eq!(world.step().await.map(|task| task.work), Some(Work::Reconcile));
    assert_eq!(world.clock.now() - before, TimeDelta::seconds(5));
    assert_eq!((world.order(id).status, *world.upstream.posts.lock().unwrap()), (OrderStatus::Pending, 1));
}

#[tokio::test]
async fn what_is_missing_twice_is_sent_again() {
    let (world, id) = placed().await;
    world.upstream.next(&[Fate::LostBefore]);
    let mut works = Vec::new();
    while world.order(id).status.is_limbo() {
        works.push(world.step().await.expect("goes on").work);
    }
    assert_eq!(works, [Work::Submit, Work::Reconcile, Work::Reconcile, Work::Reconcile, Work::Submit]);
    assert_eq!((world.upstream.count(), *world.upstream.posts.lock().unwrap()), (1, 2));
}

#[tokio::test]
async fn what_never_arrives_is_for_people_after_four_times() {
    let (world, id) = placed().await;
    let a_time = [Fate::LostBefore, Fate::Fine, Fate::Fine, Fate::Fine];
    world.upstream.next(&a_time.repeat(9));
    while world.step().await.is_some() {}
    let order = world.order(id);
    assert_eq!((order.status, order.needs_review), (OrderStatus::SubmitUnknown, true));
    assert_eq!(*world.upstream.posts.lock().unwrap(), 4);
    assert_eq!(world.recorded.recorded().1, ["order.needs_review.v1"]);
}

#[tokio::test]
async fn what_the_supplier_refuses_has_failed() {
    let (world, id) = placed().await;
    world.upstream.next(&[Fate::Rejected]);
    world.step().await;
    let order = world.order(id);
    assert_eq!(order.status, OrderStatus::Failed);
    assert!(order.error_message.is_some_and(|why| why.contains("refuses")));
    assert_eq!((world.step().await, world.recorded.recorded().1), (None, vec!["order.failed.v1"]));
}

#[tokio::test]
async fn a_suspended_workshops_order_is_never_sent() {
    let (world, id) = placed().await;
    *world.suspended.lock().unwrap() = true;
    world.step().await;
    assert_eq!((world.order(id).status, *world.upstream.posts.lock().unwrap()), (OrderStatus::Cancelled, 0));
    assert_eq!(world.recorded.recorded(), (vec!["ORDER_CANCELLED"], vec!["order.cancelled.v1"]));
}

#[tokio::test]
async fn cancelling() {
    // Not sent yet: here.
    let (world, id) = placed().await;
    let view = world.workshop.cancel(&sam(), TENANT, id).await.expect("cancels");
    assert_eq!((view.order.status, world.upstream.count()), (OrderStatus::Cancelled, 0));
    assert_eq!(world.recorded.recorded(), (vec!["ORDER_CANCELLED"], vec!["order.cancelled.v1"]));
    world.step().await;
    assert_eq!(world.step().await, None);
    assert_eq!(*world.upstream.posts.lock().unwrap(), 0);
    assert!(world.workshop.cancel(&sam(), TENANT, id).await.is_ok(), "once more");

    // In doubt: not now.
    let (world, id) = placed().await;
    world.upstream.next(&[Fate::LostAfter]);
    world.step().await;
    let doubt = world.workshop.cancel(&sam(), TENANT, id).await;
    assert!(matches!(doubt, Err(CapricornError::OrderInDoubt)), "{doubt:?}");

    // Sent, and the answer is lost: asked again until it is known.
    world.step().await;
    world.upstream.next(&[Fate::LostAfter, Fate::LostBefore]);
    let lost = world.workshop.cancel(&sam(), TENANT, id).await;
    assert!(matches!(lost, Err(CapricornError::UpstreamFailed(_))), "{lost:?}");
    assert_eq!(world.order(id).status, OrderStatus::Pending);
    while world.step().await.is_some() {}
    assert_eq!(world.order(id).status, OrderStatus::Cancelled);
    assert_eq!(world.recorded.recorded().0, ["ORDER_CANCELLED"]);

    // Shipped: too late, and known to be shipped.
    let (world, id) = placed().await;
    world.step().await;
    world.upstream.move_to(&world.order(id).number, SupplierStatus::Shipped);
    let late = world.workshop.cancel(&sam(), TENANT, id).await;
    assert!(matches!(late, Err(CapricornError::IllegalTransition(_))), "{late:?}");
    assert_eq!((world.order(id).status, world.order(id).progress.cancel), (OrderStatus::Shipped, None));
}

/// What happens in the model.
#[derive(Debug, Clone, Copy)]
enum Event {
    /// The next task is done, while calls fare like this.
    Step(Fate),
    /// One that is out of date, or in hand of a node that was thought dead, is done once more.
    Again(prop::sample::Index),
    /// The node dies after it marked the order as being sent; whether the request got out or not.
    Crash(bool),
    /// Somebody cancels it, while the call fares like this.
    Cancel(Fate),
    /// The supplier ships it.
    Ship,
}

fn event() -> impl Strategy<Value = Event> {
    let fate = || {
        prop_oneof![
            4 => Just(Fate::Fine),
            2 => Just(Fate::Refused),
            2 => Just(Fate::LostBefore),
            2 => Just(Fate::LostAfter),
        ]
    };
    prop_oneof![
        6 => fate().prop_map(Event::Step),
        2 => any::<prop::sample::Index>().prop_map(Event::Again),
        2 => any::<bool>().prop_map(Event::Crash),
        2 => fate().prop_map(Event::Cancel),
        1 => Just(Event::Ship),
    ]
}

async fn happen(world: &World, id: OrderId, event: Event, seen: &mut Vec<OrderTask>) {
    match event {
        Event::Step(fate) => {
            world.upstream.next(&[fate]);
            seen.extend(world.step().await);
        }
        Event::Again(index) if !seen.is_empty() => {
            assert_eq!(world.perform(*index.get(seen)).await, Outcome::Done);
        }
        Event::Crash(got_out) => {
            let Some((_, task)) = world.tasks().first().copied().filter(|(_, task)| task.work == Work::Submit) else {
                return;
            };
            let worker = OrderWorker::new(world.deps.clone());
            let account = crate::service::orders::test_ports::account();
            let order = worker.begin_sending(&task, Some(&account)).await.expect("begins");
            if let Some(order) = order.filter(|_| got_out) {
                drop(world.deps.supplier.submit(&account, &order.submission()).await);
            }
        }
        Event::Cancel(fate) => {
            world.upstream.next(&[fate]);
            drop(world.workshop.cancel(&sam(), TENANT, id).await);
        }
        Event::Ship if world.upstream.count() > 0 => {
            let order = world.order(id);
            let is_open =
                world.upstream.orders.lock().unwrap()[order.number.as_str()].status == SupplierStatus::Pending;
            if is_open {
                world.upstream.move_to(&order.number, SupplierStatus::Shipped);
            }
        }
        Event::Again(_) | Event::Ship => {}
    }
    world.upstream.next(&[]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_there_is_one_order_at_most_and_none_stays_in_limbo(
        events in proptest::collection::vec(event(), 0..25),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let (world, id) = placed().await;
            let mut seen = Vec::new();
            for event in events {
                happen(&world, id, event, &mut seen).await;
                prop_assert!(world.upstream.count() <= 1);
                let order = world.order(id);
                prop_assert!(
                    !(order.status == OrderStatus::Cancelled && order.external_id.is_none()) || world.upstream.count() == 0,
                    "cancelled here, and yet sent"
                );
            }
            // The world calms down.
            for _ in 0..200 {
                if !world.order(id).status.is_limbo() {
                    break;
                }
                let Some(_) = world.step().await else { break };
            }
            let order = world.order(id);
            prop_assert!(!order.status.is_limbo() || order.needs_review, "in limbo: {:?}", order);
            if !order.status.is_limbo() && order.external_id.is_some() {
                // Followed to its end.
                world.upstream.move_to(&order.number, match order.status {
                    OrderStatus::Cancelled => SupplierStatus::Cancelled,
                    _ => SupplierStatus::Delivered,
                });
                for _ in 0..20 {
                    if world.order(id).status.is_final() || world.step().await.is_none() {
                        break;
                    }
                }
                let order = world.order(id);
                prop_assert!(order.status.is_final() || order.needs_review, "not followed: {:?}", order);
            }
            Ok(())
        })?;
    }
}
