//! The list of tickets under its filters, the search and the summary, on both databases.

mod fixture;

use kernel::input::Word as _;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use fixture::{ADA, Fixture, GRACE, OTHER_SHOP, SHOP, body, page, sam, staff};
use kernel::page::{Cursor, Direction, Start};
use support::domain::{Averages, Priority, SearchText, Status, Ticket, TicketFilter, TicketSort};
use test_support::on_each_database;

/// 36 tickets of two workshops, of all priorities and statuses, many opened at the same time, some assigned, some late.
async fn fill(fixture: &Fixture) -> Vec<Ticket> {
    let mut all = Vec::new();
    for number in 0..36_usize {
        let tenant = if number % 3 == 0 { OTHER_SHOP } else { SHOP };
        let ticket = fixture.open(tenant, &format!("Ticket {number}"), Priority::ALL[number % 4].as_str()).await;
        match number % 5 {
            0 => drop(fixture.staff.assign(&staff(), ticket.id, Some(ADA)).await.expect("assigns")),
            1 => drop(fixture.staff.assign(&staff(), ticket.id, Some(GRACE)).await.expect("assigns")),
            _ => {}
        }
        let status = Status::ALL[number % 5];
        if status != Status::Open {
            fixture.move_to(ticket.id, status).await;
        }
        all.push(ticket.id);
        let steps = [TimeDelta::zero(), TimeDelta::zero(), TimeDelta::microseconds(1), TimeDelta::minutes(90)];
        fixture.clock.advance(steps[number % 4]);
    }
    let mut tickets = Vec::new();
    for id in all {
        tickets.push(fixture.ticket(id).await);
    }
    tickets
}

fn matches(filter: &TicketFilter, ticket: &Ticket) -> bool {
    let clock = ticket.clock;
    let breached = clock.first_response.breached_at.is_some() || clock.resolution.breached_at.is_some();
    filter.tenant_id.is_none_or(|id| id == ticket.tenant_id)
        && filter.status.is_none_or(|status| status == ticket.status)
        && filter.priority.is_none_or(|priority| priority == ticket.priority)
        && filter.assigned_to.is_none_or(|id| Some(id) == ticket.assigned_to)
        && filter.unassigned.is_none_or(|unassigned| unassigned == ticket.assigned_to.is_none())
        && filter.breached.is_none_or(|wanted| wanted == breached)
}

fn filters() -> Vec<TicketFilter> {
    let any = TicketFilter::default;
    let filters = vec![
        any(),
        TicketFilter { tenant_id: Some(SHOP), ..any() },
        TicketFilter { status: Some(Status::Open), ..any() },
        TicketFilter { priority: Some(Priority::Urgent), ..any() },
        TicketFilter { assigned_to: Some(ADA), ..any() },
        TicketFilter { unassigned: Some(true), ..any() },
        TicketFilter { unassigned: Some(false), tenant_id: Some(OTHER_SHOP), ..any() },
        TicketFilter { breached: Some(true), ..any() },
        TicketFilter { breached: Some(false), status: Some(Status::InProgress), ..any() },
        TicketFilter { assigned_to: Some(ADA), unassigned: Some(true), ..any() },
    ];
    let searched = SearchText::parse("ticket").expect("short");
    let with_search = |filter: &TicketFilter| TicketFilter { search: Some(searched.clone()), ..filter.clone() };
    filters.iter().cloned().chain(filters.iter().map(with_search)).collect()
}

#[tokio::test]
async fn every_filter_pages_through_exactly_its_rows_in_every_order() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let all = fill(&fixture).await;
        let late = all.iter().filter(|it| matches(&filters()[7], it)).count();
        assert!(late > 3 && late < 20, "some are late, some not: {late}");
        for filter in filters() {
            let expected: BTreeSet<_> = all.iter().filter(|it| matches(&filter, it)).map(|it| it.id.uuid()).collect();
            for (name, sort) in TicketSort::ALL {
                for direction in [Direction::Ascending, Direction::Descending] {
                    let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
                    loop {
                        let found =
                            fixture.staff.list(&filter, &page(7, *sort, direction, start)).await.expect("a page");
                        assert_eq!(found.total, expected.len() as u64, "{name} {filter:?}");
                        seen.extend(found.items.into_iter().map(|it| it.ticket));
                        let Some((value, id)) = found.next else { break };
                        start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
                    }
                    let ordered = |a: &Ticket, b: &Ticket| match sort {
                        TicketSort::CreatedAt => a.created_at <= b.created_at,
                        TicketSort::UpdatedAt => a.updated_at <= b.updated_at,
                        TicketSort::Priority => a.priority <= b.priority,
                        TicketSort::Status => a.status.as_str() <= b.status.as_str(),
                    };
                    let is_ordered = match direction {
                        Direction::Ascending => seen.is_sorted_by(ordered),
                        Direction::Descending => seen.is_sorted_by(|a, b| ordered(b, a)),
                    };
                    assert!(is_ordered, "{name} {direction:?}");
                    assert_eq!(seen.len(), expected.len(), "{name} {direction:?} {filter:?}");
                    let seen: BTreeSet<_> = seen.into_iter().map(|ticket| ticket.id.uuid()).collect();
                    assert_eq!(seen, expected, "{name} {direction:?} {filter:?}");
                }
            }
        }
    })
    .await;
}

