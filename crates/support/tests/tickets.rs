//! What staff and a workshop do with tickets, on both databases.

mod fixture;

use chrono::TimeDelta;
use fixture::{ADA, ANY, Fixture, GRACE, OTHER_SHOP, SHOP, body, for_nobody, new_ticket, sam, staff};
use kernel::{Clock, VersionMatch};
use support::{
    SupportError,
    domain::{Audience, Creator, Priority, Refusal, Status, TicketId, TicketPatch, TicketPatchInput},
    repository::HistoryRepository,
    store::HistoryStore,
};
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test]
async fn a_ticket_is_read_as_it_was_written() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let created = fixture.workshop.create(&sam(SHOP), SHOP, new_ticket("Login", "HIGH")).await.expect("creates");
        let read = fixture.workshop.get(SHOP, created.ticket.id).await.expect("is there");
        assert_eq!((&read.view, read.messages.len()), (&created, 0));
        assert!(matches!(&created.ticket.created_by, Creator::Person { name, .. } if name == "Sam Lee"));

        let input = TicketPatchInput {
            subject: Some(Some("Sign-in".to_owned())),
            category: Some(Some("access".to_owned())),
            priority: Some(Some("URGENT".to_owned())),
            status: Some(Some("RESOLVED".to_owned())),
        };
        let patch = TicketPatch::parse(input).expect("a right input");
        fixture.clock.advance(TimeDelta::minutes(5));
        let id = created.ticket.id;
        fixture.staff.assign(&staff(), id, Some(GRACE)).await.expect("assigns");
        let changed = fixture.staff.update(&staff(), id, &VersionMatch::OneOf(vec![2]), patch).await.expect("changes");
        assert_eq!(fixture.staff.get(id).await.expect("is there").view, changed);
        assert_eq!(changed.assigned_to.expect("somebody").name, "Staff 2");
        assert_eq!((changed.ticket.version, changed.ticket.resolved_at), (3, Some(fixture.clock.now())));
        let stale = fixture.staff.update(&staff(), id, &VersionMatch::OneOf(vec![2]), TicketPatch::default()).await;
        assert!(matches!(stale, Err(SupportError::VersionMismatch)), "{stale:?}");
        let actions = ["TICKET_CREATED", "TICKET_ASSIGNED", "TICKET_UPDATED", "TICKET_STATUS_CHANGED"];
        for action in actions {
            assert_eq!(fixture.count(&format!("test_trail WHERE action = '{action}'")).await, 1, "{action}");
        }

        let by_staff = fixture.staff.create(&staff(), for_nobody(SHOP, "By staff")).await.expect("creates").ticket;
        let read = fixture.ticket(by_staff.id).await;
        assert_eq!(read.created_by, Creator::Staff { id: ADA, name: "Staff 1".to_owned() });
    })
    .await;
}

#[tokio::test]
async fn another_workshops_ticket_is_not_there() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "LOW").await.id;
        let (them, tickets) = (sam(OTHER_SHOP), &fixture.workshop);
        let outcomes = [
            tickets.get(OTHER_SHOP, id).await.map(|_| ()),
            tickets.add_message(&them, OTHER_SHOP, id, body("Hi")).await.map(|_| ()),
            tickets.close(&them, OTHER_SHOP, id).await.map(|_| ()),
            tickets.reopen(&them, OTHER_SHOP, id).await.map(|_| ()),
            tickets.get(SHOP, TicketId(Uuid::from_u128(9))).await.map(|_| ()),
            fixture.staff.get(TicketId(Uuid::from_u128(9))).await.map(|_| ()),
        ];
        for outcome in outcomes {
            assert!(matches!(outcome, Err(SupportError::TicketNotFound)), "{outcome:?}");
        }
        assert_eq!((fixture.ticket(id).await.version, fixture.count("support_messages").await), (1, 0));
        let foreign = fixture.open(OTHER_SHOP, "Theirs", "LOW").await.id;
        let merged = fixture.staff.merge(&staff(), id, foreign).await;
        assert!(matches!(merged, Err(SupportError::Validation(_))), "{merged:?}");
    })
    .await;
}

