use crate::{
    CapricornError,
    domain::{OrderId, OrderStatus, Resolution, ResolutionInput},
    service::orders::test_ports::{Fate, World},
    test_orders::an_order,
};
use kernel::{AdminId, AdminRole, Caller, RequestContext, Subject};
use uuid::Uuid;

fn ada() -> RequestContext {
    let ada = Subject::Admin { id: AdminId(Uuid::from_u128(1)), role: AdminRole::Admin };
    RequestContext { caller: Caller::new(ada), ..RequestContext::system("test", "r1") }
}

fn resolution(outcome: &str, id: Option<&str>) -> Resolution {
    let external_order_id = id.map(str::to_owned);
    let input = ResolutionInput { outcome: outcome.to_owned(), external_order_id, note: "Asked them".to_owned() };
    Resolution::parse(&input).expect("a right input")
}

/// An order that was sent, of which the answer was lost.
async fn in_doubt(fate: Fate) -> (World, OrderId) {
    let world = World::new();
    let id = world.with(an_order(OrderStatus::Submitting)).await;
    world.upstream.next(&[fate]);
    world.step().await;
    assert_eq!(world.order(id).status, OrderStatus::SubmitUnknown);
    (world, id)
}

#[tokio::test]
async fn the_suppliers_order_is_taken_over_if_it_is_ours() {
    let (world, id) = in_doubt(Fate::LostAfter).await;
    let wrong = world.staff.resolve(&ada(), id, resolution("ADOPT", Some("CAP-9"))).await;
    assert!(matches!(&wrong, Err(CapricornError::Validation(it)) if it[0].field == "externalOrderId"), "{wrong:?}");
    let begun = world.transactor.log().len();
    let adopted = world.staff.resolve(&ada(), id, resolution("ADOPT", Some("CAP-1"))).await.expect("adopts").order;
    assert_eq!((adopted.status, adopted.external_id.as_deref()), (OrderStatus::Pending, Some("CAP-1")));
    assert_eq!(world.recorded.recorded(), (vec!["ORDER_RESOLVED"], vec!["order.submitted.v1"]));
    assert_eq!(world.transactor.log()[begun..], ["BEGIN", "COMMIT"]);
    let again = world.staff.resolve(&ada(), id, resolution("FAIL", None)).await;
    assert!(matches!(again, Err(CapricornError::IllegalTransition(_))), "{again:?}");
}

#[tokio::test]
async fn it_is_sent_again() {
    let (world, id) = in_doubt(Fate::LostBefore).await;
    world.staff.resolve(&ada(), id, resolution("RESEND", None)).await.expect("resolves");
    while world.order(id).status.is_limbo() {
        world.step().await.expect("goes on");
    }
    assert_eq!((world.upstream.count(), *world.upstream.posts.lock().unwrap()), (1, 2));
}

#[tokio::test]
async fn it_is_given_up() {
    let (world, id) = in_doubt(Fate::LostBefore).await;
    let failed = world.staff.resolve(&ada(), id, resolution("FAIL", None)).await.expect("resolves").order;
    assert_eq!((failed.status, failed.needs_review), (OrderStatus::Failed, false));
    assert_eq!(world.recorded.recorded(), (vec!["ORDER_RESOLVED"], vec!["order.failed.v1"]));
    while world.step().await.is_some() {}
    assert_eq!((world.order(id).status, *world.upstream.posts.lock().unwrap()), (OrderStatus::Failed, 1));
}

#[tokio::test]
async fn nobody_decides_while_it_is_being_sent() {
    let world = World::new();
    let mut order = an_order(OrderStatus::Submitting);
    order.progress.sending_since = Some(order.created_at);
    let id = world.with(order).await;
    let refused = world.staff.resolve(&ada(), id, resolution("FAIL", None)).await;
    assert!(matches!(refused, Err(CapricornError::OrderInDoubt)), "{refused:?}");
}