#[tokio::test]
async fn a_workshop_lists_its_own_whatever_it_asks_for() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let all = fill(&fixture).await;
        let whole = page(100, TicketSort::CreatedAt, Direction::Descending, Start::Offset(0));
        for (filter, tenant) in [(None, SHOP), (Some(SHOP), SHOP), (Some(OTHER_SHOP), SHOP), (None, OTHER_SHOP)] {
            let asked = TicketFilter { tenant_id: filter, ..TicketFilter::default() };
            let found = fixture.workshop.list(tenant, &asked, &whole).await.expect("a page");
            let mine =
                all.iter().filter(|it| it.tenant_id == tenant && filter.is_none_or(|asked| asked == tenant)).count();
            assert_eq!((found.items.len(), found.total), (mine, mine as u64), "{filter:?}");
            assert_eq!(mine > 0, filter.is_none_or(|asked| asked == tenant), "{filter:?}");
            assert!(found.items.iter().all(|view| view.ticket.tenant_id == tenant));
            assert!(found.items.iter().all(|view| view.assigned_to.is_some() == view.ticket.assigned_to.is_some()));
        }
    })
    .await;
}

async fn searched(fixture: &Fixture, text: &str) -> Vec<String> {
    let search = Some(SearchText::parse(text).expect("short"));
    fixture.subjects(&TicketFilter { search, ..TicketFilter::default() }).await
}

#[tokio::test]
async fn a_search_finds_words_by_their_beginnings_and_takes_nothing_as_an_operator() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let mut numbers = Vec::new();
        for subject in [
            "Brake-pads: invoice 2024/117 is wrong",
            "Mail to jo@garage.test bounces",
            "Ölwanne <b>missing</b> & late",
            "50% off, v1.5 of C:\\path_name",
            "Jo\u{2019}s login",
        ] {
            fixture.clock.advance(TimeDelta::seconds(1));
            numbers.push(fixture.open(SHOP, subject, "LOW").await.number);
        }
        let cases: &[(&str, &[usize])] = &[
            ("brake", &[0]),
            ("BRAKE pad", &[0]),
            ("brake-pad", &[0]),
            ("invoice wrong", &[0]),
            ("wrong invoice", &[0]),
            ("invoice missing", &[]),
            ("117", &[0]),
            ("voice", &[]),
            ("garage", &[1]),
            ("jo@garage.test", &[1]),
            ("jo", &[1, 4]),
            ("s login", &[4]),
            ("Ölw", &[2]),
            ("missing", &[2]),
            ("b late", &[2]),
            ("50%", &[3]),
            ("path", &[3]),
            ("name", &[3]),
            ("v1.5", &[3]),
            ("since this", &[0, 1, 2, 3, 4]),
            ("tkt", &[0, 1, 2, 3, 4]),
            ("brake OR garage", &[]),
            ("brake -invoice", &[0]),
            ("\"brake", &[0]),
            ("brake & !invoice | (x", &[]),
            ("brake' OR '1'='1", &[]),
            ("'; DROP TABLE support_tickets; --", &[]),
            ("brake:* NEAR(garage)", &[]),
            ("subject:brake", &[]),
            ("brake* ^invoice", &[0]),
            ("?! --", &[]),
            ("", &[]),
        ];
        let all = fixture.subjects(&TicketFilter::default()).await;
        for (text, expected) in cases {
            let expected: Vec<_> = expected.iter().map(|index| all[*index].clone()).collect();
            assert_eq!(searched(&fixture, text).await, expected, "{text}");
        }
        for (index, number) in numbers.iter().enumerate() {
            let expected = std::slice::from_ref(&all[index]);
            assert_eq!(searched(&fixture, number.as_str()).await, expected);
            assert_eq!(searched(&fixture, &number.as_str().to_lowercase()[4..]).await, expected);
        }
        assert_eq!(searched(&fixture, &"x".repeat(200)).await.len(), 0);
        assert_eq!(searched(&fixture, &"a ".repeat(100)).await.len(), 0);
    })
    .await;
}

