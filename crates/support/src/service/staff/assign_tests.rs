use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    domain::{Status, Ticket},
    events,
    repository::Workshop,
    service::test_ports::{ADMIN, Kept, Mocks, TENANT, TICKET, a_ticket, member, staff},
};

const GRACE: AdminId = AdminId(Uuid::from_u128(2));
const GONE: AdminId = AdminId(Uuid::from_u128(3));

/// The desk, with Grace, who may handle tickets, and somebody who may not any more.
fn desk(ticket: Option<Ticket>) -> Mocks {
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

async fn assign(kept: &Kept, to: Option<AdminId>) -> Result<TicketView, SupportError> {
    StaffTickets::new(kept.ports.clone()).assign(&staff(), TICKET, to).await
}

fn field(outcome: &Result<TicketView, SupportError>) -> String {
    match outcome {
        Err(SupportError::Validation(errors)) => format!("{} {}", errors[0].field, errors[0].code),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn whoever_is_given_a_ticket_is_told() {
    let kept = desk(Some(a_ticket(Status::Open))).ports();
    let view = assign(&kept, Some(GRACE)).await.expect("assigns");
    assert_eq!(view.assigned_to.map(|it| it.name).as_deref(), Some("Grace Byron"));
    assert_eq!(view.ticket.version, 4);
    assert_eq!(kept.told(), (vec!["TICKET_ASSIGNED"], vec![events::TICKET_ASSIGNED]));
    let payload = json!({
        "ticketNumber": view.ticket.number.as_str(), "subject": "Login fails", "priority": "MEDIUM",
        "from": null, "to": GRACE, "assignedById": ADMIN,
        "recipient": { "email": "grace@nextcrm.test", "firstName": "Grace" },
    });
    assert_eq!(kept.payload(events::TICKET_ASSIGNED), payload);
    let entries = kept.told.entries.lock().expect("not poisoned");
    assert_eq!(entries[0].changes.to_value(), json!({ "assignedToId": { "from": null, "to": GRACE } }));
}

#[tokio::test]
async fn whoever_takes_a_ticket_or_gives_it_back_needs_no_mail() {
    let kept = desk(Some(a_ticket(Status::Open))).ports();
    assign(&kept, Some(ADMIN)).await.expect("assigns");
    assert_eq!(kept.payload(events::TICKET_ASSIGNED)["recipient"], Value::Null);

    let kept = desk(Some(Ticket { assigned_to: Some(GRACE), ..a_ticket(Status::Open) })).ports();
    let view = assign(&kept, None).await.expect("takes away");
    assert_eq!((view.assigned_to, view.ticket.assigned_to), (None, None));
    let payload = kept.payload(events::TICKET_ASSIGNED);
    assert_eq!((&payload["from"], &payload["to"], &payload["recipient"]), (&json!(GRACE), &Value::Null, &Value::Null));
}

#[tokio::test]
async fn only_active_staff_who_may_write_tickets() {
    let kept = desk(Some(a_ticket(Status::Open))).ports();
    assert_eq!(field(&assign(&kept, Some(GONE)).await), "adminUserId NOT_ASSIGNABLE");
    assert_eq!(field(&assign(&kept, Some(Uuid::from_u128(99).into())).await), "adminUserId NOT_FOUND");
    assert_eq!(
        (kept.told(), kept.transactor.log()),
        ((vec![], vec![]), ["BEGIN", "ROLLBACK"].repeat(2).iter().map(ToString::to_string).collect())
    );
}

#[tokio::test]
async fn nobody_is_given_a_closed_ticket_or_one_that_is_theirs() {
    let kept = desk(Some(a_ticket(Status::Closed))).ports();
    let closed = assign(&kept, Some(GRACE)).await;
    assert!(matches!(closed, Err(SupportError::IllegalTransition(_))), "{closed:?}");
    let kept = desk(Some(Ticket { assigned_to: Some(GRACE), ..a_ticket(Status::Open) })).ports();
    assert_eq!(assign(&kept, Some(GRACE)).await.expect("nothing to do").ticket.version, 3);
    assert_eq!(kept.told(), (vec![], vec![]));
}

#[tokio::test]
async fn the_next_one_is_sought_until_one_can_be_had() {
    let (taken, elsewhere, deleted) =
        (TicketId(Uuid::from_u128(71)), TicketId(Uuid::from_u128(72)), Uuid::from_u128(9).into());
    let mut mocks = desk(Some(a_ticket(Status::Open)));
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
    let kept = mocks.ports();
    let given = StaffTickets::new(kept.ports.clone()).assign_next(&staff(), GRACE).await.expect("assigns");
    assert_eq!(given.map(|view| (view.ticket.id, view.ticket.assigned_to)), Some((TICKET, Some(GRACE))));
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK", "BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn with_nothing_to_do_there_is_no_next_one() {
    let mut mocks = desk(None);
    mocks.tickets.expect_find_next_unassigned_in().returning(|_, _| Ok(None));
    let kept = mocks.ports();
    let tickets = StaffTickets::new(kept.ports.clone());
    assert_eq!(tickets.assign_next(&staff(), GRACE).await.expect("looks"), None);
    let refused = tickets.assign_next(&staff(), GONE).await;
    assert!(matches!(refused, Err(SupportError::Validation(_))), "{refused:?}");
}
