use kernel::Clock;
use serde_json::{Value, json};

use super::*;
use crate::{
    domain::{Author, Creator, Status, Ticket},
    events,
    service::test_ports::{ADMIN, Kept, Mocks, TENANT, TICKET, a_ticket, body, sam, staff},
};

fn desk(ticket: Ticket) -> Mocks {
    let mut mocks = Mocks::with(ticket);
    mocks.messages.expect_insert_in().returning(|_, _| Ok(true));
    mocks
}

async fn say(kept: &Kept, internal: bool) -> Result<StaffMessage, SupportError> {
    StaffTickets::new(kept.ports.clone()).add_message(&staff(), TICKET, body("Try again."), internal).await
}

#[tokio::test]
async fn the_first_answer_is_noted_and_mailed_without_its_words() {
    let kept = desk(a_ticket(Status::Open)).ports();
    let said = say(&kept, false).await.expect("says it");
    assert_eq!(said.message.author, Author::Staff { id: ADMIN, name: "Ada Byron".to_owned() });
    let ticket = said.view.ticket;
    assert_eq!((ticket.clock.first_response_at, ticket.version), (Some(kept.clock.now()), 4));
    assert_eq!(ticket.status, Status::Open, "an answer alone moves nothing");
    assert_eq!(kept.told(), (vec!["TICKET_MESSAGE_ADDED"], vec![events::MESSAGE_ADDED]));
    let payload = json!({
        "ticketNumber": ticket.number.as_str(), "messageId": said.message.id, "internal": false,
        "subject": "Login fails", "authorType": "ADMIN",
        "recipient": { "email": "sam@shop.test", "firstName": "Sam" },
    });
    assert_eq!(kept.payload(events::MESSAGE_ADDED), payload);
    let told = format!("{:?}{:?}", kept.told.entries, kept.told.events);
    assert!(!told.contains("Try again"), "{told}");
}

#[tokio::test]
async fn a_later_answer_is_no_first_one() {
    let mut answered = a_ticket(Status::Open);
    answered.clock.first_response_at = Some(answered.created_at);
    let kept = desk(answered.clone()).ports();
    kept.clock.advance(chrono::TimeDelta::hours(1));
    let said = say(&kept, false).await.expect("says it");
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
    let kept = mocks.ports();
    let said = say(&kept, true).await.expect("notes it");
    assert_eq!((said.view.ticket, said.message.internal), (ticket, true));
    let entries = kept.told.entries.lock().expect("not poisoned");
    let events = kept.told.events.lock().expect("not poisoned");
    // The workshop reads its own trail: what is told of a note is not in it.
    assert_eq!((entries[0].action, entries[0].tenant_id), ("TICKET_MESSAGE_ADDED", None));
    let keys: Vec<_> = events[0].payload.as_object().expect("an object").keys().map(String::as_str).collect();
    assert_eq!((events[0].tenant_id, keys), (None, vec!["internal", "messageId", "ticketNumber"]));
    assert_eq!(events[0].payload["internal"], Value::Bool(true));
    assert!(said.message.into_public().is_none());
}

#[tokio::test]
async fn on_a_closed_ticket_there_are_only_notes() {
    let kept = desk(a_ticket(Status::Closed)).ports();
    let refused = say(&kept, false).await;
    assert!(matches!(refused, Err(SupportError::IllegalTransition(Refusal::Closed))), "{refused:?}");
    say(&kept, true).await.expect("notes it");
    let kept = desk(Ticket { merged_into: Some(uuid::Uuid::from_u128(9).into()), ..a_ticket(Status::Closed) }).ports();
    let refused = say(&kept, true).await;
    assert!(matches!(refused, Err(SupportError::IllegalTransition(Refusal::Merged))), "{refused:?}");
}

#[tokio::test]
async fn nobody_is_written_to_who_was_not_named_or_has_left() {
    let gone = Creator::Person {
        id: uuid::Uuid::from_u128(99).into(),
        name: "Kim".to_owned(),
        email: "kim@shop.test".parse().expect("an address"),
    };
    for creator in [Creator::System, Creator::Staff { id: ADMIN, name: "Ada".to_owned() }, gone] {
        let kept = desk(Ticket { created_by: creator, ..a_ticket(Status::Open) }).ports();
        say(&kept, false).await.expect("says it");
        assert_eq!(kept.payload(events::MESSAGE_ADDED)["recipient"], Value::Null);
    }
}

#[tokio::test]
async fn nobody_of_a_workshop_speaks_for_staff() {
    let kept = desk(a_ticket(Status::Open)).ports();
    let refused = StaffTickets::new(kept.ports.clone()).add_message(&sam(), TICKET, body("Hi"), false).await;
    assert!(matches!(refused, Err(SupportError::Stranger)), "{refused:?}");
    assert_eq!(
        kept.told.events.lock().expect("not poisoned").iter().filter(|it| it.tenant_id == Some(TENANT)).count(),
        0
    );
}
