use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    domain::{Author, Refusal},
    service::test_ports::{Fixture, Mocks, PERSON, TENANT, TICKET, a_ticket, staff},
};

const INTO_ID: TicketId = TicketId(Uuid::from_u128(60));

fn other() -> Ticket {
    Ticket { id: INTO_ID, ..a_ticket(Status::InProgress) }
}

fn mocks_of(source: Ticket, target: Ticket) -> Mocks {
    let mut mocks = Mocks::with(source);
    mocks.expect_ticket(target);
    mocks
}

async fn merge(fixture: &Fixture, into: TicketId) -> Result<TicketView, SupportError> {
    StaffTickets::new(fixture.deps.clone()).merge(&staff(), TICKET, into).await
}

#[tokio::test]
async fn the_other_ticket_gets_everything_and_this_one_leads_to_it() {
    let mut source = a_ticket(Status::Open);
    source.clock.first_response_at = Some(source.created_at);
    let mut mocks = Mocks::with_staff();
    mocks.expect_ticket(source.clone());
    mocks.expect_ticket(other());
    mocks
        .messages
        .expect_move_in()
        .once()
        .withf(|_, tenant, from, to| (*tenant, *from, *to) == (TENANT, TICKET, INTO_ID))
        .returning(|_, _, _, _| Ok(true));
    let opened = source.created_at;
    mocks
        .messages
        .expect_insert_in()
        .once()
        .withf(move |_, message| {
            let said = message.body.as_str() == "Since this morning." && !message.internal;
            let by = message.author == Author::Person { id: PERSON, name: "Sam Lee".to_owned() };
            said && by
                && (message.ticket_id, message.merged_from, message.created_at) == (INTO_ID, Some(TICKET), opened)
        })
        .returning(|_, _| Ok(true));
    let fixture = mocks.deps();
    let target = merge(&fixture, INTO_ID).await.expect("merges").ticket;
    assert_eq!((target.id, target.status, target.version), (INTO_ID, Status::InProgress, 4));
    assert!(target.clock.first_response_at.is_some(), "an answer to one of them is an answer to both");
    let actions = vec!["TICKET_MERGED", "TICKET_MERGED", "TICKET_STATUS_CHANGED"];
    assert_eq!(fixture.recorded(), (actions, vec!["ticket.merged.v1", "ticket.status_changed.v1"]));
    let payload = fixture.payload("ticket.merged.v1");
    assert_eq!((&payload["ticketNumber"], &payload["intoTicketId"]), (&source.number.as_str().into(), &json!(INTO_ID)));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn only_another_ticket_of_the_same_workshop_that_is_not_closed() {
    let field = |outcome: Result<TicketView, SupportError>| match outcome {
        Err(SupportError::Validation(errors)) => format!("{} {}", errors[0].field, errors[0].code),
        Err(SupportError::IllegalTransition(refusal)) => format!("{refusal:?}"),
        other => format!("{other:?}"),
    };
    let open = || a_ticket(Status::Open);
    assert_eq!(field(merge(&mocks_of(open(), other()).deps(), TICKET).await), "intoTicketId INVALID");
    let foreign = Ticket { tenant_id: Uuid::from_u128(9).into(), ..other() };
    assert_eq!(field(merge(&mocks_of(open(), foreign).deps(), INTO_ID).await), "intoTicketId NOT_FOUND");
    let closed = || a_ticket(Status::Closed);
    assert_eq!(field(merge(&mocks_of(closed(), other()).deps(), INTO_ID).await), format!("{:?}", Refusal::Closed));
    let target = Ticket { id: INTO_ID, ..closed() };
    assert_eq!(field(merge(&mocks_of(open(), target).deps(), INTO_ID).await), format!("{:?}", Refusal::Closed));
    let merged = Ticket { merged_into: Some(INTO_ID), ..closed() };
    assert_eq!(field(merge(&mocks_of(merged, other()).deps(), INTO_ID).await), format!("{:?}", Refusal::Merged));
}
