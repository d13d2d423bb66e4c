//! Changes that race each other on several threads, on both databases; each time the database decides.

mod fixture;

use std::{collections::BTreeSet, sync::atomic::Ordering};

use fixture::{ADA, ANY, Fixture, GRACE, OTHER_SHOP, SHOP, body, for_nobody, new_ticket, race, sam, staff};
use kernel::{Transactor as _, VersionMatch, input::Word as _};
use serde_json::json;
use support::{
    SupportError,
    domain::{Priority, Status, TicketFilter, TicketPatch},
};
use test_support::on_each_database;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn fifty_tickets_of_one_instant_have_fifty_numbers() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let outcomes = race(50, |number| {
            let (workshop, staff_side) = (fixture.workshop.clone(), fixture.staff.clone());
            async move {
                if number % 2 == 0 {
                    workshop.create(&sam(SHOP), SHOP, new_ticket("Login", "LOW")).await
                } else {
                    staff_side.create(&staff(), for_nobody(OTHER_SHOP, "Login")).await
                }
            }
        });
        let tickets: Vec<_> = outcomes.await.into_iter().map(|it| it.expect("creates").ticket).collect();
        let numbers: BTreeSet<_> = tickets.iter().map(|ticket| ticket.number.as_str()).collect();
        assert_eq!(numbers.len(), 50);
        // The time is the same, so that only the random part tells them apart.
        assert_eq!(numbers.iter().map(|number| &number[..14]).collect::<BTreeSet<_>>().len(), 1);
        for table in ["support_tickets", "support_ticket_history", "outbox", "test_trail"] {
            assert_eq!(fixture.count(table).await, 50, "{table}");
        }
    })
    .await;
}

/// Fewer than one creation tries before it gives up.
const UNLUCKY_DRAWS: u32 = 7;

/// The first numbers drawn are all the same, as if chance were against us.
struct Unlucky(std::sync::atomic::AtomicU32, test_support::SeededEntropy);