#[tokio::test]
async fn a_search_follows_changes_and_looks_into_messages_but_not_into_notes_for_workshops() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let (one, two) = (fixture.open(SHOP, "One", "LOW").await.id, fixture.open(SHOP, "Two", "LOW").await.id);
        let three = fixture.open(OTHER_SHOP, "Three", "LOW").await.id;
        fixture.staff.add_message(&staff(), one, body("Try the carburettor"), false).await.expect("says it");
        fixture.staff.add_message(&staff(), two, body("Smells of gearbox"), true).await.expect("notes it");
        fixture.staff.add_message(&staff(), three, body("Our carburettor and gearbox"), false).await.expect("says it");
        let theirs = async |text: &str| {
            let search = Some(SearchText::parse(text).expect("short"));
            let whole = page(9, TicketSort::Status, Direction::Ascending, Start::Offset(0));
            let filter = TicketFilter { search, ..TicketFilter::default() };
            let found = fixture.workshop.list(SHOP, &filter, &whole).await.expect("a page");
            assert_eq!(found.total, found.items.len() as u64);
            found.items.into_iter().map(|view| view.ticket.subject.to_string()).collect::<Vec<_>>()
        };
        let sorted = async |text: &str| {
            let mut subjects = searched(&fixture, text).await;
            subjects.sort();
            subjects
        };
        assert_eq!(sorted("carburettor").await, ["One", "Three"]);
        assert_eq!(sorted("gearbox").await, ["Three", "Two"]);
        assert_eq!((theirs("carburettor").await, theirs("gearbox").await), (vec!["One".to_owned()], vec![]));

        let subject = Some(Some("Renamed".to_owned()));
        let input = support::domain::TicketPatchInput { subject, ..Default::default() };
        let patch = support::domain::TicketPatch::parse(input).expect("a right input");
        fixture.staff.update(&staff(), one, &fixture::ANY, patch).await.expect("changes");
        assert_eq!(
            (searched(&fixture, "one").await, searched(&fixture, "renamed").await),
            (vec![], vec!["Renamed".to_owned()])
        );
        assert_eq!(searched(&fixture, "renamed since").await, ["Renamed"], "with its other words");

        // Messages are found where they have gone; notes stay notes.
        fixture.staff.merge(&staff(), one, two).await.expect("merges");
        assert_eq!((theirs("carburettor").await, theirs("gearbox").await), (vec!["Two".to_owned()], vec![]));
    })
    .await;
}

#[tokio::test]
async fn the_summary_counts_what_there_is() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let empty = fixture.staff.summary(None).await.expect("counts");
        assert_eq!((empty.total, empty.by_status.len(), empty.active_by_priority.len()), (0, 5, 4));
        assert_eq!(empty.averages, Averages::default());

        let all = fill(&fixture).await;
        for tenant in [None, Some(SHOP), Some(OTHER_SHOP)] {
            let mine: Vec<_> = all.iter().filter(|it| tenant.is_none_or(|tenant| it.tenant_id == tenant)).collect();
            let count = |is: &dyn Fn(&Ticket) -> bool| mine.iter().filter(|it| is(it)).count() as u64;
            let summary = fixture.staff.summary(tenant).await.expect("counts");
            assert_eq!(summary.total, mine.len() as u64);
            for status in Status::ALL {
                assert_eq!(summary.by_status[status], count(&|it| it.status == *status), "{status}");
            }
            let active = |it: &Ticket| it.status.is_active();
            for priority in Priority::ALL {
                let expected = count(&|it| active(it) && it.priority == *priority);
                assert_eq!(summary.active_by_priority[priority], expected, "{priority}");
            }
            assert_eq!(summary.active(), count(&active));
            assert_eq!(summary.unassigned, count(&|it| active(it) && it.assigned_to.is_none()));
            let late = TicketFilter { breached: Some(true), ..TicketFilter::default() };
            assert_eq!(summary.breached, count(&|it| active(it) && matches(&late, it)));
            if let Some(tenant) = tenant {
                assert_eq!(fixture.workshop.summary(tenant).await.expect("counts"), summary);
                assert_eq!(fixture.workshop.count_active(tenant).await.expect("counts"), summary.active());
            }
        }
    })
    .await;
}

#[tokio::test]
async fn averages_are_of_the_last_thirty_days() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let answer =
            async |id| drop(fixture.staff.add_message(&staff(), id, body("Hello"), false).await.expect("says it"));
        let old = fixture.open(SHOP, "Old", "LOW").await.id;
        fixture.clock.advance(TimeDelta::hours(9));
        answer(old).await;
        fixture.move_to(old, Status::Resolved).await;
        fixture.clock.advance(TimeDelta::days(31));
        let (one, two) = (fixture.open(SHOP, "One", "LOW").await.id, fixture.open(SHOP, "Two", "LOW").await.id);
        fixture.clock.advance(TimeDelta::minutes(10) + TimeDelta::milliseconds(500));
        answer(one).await;
        fixture.clock.advance(TimeDelta::minutes(20));
        answer(two).await;
        fixture.move_to(two, Status::Resolved).await;
        let averages = fixture.staff.summary(None).await.expect("counts").averages;
        let close = |found: Option<TimeDelta>, expected: TimeDelta| {
            let found = found.expect("an average");
            assert!((found - expected).abs() <= TimeDelta::milliseconds(2), "{found} {expected}");
        };
        close(averages.first_response, TimeDelta::minutes(20) + TimeDelta::milliseconds(500));
        close(averages.resolution, TimeDelta::minutes(30) + TimeDelta::milliseconds(500));
        // What was reopened is resolved no more.
        fixture.workshop.reopen(&sam(SHOP), SHOP, two).await.expect("reopens");
        assert_eq!(fixture.staff.summary(None).await.expect("counts").averages.resolution, None);
    })
    .await;
}
