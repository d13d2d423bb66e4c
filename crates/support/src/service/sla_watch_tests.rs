use chrono::TimeDelta;

use super::*;
use crate::{
    domain::Status,
    events,
    repository::Overdue,
    service::test_ports::{Kept, Mocks, TICKET, a_ticket, history_of},
};

/// A watch that finds the ticket overdue once.
fn watching(ticket: crate::domain::Ticket, writes: usize) -> Kept {
    let mut mocks = Mocks::default();
    let overdue = Overdue { id: TICKET, since: ticket.clock.first_response.due_at };
    let found = move |after: Option<Overdue>| if after.is_none() { vec![overdue] } else { vec![] };
    mocks.tickets.expect_list_overdue().returning(move |_, after, _| Ok(found(after)));
    let history = history_of(&ticket);
    mocks.history.expect_read_in().returning(move |_, _, _| Ok(history.clone()));
    mocks.tickets.expect_find_for_update().returning(move |_, _, _| Ok(Some(ticket.clone())));
    mocks.tickets.expect_update_clock_in().times(writes).returning(|_, _| Ok(()));
    mocks.ports()
}

#[tokio::test]
async fn what_was_missed_is_noted_and_announced() {
    let kept = watching(a_ticket(Status::Open), 1);
    kept.clock.advance(TimeDelta::hours(80));
    SlaWatch::new(kept.ports.clone()).run(&CancellationToken::new()).await.expect("runs");
    assert_eq!(kept.told(), (vec![], vec![events::SLA_BREACHED, events::SLA_BREACHED]));
    let targets: Vec<_> =
        kept.told.events.lock().expect("not poisoned").iter().map(|it| it.payload["target"].clone()).collect();
    assert_eq!(targets, ["FIRST_RESPONSE", "RESOLUTION"]);
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn what_was_noted_already_is_not_announced_again() {
    let mut noted = a_ticket(Status::Open);
    let kept_clock = noted.created_at + TimeDelta::hours(80);
    noted.clock = noted.clock.at(kept_clock);
    let kept = watching(noted, 0);
    kept.clock.set(kept_clock);
    SlaWatch::new(kept.ports.clone()).run(&CancellationToken::new()).await.expect("runs");
    assert_eq!(kept.told(), (vec![], vec![]));
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
    let kept = mocks.ports();
    kept.clock.advance(TimeDelta::hours(80));
    let run = SlaWatch::new(kept.ports.clone()).run(&CancellationToken::new()).await;
    assert_eq!(run.expect_err("one failed").to_string(), "1 of 2 items failed");
    assert_eq!(kept.told(), (vec![], vec![events::SLA_BREACHED, events::SLA_BREACHED]));
}

#[tokio::test]
async fn it_stops_when_it_is_told_to() {
    let kept = watching(a_ticket(Status::Open), 0);
    kept.clock.advance(TimeDelta::hours(80));
    let stop = CancellationToken::new();
    stop.cancel();
    assert!(SlaWatch::new(kept.ports.clone()).run(&stop).await.is_err());
    assert_eq!(kept.told(), (vec![], vec![]));
}