impl kernel::Entropy for Unlucky {
    fn fill(&self, buffer: &mut [u8]) {
        if buffer.len() == 16 && self.0.fetch_add(1, Ordering::SeqCst) < UNLUCKY_DRAWS {
            buffer.fill(7);
        } else {
            self.1.fill(buffer);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_number_that_is_taken_costs_nothing_but_another_draw() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let mut deps = fixture.deps.clone();
        deps.entropy = std::sync::Arc::new(Unlucky(0.into(), test_support::SeededEntropy::new(3)));
        let workshop = support::service::WorkshopTickets::new(deps);
        let outcomes = race(20, |_| {
            let workshop = workshop.clone();
            async move { workshop.create(&sam(SHOP), SHOP, new_ticket("Login", "LOW")).await }
        });
        let numbers: BTreeSet<_> =
            outcomes.await.into_iter().map(|it| it.expect("creates").ticket.number.to_string()).collect();
        assert_eq!((numbers.len(), fixture.count("support_tickets").await), (20, 20));
        assert_eq!(fixture.count("support_tickets WHERE ticket_number LIKE '%0W3GE1'").await, 1, "{numbers:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn next_never_gives_one_ticket_twice() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        for number in 0..12 {
            fixture.open(SHOP, &format!("Ticket {number}"), Priority::ALL[number % 4].as_str()).await;
        }
        let outcomes = race(20, |number| {
            let tickets = fixture.staff.clone();
            async move { tickets.assign_next(&staff(), Uuid::from_u128(100 + number as u128).into()).await }
        });
        let given: Vec<_> = outcomes.await.into_iter().filter_map(|it| it.expect("looks")).collect();
        let different: BTreeSet<_> = given.iter().map(|view| view.ticket.id).collect();
        assert_eq!((given.len(), different.len()), (12, 12));
        assert_eq!(fixture.count("outbox WHERE kind = 'ticket.assigned.v1'").await, 12);
        assert_eq!(
            fixture.subjects(&TicketFilter { unassigned: Some(true), ..TicketFilter::default() }).await.len(),
            0
        );
        for view in given {
            assert_eq!(fixture.ticket(view.ticket.id).await.assigned_to, view.ticket.assigned_to);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_closings_or_changes_one_wins() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "HIGH").await.id;
        let outcomes = race(10, |number| {
            let (workshop, tickets) = (fixture.workshop.clone(), fixture.staff.clone());
            async move {
                if number % 2 == 0 {
                    workshop.close(&sam(SHOP), SHOP, id).await.map(|_| ())
                } else {
                    let patch = TicketPatch { status: Some(Status::Closed), ..TicketPatch::default() };
                    tickets.update(&staff(), id, &VersionMatch::OneOf(vec![1]), patch).await.map(|_| ())
                }
            }
        });
        let failed: Vec<_> = outcomes.await.into_iter().filter_map(Result::err).collect();
        assert_eq!(failed.len(), 9, "{failed:?}");
        let lost =
            |error: &SupportError| matches!(error, SupportError::IllegalTransition(_) | SupportError::VersionMismatch);
        assert!(failed.iter().all(lost), "{failed:?}");
        assert_eq!(fixture.count("outbox WHERE kind = 'ticket.status_changed.v1'").await, 1);
        assert_eq!(fixture.count("test_trail WHERE action = 'TICKET_STATUS_CHANGED'").await, 1);
        assert_eq!(fixture.ticket(id).await.version, 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_tickets_are_merged_one_way_and_lose_no_message() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let (one, two) = (fixture.open(SHOP, "One", "LOW").await.id, fixture.open(SHOP, "Two", "LOW").await.id);
        // Merges both ways, and messages to both meanwhile.
        let outcomes = race(24, |number| {
            let (workshop, tickets) = (fixture.workshop.clone(), fixture.staff.clone());
            let (here, there) = if number % 2 == 0 { (one, two) } else { (two, one) };
            async move {
                if number < 8 {
                    tickets.merge(&staff(), here, there).await.map(|_| false)
                } else {
                    workshop.add_message(&sam(SHOP), SHOP, here, body("Hello?")).await.map(|_| true)
                }
            }
        });
        let (mut merged, mut said) = (0, 0);
        for outcome in outcomes.await {
            match outcome {
                Ok(true) => said += 1,
                Ok(false) => merged += 1,
                Err(error) => assert!(matches!(error, SupportError::IllegalTransition(_)), "{error:?}"),
            }
        }
        assert_eq!(merged, 1);
        let (one, two) = (fixture.staff.get(one).await.expect("there"), fixture.staff.get(two).await.expect("there"));
        let (left, gone) = if one.view.ticket.merged_into.is_some() { (two, one) } else { (one, two) };
        assert_eq!(gone.view.ticket.merged_into, Some(left.view.ticket.id));
        // What was first written in the one that is gone is a message, too.
        assert_eq!((left.messages.len(), gone.messages.len()), (said + 1, 0));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_missed_is_announced_once_whoever_finds_it() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let mut ids = Vec::new();
        for number in 0..10 {
            ids.push(fixture.open(SHOP, &format!("Ticket {number}"), "URGENT").await.id);
        }
        fixture.clock.advance(chrono::TimeDelta::hours(5));
        let stop = CancellationToken::new();
        race(14, |number| {
            let (watch, tickets, stop) = (fixture.watch.clone(), fixture.staff.clone(), stop.clone());
            let id = ids.get(number).copied();
            async move {
                match id {
                    Some(id) => {
                        let patch = TicketPatch { status: Some(Status::InProgress), ..TicketPatch::default() };
                        tickets.update(&staff(), id, &ANY, patch).await.map(|_| ()).expect("moves");
                    }
                    None => platform::jobs::Job::run(&watch, &stop).await.expect("runs"),
                }
            }
        })
        .await;
        let events = fixture.events("ticket.sla_breached.v1").await;
        let different: BTreeSet<_> =
            events.iter().map(|it| (it["ticketNumber"].to_string(), it["target"].to_string())).collect();
        assert_eq!((events.len(), different.len()), (20, 20));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_messages_at_once_make_one_first_answer() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "HIGH").await.id;
        fixture.move_to(id, Status::WaitingForCustomer).await;
        let outcomes = race(16, |number| {
            let (workshop, tickets) = (fixture.workshop.clone(), fixture.staff.clone());
            async move {
                match number % 4 {
                    0 => tickets.add_message(&staff(), id, body("Try again."), true).await.map(|_| ()),
                    1 => workshop.add_message(&sam(SHOP), SHOP, id, body("I did.")).await.map(|_| ()),
                    _ => tickets.add_message(&staff(), id, body("Try again."), false).await.map(|_| ()),
                }
            }
        });
        assert!(outcomes.await.iter().all(Result::is_ok));
        assert_eq!(fixture.count("support_ticket_history WHERE kind = 'ANSWERED'").await, 1);
        assert_eq!(fixture.count("support_ticket_history WHERE kind = 'STATUS'").await, 2);
        let ticket = fixture.ticket(id).await;
        // Opened, moved, and 12 public messages; notes leave the version alone.
        assert_eq!((ticket.status, ticket.version), (Status::InProgress, 14));
        assert_eq!(fixture.staff.get(id).await.expect("there").messages.len(), 16);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_leaves_has_no_ticket_left_whatever_happens_meanwhile() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let mut ids = Vec::new();
        // More than are looked up at once.
        for number in 0..120 {
            let id = fixture.open(SHOP, &format!("Ticket {number}"), "LOW").await.id;
            fixture.staff.assign(&staff(), id, Some(GRACE)).await.expect("assigns");
            ids.push(id);
        }
        fixture.staff.add_message(&staff(), ids[0], body("Done."), false).await.expect("says it");
        fixture.move_to(ids[0], Status::Closed).await;
        fixture.people.dismiss(GRACE);
        let outcomes = race(8, |number| {
            let (tickets, db, id) = (fixture.staff.clone(), fixture.db.clone(), ids[60 + number]);
            async move {
                match number {
                    0 => {
                        let mut tx = db.begin().await.expect("begins");
                        let released = tickets.release_all_in(&mut tx, &staff(), GRACE).await?;
                        tx.commit().await.expect("commits");
                        assert!((112..=119).contains(&released), "{released}");
                        Ok(())
                    }
                    1..=4 => tickets.add_message(&staff(), id, body("Still on it."), false).await.map(|_| ()),
                    _ => tickets.assign(&staff(), id, Some(ADA)).await.map(|_| ()),
                }
            }
        });
        for outcome in outcomes.await {
            outcome.expect("nobody waits in a circle");
        }
        let graces = TicketFilter { assigned_to: Some(GRACE), ..TicketFilter::default() };
        assert_eq!(fixture.subjects(&graces).await, ["Ticket 0"], "a closed ticket stays as it is");
        let adas = TicketFilter { assigned_to: Some(ADA), ..TicketFilter::default() };
        assert_eq!(fixture.subjects(&adas).await.len(), 3);
        let returned = fixture.ticket(ids[1]).await;
        assert_eq!((returned.assigned_to, returned.version), (None, 3));
        let lines = "support_ticket_history WHERE kind = 'ASSIGNED' AND to_value IS NULL";
        let recorded = fixture.events("ticket.assigned.v1").await;
        let recorded = recorded.iter().filter(|it| it["from"] == json!(GRACE) && it["to"].is_null()).count();
        assert_eq!(fixture.count(lines).await, recorded as i64);
        assert!(recorded >= 112, "{recorded}");

        // What is opened again is for the queue, too.
        let opened = fixture.workshop.reopen(&sam(SHOP), SHOP, ids[0]).await.expect("opens").ticket;
        assert_eq!((opened.status, opened.assigned_to), (Status::Open, None));
        assert_eq!(fixture.count(lines).await, recorded as i64 + 1);
    })
    .await;
}
