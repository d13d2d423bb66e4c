use chrono::TimeDelta;
use kernel::Clock;
use test_support::{FixedClock, SeededEntropy};
use uuid::Uuid;

use super::*;
use crate::domain::History;

fn ticket() -> Ticket {
    let now = FixedClock::default().now();
    Ticket {
        id: TicketId(Uuid::from_u128(1)),
        number: TicketNumber::draw(now, &SeededEntropy::default()),
        tenant_id: TenantId(Uuid::from_u128(2)),
        subject: Subject::parse_as("subject", "Login").expect("a subject"),
        description: Body::parse_as("description", "It fails").expect("a body"),
        status: Status::Open,
        priority: Priority::Medium,
        category: None,
        assigned_to: None,
        created_by: Creator::System,
        clock: History::open(Priority::Medium, now).clock().expect("a clock"),
        resolved_at: None,
        closed_at: None,
        merged_into: None,
        metadata: Map::new(),
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

#[test]
fn resolving_closing_and_reopening_leave_their_times() {
    let (mut ticket, start) = (ticket(), FixedClock::default().now());
    let times = |ticket: &Ticket| (ticket.resolved_at, ticket.closed_at);
    ticket.move_to(Status::Resolved, start).expect("resolves");
    assert_eq!(times(&ticket), (Some(start), None));
    let later = start + TimeDelta::hours(1);
    ticket.move_to(Status::Closed, later).expect("closes");
    assert_eq!(times(&ticket), (Some(start), Some(later)));
    ticket.move_to(Status::Open, later).expect("reopens");
    assert_eq!((ticket.status, times(&ticket)), (Status::Open, (None, None)));
    ticket.move_to(Status::Closed, later).expect("closes");
    assert_eq!(times(&ticket), (None, Some(later)));
}

#[test]
fn a_closed_ticket_can_be_reopened_for_fourteen_days() {
    let start = FixedClock::default().now();
    let mut closed = ticket();
    closed.move_to(Status::Closed, start).expect("closes");
    let last = start + TimeDelta::days(14);
    assert_eq!(closed.clone().move_to(Status::Open, last), Ok(()));
    let late = closed.clone().move_to(Status::Open, last + TimeDelta::microseconds(1));
    assert_eq!(late, Err(Refusal::TooLate));
    let step = Refusal::NoSuchStep { from: Status::Closed, to: Status::Closed };
    assert_eq!(closed.move_to(Status::Closed, last), Err(step));
}

#[test]
fn a_merged_ticket_stays_as_it_is() {
    let now = FixedClock::default().now();
    let mut merged = ticket();
    merged.move_to(Status::Closed, now).expect("closes");
    merged.merged_into = Some(TicketId(Uuid::from_u128(9)));
    assert_eq!(merged.check_open(), Err(Refusal::Merged));
    assert_eq!(merged.move_to(Status::Open, now), Err(Refusal::Merged));
}

#[test]
fn the_trail_has_no_words_of_people() {
    let from = ticket();
    let subject = Subject::parse_as("subject", "Jo's login").expect("a subject");
    let category = Some(Category::parse_as("category", "access").expect("a category"));
    let to = Ticket { subject, category, priority: Priority::High, ..from.clone() };
    let recorded = changes(&from, &to).to_value();
    assert_eq!(recorded["subject"]["to"], "[changed]");
    assert_eq!((&recorded["priority"]["to"], &recorded["category"]["to"]), (&"HIGH".into(), &"access".into()));
    assert!(changes(&from, &from).is_empty());
}