#[tokio::test]
async fn a_workshop_never_sees_a_note() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "LOW").await.id;
        let before = fixture.workshop.get(SHOP, id).await.expect("is there");
        fixture.clock.advance(TimeDelta::minutes(1));
        fixture.staff.add_message(&staff(), id, body("Difficult customer"), true).await.expect("notes it");
        assert_eq!(fixture.workshop.get(SHOP, id).await.expect("is there"), before, "not even by its version");
        assert_eq!(fixture.staff.get(id).await.expect("is there").messages.len(), 1);

        fixture.clock.advance(TimeDelta::minutes(1));
        fixture.staff.add_message(&staff(), id, body("Please try again"), false).await.expect("says it");
        let said = fixture.workshop.add_message(&sam(SHOP), SHOP, id, body("It works")).await.expect("says it");
        let seen = fixture.workshop.get(SHOP, id).await.expect("is there");
        assert_eq!(seen.view, said.view);
        let bodies: Vec<_> = seen.messages.iter().map(|message| message.body.as_str().to_owned()).collect();
        assert_eq!(bodies, ["Please try again", "It works"]);
        // Nor by the trail and the events, which have no words at all.
        assert_eq!(fixture.count("test_trail WHERE action = 'TICKET_MESSAGE_ADDED' AND tenant = 'no'").await, 1);
        assert_eq!(fixture.count("outbox WHERE kind = 'ticket.note_added.v1' AND tenant_id IS NULL").await, 1);
        let recorded = [fixture.events("ticket.note_added.v1").await, fixture.events("ticket.message_added.v1").await];
        let recorded = format!("{recorded:?}");
        assert!(!recorded.contains("Difficult") && !recorded.contains("try again"), "{recorded}");
    })
    .await;
}

#[tokio::test]
async fn merging_brings_messages_into_the_order_of_time() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let minute = || fixture.clock.advance(TimeDelta::minutes(1));
        let one = fixture.open(SHOP, "One", "LOW").await.id;
        minute();
        fixture.workshop.add_message(&sam(SHOP), SHOP, one, body("first")).await.expect("says it");
        minute();
        let two = fixture.open(SHOP, "Two", "LOW").await.id;
        minute();
        fixture.staff.add_message(&staff(), two, body("second"), false).await.expect("says it");
        minute();
        fixture.staff.add_message(&staff(), one, body("third"), true).await.expect("notes it");
        minute();
        fixture.workshop.add_message(&sam(SHOP), SHOP, two, body("fourth")).await.expect("says it");
        minute();
        let merged = fixture.staff.merge(&staff(), two, one).await.expect("merges");
        assert_eq!(merged.ticket.clock.first_response_at, Some(fixture.clock.now()));

        let words = |messages: &[support::domain::Message]| {
            messages.iter().map(|it| it.body.as_str().to_owned()).collect::<Vec<_>>()
        };
        let whole = fixture.staff.get(one).await.expect("is there");
        assert_eq!(whole.view, merged);
        assert_eq!(words(&whole.messages), ["first", "Since this morning.", "second", "third", "fourth"]);
        let from_two: Vec<_> = whole.messages.iter().map(|it| it.merged_from == Some(two)).collect();
        assert_eq!(from_two, [false, true, true, false, true]);
        let seen = fixture.workshop.get(SHOP, one).await.expect("is there").messages;
        assert_eq!(seen.len(), 4, "the note stays one");

        let gone = fixture.ticket(two).await;
        assert_eq!(
            (gone.status, gone.merged_into, gone.closed_at),
            (Status::Closed, Some(one), Some(fixture.clock.now()))
        );
        let reopened = fixture.workshop.reopen(&sam(SHOP), SHOP, two).await;
        assert!(matches!(reopened, Err(SupportError::IllegalTransition(Refusal::Merged))), "{reopened:?}");

        // What goes on to a third ticket still knows where it was first said.
        let three = fixture.open(SHOP, "Three", "LOW").await.id;
        fixture.staff.merge(&staff(), one, three).await.expect("merges");
        let whole = fixture.staff.get(three).await.expect("is there").messages;
        let origins: Vec<_> = whole.iter().map(|it| it.merged_from).collect();
        assert_eq!(origins, [Some(one), Some(one), Some(two), Some(two), Some(one), Some(two)]);
    })
    .await;
}

