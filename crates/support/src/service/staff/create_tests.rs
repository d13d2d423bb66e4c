use kernel::EmailAddress;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    repository::Workshop,
    service::test_ports::{ADMIN, Fixture, Mocks, PERSON, TENANT, new_ticket, sam, staff},
};

/// Ports that leave nothing in the way of a new ticket.
fn free() -> Mocks {
    let mut mocks = Mocks::with_staff();
    mocks.tickets.expect_insert_in().returning(|_, _| Ok(true));
    mocks.history.expect_append_in().returning(|_, _, _, _| Ok(()));
    mocks
}

async fn create(fixture: &Fixture, requester: Requester) -> Result<TicketView, SupportError> {
    let new = NewStaffTicket { tenant_id: TENANT, requester, ticket: new_ticket() };
    StaffTickets::new(fixture.deps.clone()).create(&staff(), new).await
}

#[tokio::test]
async fn a_ticket_is_kept_together_with_what_is_told_of_it() {
    let fixture = free().deps();
    let ticket = create(&fixture, Requester::Person(PERSON)).await.expect("creates").ticket;
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert_eq!(fixture.recorded(), (vec!["TICKET_CREATED"], vec!["ticket.created.v1"]));
    let payload = json!({
        "ticketNumber": ticket.number.as_str(), "priority": "MEDIUM", "category": null, "createdByType": "TENANT_USER",
    });
    assert_eq!(fixture.payload("ticket.created.v1"), payload);
    let entries = fixture.recorded.entries();
    let entry = &entries[0];
    assert_eq!((entry.tenant_id, entry.tenant_user_id, entry.status_code), (Some(TENANT), Some(PERSON), 201));
    let changes = entry.changes.to_value();
    assert_eq!(changes["subject"]["to"], "[changed]");
    assert!(!changes.to_string().contains("morning"), "what was written stays out of the trail");
}

#[tokio::test]
async fn a_ticket_is_whose_it_is_for() {
    let email: EmailAddress = "kim@shop.test".parse().expect("an address");
    let fixture = free().deps();
    let ticket = create(&fixture, Requester::Email(email.clone())).await.expect("creates").ticket;
    assert_eq!(ticket.created_by, Creator::Email(email));
    assert_eq!(fixture.payload("ticket.created.v1")["createdByType"], "EMAIL");

    let fixture = free().deps();
    let ticket = create(&fixture, Requester::Nobody).await.expect("creates").ticket;
    assert_eq!(ticket.created_by, Creator::Staff { id: ADMIN, name: "Ada Byron".to_owned() });
    assert_eq!(fixture.payload("ticket.created.v1")["createdByType"], "ADMIN");
}

#[tokio::test]
async fn a_number_that_is_taken_is_drawn_again() {
    let mut mocks = Mocks::with_staff();
    let mut tries = 0;
    mocks.tickets.expect_insert_in().times(3).returning(move |_, _| {
        tries += 1;
        Ok(tries == 3)
    });
    mocks.history.expect_append_in().once().returning(|_, _, _, _| Ok(()));
    let fixture = mocks.deps();
    create(&fixture, Requester::Nobody).await.expect("creates");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);

    let mut mocks = Mocks::with_staff();
    mocks.tickets.expect_insert_in().returning(|_, _| Ok(false));
    let fixture = mocks.deps();
    let failed = create(&fixture, Requester::Nobody).await;
    assert!(matches!(failed, Err(SupportError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn without_its_entry_no_ticket_is_kept() {
    let fixture = Mocks { audit_fails: true, ..free() }.deps();
    let failed = create(&fixture, Requester::Nobody).await;
    assert!(matches!(failed, Err(SupportError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn workshop_and_person_must_be_there() {
    let field = |outcome: Result<TicketView, SupportError>| match outcome {
        Err(SupportError::Validation(errors)) => format!("{} {}", errors[0].field, errors[0].code),
        other => format!("{other:?}"),
    };
    let unknown = Requester::Person(Uuid::from_u128(99).into());
    assert_eq!(field(create(&free().deps(), unknown).await), "tenantUserId NOT_FOUND");
    for (workshop, expected) in
        [(None, "tenantId NOT_FOUND"), (Some(Workshop { deleted: true }), "Err(WorkshopDeleted)")]
    {
        let mut mocks = Mocks::default();
        mocks.customers.expect_find_workshop_for_share().returning(move |_, _| Ok(workshop));
        assert_eq!(field(create(&mocks.deps(), Requester::Nobody).await), expected);
    }
}

#[tokio::test]
async fn nobody_of_a_workshop_opens_tickets_as_staff() {
    let fixture = free().deps();
    let new = NewStaffTicket { tenant_id: TENANT, requester: Requester::Nobody, ticket: new_ticket() };
    let refused = StaffTickets::new(fixture.deps.clone()).create(&sam(), new).await;
    assert!(matches!(refused, Err(SupportError::UnknownParty)), "{refused:?}");
}
