use uuid::Uuid;

use super::*;
use crate::{
    domain::{Refusal, Status},
    repository::Workshop,
    service::test_ports::{Fixture, Mocks, PERSON, TENANT, TICKET, a_ticket, body, sam, staff},
};

fn mocks_of(status: Status) -> Mocks {
    let mut mocks = Mocks::with(a_ticket(status));
    mocks.messages.expect_insert_in().returning(|_, _| Ok(true));
    mocks
}

async fn say(fixture: &Fixture, tenant: TenantId) -> Result<WorkshopMessage, SupportError> {
    WorkshopTickets::new(fixture.deps.clone()).add_message(&sam(), tenant, TICKET, body("Still broken.")).await
}

#[tokio::test]
async fn a_message_moves_what_waited_and_what_was_resolved() {
    for (from, to) in [
        (Status::Open, Status::Open),
        (Status::InProgress, Status::InProgress),
        (Status::WaitingForCustomer, Status::InProgress),
        (Status::Resolved, Status::Open),
    ] {
        let fixture = mocks_of(from).deps();
        let said = say(&fixture, TENANT).await.expect("says it");
        assert_eq!((said.view.ticket.status, said.view.ticket.version), (to, 4), "{from}");
        assert_eq!(said.message.author, Author::Person { id: PERSON, name: "Sam Lee".to_owned() });
        let moved = usize::from(from != to);
        let actions = &["TICKET_MESSAGE_ADDED", "TICKET_STATUS_CHANGED"][..=moved];
        let kinds = &["ticket.message_added.v1", "ticket.status_changed.v1"][..=moved];
        assert_eq!(fixture.recorded(), (actions.to_vec(), kinds.to_vec()));
        assert_eq!(fixture.payload("ticket.message_added.v1")["authorType"], "TENANT_USER");
        assert_eq!(said.view.ticket.clock.first_response_at, None, "only staff answer");
    }
}

#[tokio::test]
async fn a_closed_ticket_is_a_conflict() {
    let fixture = mocks_of(Status::Closed).deps();
    let refused = say(&fixture, TENANT).await;
    assert!(matches!(refused, Err(SupportError::IllegalTransition(Refusal::Closed))), "{refused:?}");
    assert_eq!(
        (fixture.recorded(), fixture.transactor.log()),
        ((vec![], vec![]), vec!["BEGIN".to_owned(), "ROLLBACK".to_owned()])
    );
}

#[tokio::test]
async fn nobody_speaks_in_another_workshop() {
    let fixture = mocks_of(Status::Open).deps();
    let foreign = say(&fixture, Uuid::from_u128(9).into()).await;
    assert!(matches!(foreign, Err(SupportError::TicketNotFound)), "{foreign:?}");
    let tickets = WorkshopTickets::new(fixture.deps.clone());
    let staffs = tickets.add_message(&staff(), TENANT, TICKET, body("Hi")).await;
    assert!(matches!(staffs, Err(SupportError::UnknownParty)), "{staffs:?}");
}

#[tokio::test]
async fn nothing_changes_in_a_deleted_workshop() {
    let mut mocks = Mocks::default();
    mocks.customers.expect_find_workshop_for_share().returning(|_, _| Ok(Some(Workshop { deleted: true })));
    mocks.expect_ticket(a_ticket(Status::Open));
    let fixture = mocks.deps();
    let tickets = WorkshopTickets::new(fixture.deps.clone());
    let said = tickets.add_message(&sam(), TENANT, TICKET, body("Hi")).await;
    assert!(matches!(said, Err(SupportError::WorkshopDeleted)), "{said:?}");
    let closed = tickets.close(&sam(), TENANT, TICKET).await;
    assert!(matches!(closed, Err(SupportError::WorkshopDeleted)), "{closed:?}");
}
