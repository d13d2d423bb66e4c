use chrono::TimeDelta;

use super::*;
use crate::{
    domain::Status,
    repository::Overdue,
    service::test_ports::{Fixture, Mocks, TICKET, a_ticket, history_of},
};

/// A watch that finds the ticket overdue once.
fn watching(ticket: crate::domain::Ticket, writes: usize) -> Fixture {
    let mut mocks = Mocks::default();
    let overdue = Overdue { id: TICKET, since: ticket.clock.first_response.due_at };
    let found = move |after: Option<Overdue>| if after.is_none() { vec![overdue] } else { vec![] };
    mocks.tickets.expect_list_overdue().returning(move |_, after, _| Ok(found(after)));
    let history = history_of(&ticket);
    mocks.history.expect_read_in().returning(move |_, _, _| Ok(history.clone()));
    mocks.tickets.expect_find_for_update().returning(move |_, _, _| Ok(Some(ticket.clone())));
    mocks.tickets.expect_update_clock_in().times(writes).returning(|_, _| Ok(()));
    mocks.deps()
}

#[tokio::test]
async fn what_was_missed_is_noted_and_announced() {
    let fixture = watching(a_ticket(Status::Open), 1);
    fixture.clock.advance(TimeDelta::hours(80));
    SlaWatch::new(fixture.deps.clone()).run(&CancellationToken::new()).await.expect("runs");
    assert_eq!(fixture.recorded(), (vec![], vec!["ticket.sla_breached.v1", "ticket.sla_breached.v1"]));
    let targets: Vec<_> = fixture.recorded.events().iter().map(|it| it.payload["target"].clone()).collect();
    assert_eq!(targets, ["FIRST_RESPONSE", "RESOLUTION"]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn what_was_noted_already_is_not_announced_again() {
    let mut noted = a_ticket(Status::Open);
    let kept_clock = noted.created_at + TimeDelta::hours(80);
    noted.clock = noted.clock.at(kept_clock);
    let fixture = watching(noted, 0);
    fixture.clock.set(kept_clock);
    SlaWatch::new(fixture.deps.clone()).run(&CancellationToken::new()).await.expect("runs");
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn a_ticket_that_cannot_be_looked_at_keeps_no_other_waiting() {
    let ticket = a_ticket(Status::Open);
    let since = ticket.clock.first_response.due_at;
    let poisoned = crate::domain::TicketId(uuid::Uuid::from_u128(66));
    let mut mocks = Mocks::default();
    let overdue = [poisoned, TICKET].map(|id| Overdue { id, since });
    let found = move |after: Option<Overdue>| if after.is_none() { overdue.to_vec() } else { vec![] };
    mocks.tickets.expect_list_overdue().returning(move |_, after, _| Ok(found(after)));
    let history = history_of(&ticket);
    mocks.history.expect_read_in().returning(move |_, _, _| Ok(history.clone()));
    mocks.tickets.expect_find_for_update().returning(move |_, _, id| match id {
        TICKET => Ok(Some(ticket.clone())),
        _ => Err(kernel::StoreError::corrupt("support_tickets.status", "no status")),
    });
    mocks.tickets.expect_update_clock_in().times(1).returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    fixture.clock.advance(TimeDelta::hours(80));
    let run = SlaWatch::new(fixture.deps.clone()).run(&CancellationToken::new()).await;
    assert_eq!(run.expect_err("one failed").to_string(), "1 of 2 items failed");
    assert_eq!(fixture.recorded(), (vec![], vec!["ticket.sla_breached.v1", "ticket.sla_breached.v1"]));
}

#[tokio::test]
async fn it_stops_when_it_is_told_to() {
    let fixture = watching(a_ticket(Status::Open), 0);
    fixture.clock.advance(TimeDelta::hours(80));
    let stop = CancellationToken::new();
    stop.cancel();
    assert!(SlaWatch::new(fixture.deps.clone()).run(&stop).await.is_err());
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}
