use crate::{
    CapricornError,
    domain::{OrderStatus, SupplierStatus},
    service::orders::test_ports::{Fate, World},
    test_orders::{TENANT, an_order},
};
use chrono::TimeDelta;
use kernel::TenantId;
use uuid::Uuid;

#[tokio::test]
async fn the_supplier_is_asked_once_in_five_seconds() {
    let world = World::new();
    let id = world.with(an_order(OrderStatus::Submitting)).await;
    let limbo = world.workshop.get(TENANT, id, true).await.expect("is there").order;
    assert_eq!((limbo.status, limbo.progress.asked_at), (OrderStatus::Submitting, None), "in limbo nobody is asked");
    world.step().await;
    world.upstream.move_to(&limbo.number, SupplierStatus::Confirmed);
    let status = async |refresh| world.workshop.get(TENANT, id, refresh).await.map(|view| view.order.status);
    assert!(matches!(status(false).await, Ok(OrderStatus::Pending)));
    assert!(matches!(status(true).await, Ok(OrderStatus::Confirmed)));
    world.upstream.move_to(&limbo.number, SupplierStatus::Shipped);
    world.clock.advance(TimeDelta::seconds(4));
    assert!(matches!(status(true).await, Ok(OrderStatus::Confirmed)));
    world.clock.advance(TimeDelta::seconds(1));
    world.upstream.next(&[Fate::LostBefore]);
    assert!(matches!(status(true).await, Err(CapricornError::UpstreamFailed(_))));
    world.clock.advance(TimeDelta::seconds(5));
    assert!(matches!(status(true).await, Ok(OrderStatus::Shipped)));
    let foreign = world.workshop.get(TenantId(Uuid::from_u128(99)), id, true).await;
    assert!(matches!(foreign, Err(CapricornError::NotFound("order"))), "{foreign:?}");
}

#[tokio::test]
async fn an_order_that_the_supplier_has_lost_stays_and_is_for_people() {
    let world = World::new();
    let id = world.with(an_order(OrderStatus::Confirmed)).await;
    let order = world.workshop.get(TENANT, id, true).await.expect("is there").order;
    assert_eq!((order.status, order.needs_review), (OrderStatus::Confirmed, true));
    assert_eq!(world.recorded.recorded().1, ["order.needs_review.v1"]);
}