#[tokio::test]
async fn the_next_one_is_the_oldest_of_the_most_urgent_that_staff_can_work_on() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let open = async |tenant, subject, priority| {
            fixture.clock.advance(TimeDelta::seconds(1));
            fixture.open(tenant, subject, priority).await.id
        };
        let low = open(SHOP, "old, low", "LOW").await;
        let gone = open(OTHER_SHOP, "in a deleted workshop", "URGENT").await;
        let first = open(SHOP, "high", "HIGH").await;
        let second = open(SHOP, "later, high", "HIGH").await;
        let waiting = open(SHOP, "waits for the customer", "URGENT").await;
        let done = open(SHOP, "resolved", "URGENT").await;
        let taken = open(SHOP, "somebody's", "URGENT").await;
        fixture.move_to(waiting, Status::WaitingForCustomer).await;
        fixture.move_to(done, Status::Resolved).await;
        fixture.staff.assign(&staff(), taken, Some(GRACE)).await.expect("assigns");
        fixture.people.delete(OTHER_SHOP);
        let mut given = Vec::new();
        while let Some(view) = fixture.staff.assign_next(&staff(), ADA).await.expect("looks") {
            given.push(view.ticket.id);
        }
        assert_eq!(given, [first, second, low]);
        assert_eq!(fixture.ticket(gone).await.assigned_to, None);
    })
    .await;
}

#[tokio::test]
async fn the_kept_clock_is_the_one_of_the_history() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "HIGH").await.id;
        let hours = |hours| fixture.clock.advance(TimeDelta::hours(hours));
        hours(1);
        fixture.staff.add_message(&staff(), id, body("Which browser?"), false).await.expect("says it");
        fixture.move_to(id, Status::WaitingForCustomer).await;
        hours(100);
        fixture.workshop.add_message(&sam(SHOP), SHOP, id, body("Firefox")).await.expect("says it");
        let urgent = TicketPatch { priority: Some(Priority::Urgent), ..TicketPatch::default() };
        hours(1);
        fixture.staff.update(&staff(), id, &ANY, urgent).await.expect("changes");
        hours(1);
        fixture.move_to(id, Status::Resolved).await;
        hours(10);
        fixture.workshop.reopen(&sam(SHOP), SHOP, id).await.expect("reopens");

        let mut tx = fixture.deps.transactor.begin().await.expect("begins");
        let history = HistoryStore.read_in(&mut tx, SHOP, id).await.expect("reads");
        drop(tx);
        let stored = fixture.deps.tickets.find(Audience::Staff, id).await.expect("reads").expect("is there");
        assert_eq!(Some(stored.clock), history.clock());
        assert_eq!(history.entries().len(), 7);
        // Three hours are used up, one is left.
        assert_eq!(stored.clock.resolution.due_at, fixture.clock.now() + TimeDelta::hours(1));
        assert_eq!(stored.clock.first_response_at, Some(stored.created_at + TimeDelta::hours(1)));
    })
    .await;
}

#[tokio::test]
async fn what_is_missed_shows_at_once_and_is_announced_once() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let (late, paused) = (fixture.open(SHOP, "late", "URGENT").await, fixture.open(SHOP, "paused", "URGENT").await);
        fixture.move_to(paused.id, Status::WaitingForCustomer).await;
        let watch = async || platform::jobs::Job::run(&fixture.watch, &CancellationToken::new()).await.expect("runs");
        let breached = async || {
            let clock = fixture.ticket(late.id).await.clock;
            (clock.first_response.breached_at.is_some(), clock.resolution.breached_at.is_some())
        };
        fixture.clock.advance(TimeDelta::hours(1));
        watch().await;
        assert_eq!((breached().await, fixture.events("ticket.sla_breached.v1").await.len()), ((false, false), 0));
        fixture.clock.advance(TimeDelta::microseconds(1));
        assert_eq!(breached().await, (true, false), "before the watch has looked");
        for _ in 0..2 {
            watch().await;
            assert_eq!((breached().await, fixture.events("ticket.sla_breached.v1").await.len()), ((true, false), 1));
        }
        fixture.clock.advance(TimeDelta::hours(3));
        watch().await;
        assert_eq!((breached().await, fixture.events("ticket.sla_breached.v1").await.len()), ((true, true), 2));
        assert_eq!(fixture.ticket(late.id).await.version, 1, "nobody has changed it");
        assert_eq!(fixture.ticket(paused.id).await.clock.next_breach_at(), None);
        // It was paused with an hour to go.
        fixture.workshop.add_message(&sam(SHOP), SHOP, paused.id, body("Here")).await.expect("says it");
        fixture.clock.advance(TimeDelta::minutes(61));
        watch().await;
        let events = fixture.events("ticket.sla_breached.v1").await;
        assert_eq!((events.len(), &events[2]["ticketNumber"]), (3, &paused.number.as_str().into()));
        assert_eq!(events[2]["target"], "FIRST_RESPONSE");
    })
    .await;
}
