use chrono::TimeDelta;
use kernel::Clock;
use serde_json::json;

use super::*;
use crate::{
    domain::{HistoryChange, MAX_HISTORY, Priority, Refusal, Status},
    service::test_ports::{Kept, Mocks, TICKET, a_ticket, history_of, staff},
};

const ANY: VersionMatch = VersionMatch::Any;

async fn update(kept: &Kept, versions: &VersionMatch, patch: TicketPatch) -> Result<TicketView, SupportError> {
    StaffTickets::new(kept.ports.clone()).update(&staff(), TICKET, versions, patch).await
}

fn to(status: Status) -> TicketPatch {
    TicketPatch { status: Some(status), ..TicketPatch::default() }
}

#[tokio::test]
async fn fields_and_status_are_told_apart() {
    let kept = Mocks::with(a_ticket(Status::Open)).ports();
    kept.clock.advance(TimeDelta::hours(1));
    let patch = TicketPatch { priority: Some(Priority::Urgent), ..to(Status::InProgress) };
    let ticket = update(&kept, &VersionMatch::OneOf(vec![3]), patch).await.expect("changes").ticket;
    assert_eq!((ticket.version, ticket.status, ticket.updated_at), (4, Status::InProgress, kept.clock.now()));
    assert_eq!(ticket.clock.resolution.due_at, ticket.created_at + TimeDelta::hours(4));
    let actions = vec!["TICKET_UPDATED", "TICKET_STATUS_CHANGED"];
    assert_eq!(kept.told(), (actions, vec![events::TICKET_UPDATED, events::TICKET_STATUS_CHANGED]));
    assert_eq!(kept.payload(events::TICKET_UPDATED)["fields"], json!(["priority"]));
    let payload = json!({ "ticketNumber": ticket.number.as_str(), "from": "OPEN", "to": "IN_PROGRESS" });
    assert_eq!(kept.payload(events::TICKET_STATUS_CHANGED), payload);
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn what_stays_the_same_leaves_no_trace() {
    let kept = Mocks::with(a_ticket(Status::InProgress)).ports();
    let patch = TicketPatch { priority: Some(Priority::Medium), category: Some(None), ..to(Status::InProgress) };
    let ticket = update(&kept, &ANY, patch).await.expect("nothing to do").ticket;
    assert_eq!((ticket.version, kept.told()), (3, (vec![], vec![])));
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn neither_old_versions_nor_wrong_steps_change_anything() {
    let kept = Mocks::with(a_ticket(Status::Closed)).ports();
    let stale = update(&kept, &VersionMatch::OneOf(vec![2]), to(Status::Open)).await;
    assert!(matches!(stale, Err(SupportError::VersionMismatch)), "{stale:?}");
    let wrong = update(&kept, &ANY, to(Status::Resolved)).await;
    let step = Refusal::NoSuchStep { from: Status::Closed, to: Status::Resolved };
    assert!(matches!(wrong, Err(SupportError::IllegalTransition(refusal)) if refusal == step));
    kept.clock.advance(TimeDelta::days(15));
    let late = update(&kept, &ANY, to(Status::Open)).await;
    assert!(matches!(late, Err(SupportError::IllegalTransition(Refusal::TooLate))), "{late:?}");
    assert_eq!(kept.told(), (vec![], vec![]));
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"].repeat(3));
}

#[tokio::test]
async fn a_change_tells_what_was_missed_before_it() {
    let kept = Mocks::with(a_ticket(Status::Open)).ports();
    kept.clock.advance(TimeDelta::hours(9));
    let ticket = update(&kept, &ANY, to(Status::WaitingForCustomer)).await.expect("changes").ticket;
    let due_at = ticket.created_at + TimeDelta::hours(8);
    assert_eq!((ticket.clock.first_response.breached_at, ticket.clock.resolution.breached_at), (Some(due_at), None));
    assert_eq!(kept.told().1, [events::TICKET_STATUS_CHANGED, events::SLA_BREACHED]);
    let payload = json!({
        "ticketNumber": ticket.number.as_str(), "priority": "MEDIUM", "target": "FIRST_RESPONSE", "dueAt": due_at,
        "assignedToId": null,
    });
    assert_eq!(kept.payload(events::SLA_BREACHED), payload);
}

/// A ticket in progress that has changed so often.
fn restless(lines: usize) -> Mocks {
    let ticket = a_ticket(Status::InProgress);
    let mut history = history_of(&ticket);
    while history.entries().len() < lines {
        history.push(HistoryChange::Answered, ticket.created_at);
    }
    let mut mocks = Mocks::desk();
    mocks.history.expect_read_in().returning(move |_, _, _| Ok(history.clone()));
    mocks.expect_ticket(ticket);
    mocks
}

#[tokio::test]
async fn a_ticket_does_not_change_for_ever_but_can_always_be_closed() {
    let kept = restless(MAX_HISTORY - 1).ports();
    update(&kept, &ANY, to(Status::Resolved)).await.expect("once more");
    let kept = restless(MAX_HISTORY).ports();
    let refused = update(&kept, &ANY, to(Status::Resolved)).await;
    assert!(matches!(refused, Err(SupportError::TooManyChanges)), "{refused:?}");
    let refused = update(&kept, &ANY, TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() }).await;
    assert!(matches!(refused, Err(SupportError::TooManyChanges)), "{refused:?}");
    let category = TicketPatch { category: Some(None), ..TicketPatch::default() };
    update(&kept, &ANY, category).await.expect("what is not in the history is not counted");
    update(&kept, &ANY, to(Status::Closed)).await.expect("closes");
}
