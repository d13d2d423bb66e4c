use chrono::TimeDelta;
use kernel::Clock;
use serde_json::json;

use super::*;
use crate::{
    domain::{HistoryChange, MAX_HISTORY, Priority, Refusal, Status},
    service::test_ports::{Fixture, Mocks, TICKET, a_ticket, history_of, staff},
};

const ANY: VersionMatch = VersionMatch::Any;

async fn update(fixture: &Fixture, versions: &VersionMatch, patch: TicketPatch) -> Result<TicketView, SupportError> {
    StaffTickets::new(fixture.deps.clone()).update(&staff(), TICKET, versions, patch).await
}

fn to(status: Status) -> TicketPatch {
    TicketPatch { status: Some(status), ..TicketPatch::default() }
}

#[tokio::test]
async fn fields_and_status_are_told_apart() {
    let fixture = Mocks::with(a_ticket(Status::Open)).deps();
    fixture.clock.advance(TimeDelta::hours(1));
    let patch = TicketPatch { priority: Some(Priority::Urgent), ..to(Status::InProgress) };
    let ticket = update(&fixture, &VersionMatch::OneOf(vec![3]), patch).await.expect("changes").ticket;
    assert_eq!((ticket.version, ticket.status, ticket.updated_at), (4, Status::InProgress, fixture.clock.now()));
    assert_eq!(ticket.clock.resolution.due_at, ticket.created_at + TimeDelta::hours(4));
    let actions = vec!["TICKET_UPDATED", "TICKET_STATUS_CHANGED"];
    assert_eq!(fixture.recorded(), (actions, vec!["ticket.updated.v1", "ticket.status_changed.v1"]));
    assert_eq!(fixture.payload("ticket.updated.v1")["fields"], json!(["priority"]));
    let payload = json!({ "ticketNumber": ticket.number.as_str(), "from": "OPEN", "to": "IN_PROGRESS" });
    assert_eq!(fixture.payload("ticket.status_changed.v1"), payload);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn what_stays_the_same_leaves_no_trace() {
    let fixture = Mocks::with(a_ticket(Status::InProgress)).deps();
    let patch = TicketPatch { priority: Some(Priority::Medium), category: Some(None), ..to(Status::InProgress) };
    let ticket = update(&fixture, &ANY, patch).await.expect("nothing to do").ticket;
    assert_eq!((ticket.version, fixture.recorded()), (3, (vec![], vec![])));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn neither_old_versions_nor_wrong_steps_change_anything() {
    let fixture = Mocks::with(a_ticket(Status::Closed)).deps();
    let stale = update(&fixture, &VersionMatch::OneOf(vec![2]), to(Status::Open)).await;
    assert!(matches!(stale, Err(SupportError::VersionMismatch)), "{stale:?}");
    let wrong = update(&fixture, &ANY, to(Status::Resolved)).await;
    let step = Refusal::NoSuchStep { from: Status::Closed, to: Status::Resolved };
    assert!(matches!(wrong, Err(SupportError::IllegalTransition(refusal)) if refusal == step));
    fixture.clock.advance(TimeDelta::days(15));
    let late = update(&fixture, &ANY, to(Status::Open)).await;
    assert!(matches!(late, Err(SupportError::IllegalTransition(Refusal::TooLate))), "{late:?}");
    assert_eq!(fixture.recorded(), (vec![], vec![]));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"].repeat(3));
}

#[tokio::test]
async fn a_change_tells_what_was_missed_before_it() {
    let fixture = Mocks::with(a_ticket(Status::Open)).deps();
    fixture.clock.advance(TimeDelta::hours(9));
    let ticket = update(&fixture, &ANY, to(Status::WaitingForCustomer)).await.expect("changes").ticket;
    let due_at = ticket.created_at + TimeDelta::hours(8);
    assert_eq!((ticket.clock.first_response.breached_at, ticket.clock.resolution.breached_at), (Some(due_at), None));
    assert_eq!(fixture.recorded().1, ["ticket.status_changed.v1", "ticket.sla_breached.v1"]);
    let payload = json!({
        "ticketNumber": ticket.number.as_str(), "priority": "MEDIUM", "target": "FIRST_RESPONSE", "dueAt": due_at,
        "assignedToId": null,
    });
    assert_eq!(fixture.payload("ticket.sla_breached.v1"), payload);
}

/// A ticket in progress that has changed so often.
fn restless(lines: usize) -> Mocks {
    let ticket = a_ticket(Status::InProgress);
    let mut history = history_of(&ticket);
    while history.entries().len() < lines {
        history.push(HistoryChange::Answered, ticket.created_at);
    }
    let mut mocks = Mocks::with_staff();
    mocks.history.expect_read_in().returning(move |_, _, _| Ok(history.clone()));
    mocks.expect_ticket(ticket);
    mocks
}

#[tokio::test]
async fn a_ticket_does_not_change_for_ever_but_can_always_be_closed() {
    let fixture = restless(MAX_HISTORY - 1).deps();
    update(&fixture, &ANY, to(Status::Resolved)).await.expect("once more");
    let fixture = restless(MAX_HISTORY).deps();
    let refused = update(&fixture, &ANY, to(Status::Resolved)).await;
    assert!(matches!(refused, Err(SupportError::TooManyChanges)), "{refused:?}");
    let refused =
        update(&fixture, &ANY, TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() }).await;
    assert!(matches!(refused, Err(SupportError::TooManyChanges)), "{refused:?}");
    let category = TicketPatch { category: Some(None), ..TicketPatch::default() };
    update(&fixture, &ANY, category).await.expect("what is not in the history is not counted");
    update(&fixture, &ANY, to(Status::Closed)).await.expect("closes");
}
