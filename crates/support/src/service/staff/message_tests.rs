use kernel::Clock;
use serde_json::json;

use super::*;
use crate::{
    domain::{Author, Status, Ticket},
    service::test_ports::{ADMIN, Fixture, Mocks, TENANT, TICKET, a_ticket, body, sam, staff},
};

fn mocks_of(ticket: Ticket) -> Mocks {
    let mut mocks = Mocks::with(ticket);
    mocks.messages.expect_insert_in().returning(|_, _| Ok(true));
    mocks
}

async fn say(fixture: &Fixture, internal: bool) -> Result<StaffMessage, SupportError> {
    StaffTickets::new(fixture.deps.clone()).add_message(&staff(), TICKET, body("Try again."), internal).await
}

#[tokio::test]
async fn the_first_answer_is_noted_and_told_without_its_words() {
    let fixture = mocks_of(a_ticket(Status::Open)).deps();
    let said = say(&fixture, false).await.expect("says it");
    assert_eq!(said.message.author, Author::Staff { id: ADMIN, name: "Ada Byron".to_owned() });
    let ticket = said.view.ticket;
    assert_eq!((ticket.clock.first_response_at, ticket.version), (Some(fixture.clock.now()), 4));
    assert_eq!(ticket.status, Status::Open, "an answer alone moves nothing");
    assert_eq!(fixture.recorded(), (vec!["TICKET_MESSAGE_ADDED"], vec!["ticket.message_added.v1"]));
    let payload = json!({
        "ticketNumber": ticket.number.as_str(), "messageId": said.message.id, "authorType": "ADMIN",
    });
    assert_eq!(fixture.payload("ticket.message_added.v1"), payload);
    let recorded = format!("{:?}", fixture.recorded);
    assert!(!recorded.contains("Try again"), "{recorded}");
}

#[tokio::test]
async fn a_later_answer_is_no_first_one() {
    let mut answered = a_ticket(Status::Open);
    answered.clock.first_response_at = Some(answered.created_at);
    let fixture = mocks_of(answered.clone()).deps();
    fixture.clock.advance(chrono::TimeDelta::hours(1));
    let said = say(&fixture, false).await.expect("says it");
    assert_eq!(said.view.ticket.clock.first_response_at, Some(answered.created_at));
}

#[tokio::test]
async fn a_note_changes_nothing_that_the_workshop_could_see() {
    let mut mocks = Mocks::default();
    let ticket = a_ticket(Status::Open);
    let (found, history) = (ticket.clone(), crate::service::test_ports::history_of(&ticket));
    mocks.tickets.expect_find_for_update().returning(move |_, _, _| Ok(Some(found.clone())));
    mocks.history.expect_read_in().returning(move |_, _, _| Ok(history.clone()));
    mocks
        .customers
        .expect_find_workshop_for_share()
        .returning(|_, _| Ok(Some(crate::repository::Workshop { deleted: false })));
    mocks
        .staff
        .expect_find_for_share()
        .returning(|_, id| Ok(Some(crate::service::test_ports::member(id, "Ada", true))));
    // Neither the ticket nor its history may be written.
    mocks.messages.expect_insert_in().once().withf(|_, message| message.internal).returning(|_, _| Ok(true));
    let fixture = mocks.deps();
    let said = say(&fixture, true).await.expect("notes it");
    assert_eq!((said.view.ticket, said.message.internal), (ticket, true));
    let entries = fixture.recorded.entries();
    let events = fixture.recorded.events();
    // The workshop reads its own trail: what is told of a note is not in it.
    assert_eq!((entries[0].action, entries[0].tenant_id), ("TICKET_MESSAGE_ADDED", None));
    let keys: Vec<_> = events[0].payload.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!((events[0].kind.as_str(), events[0].tenant_id), ("ticket.note_added.v1", None));
    assert_eq!(keys, ["messageId", "ticketNumber"]);
    assert!(said.message.into_public().is_none());
}

#[tokio::test]
async fn on_a_closed_ticket_there_are_only_notes() {
    let fixture = mocks_of(a_ticket(Status::Closed)).deps();
    let refused = say(&fixture, false).await;
    assert!(matches!(refused, Err(SupportError::IllegalTransition(Refusal::Closed))), "{refused:?}");
    say(&fixture, true).await.expect("notes it");
    let fixture =
        mocks_of(Ticket { merged_into: Some(uuid::Uuid::from_u128(9).into()), ..a_ticket(Status::Closed) }).deps();
    let refused = say(&fixture, true).await;
    assert!(matches!(refused, Err(SupportError::IllegalTransition(Refusal::Merged))), "{refused:?}");
}

#[tokio::test]
async fn nobody_of_a_workshop_speaks_for_staff() {
    let fixture = mocks_of(a_ticket(Status::Open)).deps();
    let refused = StaffTickets::new(fixture.deps.clone()).add_message(&sam(), TICKET, body("Hi"), false).await;
    assert!(matches!(refused, Err(SupportError::UnknownParty)), "{refused:?}");
    assert_eq!(fixture.recorded.events().iter().filter(|it| it.tenant_id == Some(TENANT)).count(), 0);
}
