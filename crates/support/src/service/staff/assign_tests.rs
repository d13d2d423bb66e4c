use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    domain::{Status, Ticket},
    repository::Workshop,
    service::test_ports::{ADMIN, Fixture, Mocks, TENANT, TICKET, a_ticket, member, staff},
};

const GRACE: AdminId = AdminId(Uuid::from_u128(2));
const GONE: AdminId = AdminId(Uuid::from_u128(3));

/// The ports, with Grace, who may handle tickets, and somebody who may not any more.
fn mocks_of(ticket: Option<Ticket>) -> Mocks {
    let mut mocks = Mocks::default();
    mocks.customers.expect_find_workshop_for_share().returning(|_, id| Ok(Some(Workshop { deleted: id != TENANT })));
    mocks.staff.expect_find_for_share().returning(|_, id| match id {
        ADMIN => Ok(Some(member(ADMIN, "Ada", true))),
        GRACE => Ok(Some(member(GRACE, "Grace", true))),
        GONE => Ok(Some(member(GONE, "Bob", false))),
        _ => Ok(None),
    });
    if let Some(ticket) = ticket {
        mocks.expect_ticket(ticket);
    }
    mocks
}

async fn assign(fixture: &Fixture, to: Option<AdminId>) -> Result<TicketView, SupportError> {
    StaffTickets::new(fixture.deps.clone()).assign(&staff(), TICKET, to).await
}

fn field(outcome: &Result<TicketView, SupportError>) -> String {
    match outcome {
        Err(SupportError::Validation(errors)) => format!("{} {}", errors[0].field, errors[0].code),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn that_somebody_is_given_a_ticket_is_told() {
    let fixture = mocks_of(Some(a_ticket(Status::Open))).deps();
    let view = assign(&fixture, Some(GRACE)).await.expect("assigns");
    assert_eq!(view.assigned_to.map(|it| it.name).as_deref(), Some("Grace Byron"));
    assert_eq!(view.ticket.version, 4);
    assert_eq!(fixture.recorded(), (vec!["TICKET_ASSIGNED"], vec!["ticket.assigned.v1"]));
    let payload = json!({
        "ticketNumber": view.ticket.number.as_str(), "from": null, "to": GRACE, "assignedById": ADMIN,
    });
    assert_eq!(fixture.payload("ticket.assigned.v1"), payload);
    let entries = fixture.recorded.entries();
    assert_eq!(entries[0].changes.to_value(), json!({ "assignedToId": { "from": null, "to": GRACE } }));
}

#[tokio::test]
async fn who_takes_a_ticket_or_gives_it_back_is_told() {
    let fixture = mocks_of(Some(a_ticket(Status::Open))).deps();
    assign(&fixture, Some(ADMIN)).await.expect("assigns");
    let payload = fixture.payload("ticket.assigned.v1");
    assert_eq!((&payload["to"], &payload["assignedById"]), (&json!(ADMIN), &json!(ADMIN)));

    let fixture = mocks_of(Some(Ticket { assigned_to: Some(GRACE), ..a_ticket(Status::Open) })).deps();
    let view = assign(&fixture, None).await.expect("takes away");
    assert_eq!((view.assigned_to, view.ticket.assigned_to), (None, None));
    let payload = fixture.payload("ticket.assigned.v1");
    assert_eq!((&payload["from"], &payload["to"]), (&json!(GRACE), &Value::Null));
}

#[tokio::test]
async fn only_active_staff_who_may_write_tickets() {
    let fixture = mocks_of(Some(a_ticket(Status::Open))).deps();
    assert_eq!(field(&assign(&fixture, Some(GONE)).await), "adminUserId NOT_ASSIGNABLE");
    assert_eq!(field(&assign(&fixture, Some(Uuid::from_u128(99).into())).await), "adminUserId NOT_FOUND");
    assert_eq!(
        (fixture.recorded(), fixture.transactor.log()),
        ((vec![], vec![]), ["BEGIN", "ROLLBACK"].repeat(2).iter().map(ToString::to_string).collect())
    );
}

#[tokio::test]
async fn nobody_is_given_a_closed_ticket_or_one_that_is_theirs() {
    let fixture = mocks_of(Some(a_ticket(Status::Closed))).deps();
    let closed = assign(&fixture, Some(GRACE)).await;
    assert!(matches!(closed, Err(SupportError::IllegalTransition(_))), "{closed:?}");
    let fixture = mocks_of(Some(Ticket { assigned_to: Some(GRACE), ..a_ticket(Status::Open) })).deps();
    assert_eq!(assign(&fixture, Some(GRACE)).await.expect("nothing to do").ticket.version, 3);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn the_next_one_is_sought_until_one_can_be_had() {
    let (taken, elsewhere, deleted) =
        (TicketId(Uuid::from_u128(71)), TicketId(Uuid::from_u128(72)), Uuid::from_u128(9).into());
    let mut mocks = mocks_of(Some(a_ticket(Status::Open)));
    // Somebody was quicker with the first, the second is of a workshop that is gone.
    mocks.expect_ticket(Ticket { id: taken, assigned_to: Some(ADMIN), ..a_ticket(Status::Open) });
    mocks.expect_ticket(Ticket { id: elsewhere, tenant_id: deleted, ..a_ticket(Status::Open) });
    let mut tries = 0;
    mocks.tickets.expect_find_next_unassigned_in().times(3).returning(move |_, excluded| {
        tries += 1;
        match tries {
            1 => Ok(Some((taken, TENANT))),
            2 => Ok(Some((elsewhere, deleted))),
            _ => Ok((excluded == [deleted]).then_some((TICKET, TENANT))),
        }
    });
    let fixture = mocks.deps();
    let given = StaffTickets::new(fixture.deps.clone()).assign_next(&staff(), GRACE).await.expect("assigns");
    assert_eq!(given.map(|view| (view.ticket.id, view.ticket.assigned_to)), Some((TICKET, Some(GRACE))));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK", "BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn with_nothing_to_do_there_is_no_next_one() {
    let mut mocks = mocks_of(None);
    mocks.tickets.expect_find_next_unassigned_in().returning(|_, _| Ok(None));
    let fixture = mocks.deps();
    let tickets = StaffTickets::new(fixture.deps.clone());
    assert_eq!(tickets.assign_next(&staff(), GRACE).await.expect("looks"), None);
    let refused = tickets.assign_next(&staff(), GONE).await;
    assert!(matches!(refused, Err(SupportError::Validation(_))), "{refused:?}");
}
