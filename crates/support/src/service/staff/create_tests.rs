use kernel::EmailAddress;
use serde_json::{Value, json};
use uuid::Uuid;

use super::*;
use crate::{
    events,
    repository::Workshop,
    service::test_ports::{ADMIN, Kept, Mocks, PERSON, TENANT, new_ticket, sam, staff},
};

/// A desk at which nothing stands in the way of a new ticket.
fn free() -> Mocks {
    let mut mocks = Mocks::desk();
    mocks.tickets.expect_insert_in().returning(|_, _| Ok(true));
    mocks.history.expect_append_in().returning(|_, _, _, _| Ok(()));
    mocks
}

async fn create(kept: &Kept, requester: Requester) -> Result<TicketView, SupportError> {
    let new = NewStaffTicket { tenant_id: TENANT, requester, ticket: new_ticket() };
    StaffTickets::new(kept.ports.clone()).create(&staff(), new).await
}

#[tokio::test]
async fn a_ticket_is_kept_together_with_what_is_told_of_it() {
    let kept = free().ports();
    let ticket = create(&kept, Requester::Person(PERSON)).await.expect("creates").ticket;
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
    assert_eq!(kept.told(), (vec!["TICKET_CREATED"], vec![events::TICKET_CREATED]));
    let payload = json!({
        "ticketNumber": ticket.number.as_str(), "subject": "Login fails", "priority": "MEDIUM", "category": null,
        "createdByType": "TENANT_USER", "recipient": { "email": "sam@shop.test", "firstName": "Sam" },
    });
    assert_eq!(kept.payload(events::TICKET_CREATED), payload);
    let entries = kept.told.entries.lock().expect("not poisoned");
    let entry = &entries[0];
    assert_eq!((entry.tenant_id, entry.tenant_user_id, entry.status_code), (Some(TENANT), Some(PERSON), 201));
    let changes = entry.changes.to_value();
    assert_eq!(changes["subject"]["to"], "[changed]");
    assert!(!changes.to_string().contains("morning"), "what was written stays out of the trail");
}

#[tokio::test]
async fn whom_it_is_for_decides_who_gets_the_confirmation() {
    let email: EmailAddress = "kim@shop.test".parse().expect("an address");
    let kept = free().ports();
    let ticket = create(&kept, Requester::Email(email.clone())).await.expect("creates").ticket;
    assert_eq!(ticket.created_by, Creator::Email(email));
    let to = json!({ "email": "kim@shop.test", "firstName": null });
    assert_eq!(kept.payload(events::TICKET_CREATED)["recipient"], to);

    let kept = free().ports();
    let ticket = create(&kept, Requester::Nobody).await.expect("creates").ticket;
    assert_eq!(ticket.created_by, Creator::Staff { id: ADMIN, name: "Ada Byron".to_owned() });
    assert_eq!(kept.payload(events::TICKET_CREATED)["recipient"], Value::Null);
}

#[tokio::test]
async fn a_number_that_is_taken_is_drawn_again() {
    let mut mocks = Mocks::desk();
    let mut tries = 0;
    mocks.tickets.expect_insert_in().times(3).returning(move |_, _| {
        tries += 1;
        Ok(tries == 3)
    });
    mocks.history.expect_append_in().once().returning(|_, _, _, _| Ok(()));
    let kept = mocks.ports();
    create(&kept, Requester::Nobody).await.expect("creates");
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);

    let mut mocks = Mocks::desk();
    mocks.tickets.expect_insert_in().returning(|_, _| Ok(false));
    let kept = mocks.ports();
    let failed = create(&kept, Requester::Nobody).await;
    assert!(matches!(failed, Err(SupportError::Store(_))), "{failed:?}");
    assert_eq!(
        (kept.transactor.log(), kept.told()),
        (vec!["BEGIN".to_owned(), "ROLLBACK".to_owned()], (vec![], vec![]))
    );
}

#[tokio::test]
async fn without_its_entry_no_ticket_is_kept() {
    let kept = Mocks { audit_fails: true, ..free() }.ports();
    let failed = create(&kept, Requester::Nobody).await;
    assert!(matches!(failed, Err(SupportError::Store(_))), "{failed:?}");
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(kept.told(), (vec![], vec![]));
}

#[tokio::test]
async fn workshop_and_person_must_be_there() {
    let field = |outcome: Result<TicketView, SupportError>| match outcome {
        Err(SupportError::Validation(errors)) => format!("{} {}", errors[0].field, errors[0].code),
        other => format!("{other:?}"),
    };
    let stranger = Requester::Person(Uuid::from_u128(99).into());
    assert_eq!(field(create(&free().ports(), stranger).await), "tenantUserId NOT_FOUND");
    for (workshop, expected) in
        [(None, "tenantId NOT_FOUND"), (Some(Workshop { deleted: true }), "Err(WorkshopDeleted)")]
    {
        let mut mocks = Mocks::default();
        mocks.customers.expect_find_workshop_for_share().returning(move |_, _| Ok(workshop));
        assert_eq!(field(create(&mocks.ports(), Requester::Nobody).await), expected);
    }
}

#[tokio::test]
async fn nobody_of_a_workshop_opens_tickets_as_staff() {
    let kept = free().ports();
    let new = NewStaffTicket { tenant_id: TENANT, requester: Requester::Nobody, ticket: new_ticket() };
    let refused = StaffTickets::new(kept.ports.clone()).create(&sam(), new).await;
    assert!(matches!(refused, Err(SupportError::Stranger)), "{refused:?}");
}
