//! A ticket's messages: in pages, each side its own, and never more than a ticket may hold.

mod fixture;

use chrono::TimeDelta;
use fixture::{Fixture, OTHER_SHOP, SHOP, body, page, race, sam, staff};
use kernel::{
    Clock as _, Transactor as _,
    page::{Cursor, Direction, Page, Start},
};
use sea_orm::ConnectionTrait as _;
use support::{
    SupportError,
    domain::{MAX_MESSAGES, Message, MessageSort, TicketId},
};
use test_support::on_each_database;

/// As if so many had been said before.
async fn pretend(fixture: &Fixture, id: TicketId, messages: u32) {
    let mut tx = fixture.db.begin().await.expect("begins");
    // The columns of ids differ: a BLOB or text on SQLite, uuid on PostgreSQL; there is one ticket with this subject.
    let subject = fixture.ticket(id).await.subject;
    let sql = format!("UPDATE support_tickets SET message_count = {messages} WHERE subject = '{subject}'");
    let done = tx.executor().execute_unprepared(&sql).await.expect("updates");
    assert_eq!(done.rows_affected(), 1);
    tx.commit().await.expect("commits");
}

/// In the order of the numbers that they are.
fn words<T>(messages: &[T], word: impl Fn(&T) -> &str) -> Vec<u32> {
    let mut words: Vec<u32> = messages.iter().map(|it| word(it).parse().expect("a number")).collect();
    words.sort_unstable();
    words
}

#[tokio::test]
async fn both_sides_read_pages_and_the_newest_fifty() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "LOW").await.id;
        // 80 messages, every fourth of them a note; three of the same instant each.
        for number in 0..80 {
            if number % 3 == 0 {
                fixture.clock.advance(TimeDelta::seconds(1));
            }
            let text = body(&format!("{number}"));
            fixture.staff.add_message(&staff(), id, text, number % 4 == 0).await.expect("says it");
        }
        let all = fixture.staff.get(id).await.expect("is there");
        assert_eq!((all.messages.len(), all.message_count), (50, 80));
        assert!(all.messages.is_sorted_by_key(|it| (it.created_at, it.id)), "in the order of time");
        assert_eq!(all.messages.last().expect("one").created_at, fixture.clock.now(), "the newest");
        let own = fixture.workshop.get(SHOP, id).await.expect("is there");
        assert_eq!((own.messages.len(), own.message_count), (50, 60), "notes are not even counted");

        let (mut read, mut start) = (Vec::new(), Start::Offset(0));
        loop {
            let request = page(7, MessageSort::CreatedAt, Direction::Ascending, start);
            let Page { items, total, next } = fixture.staff.messages(id, &request).await.expect("a page");
            assert_eq!(total, 80);
            read.extend(items);
            let Some((key, last)) = next else { break };
            start = Start::After(Cursor::new(String::new(), key, last, 0));
        }
        let expected: Vec<_> = (0..80).collect();
        assert!(read.is_sorted_by_key(|it| (it.created_at, it.id)), "the oldest first");
        assert_eq!(words(&read, |it: &Message| it.body.as_str()), expected, "none is left out, none comes twice");
        let request = page(500, MessageSort::CreatedAt, Direction::Ascending, Start::Offset(0));
        let own = fixture.workshop.messages(SHOP, id, &request).await.expect("a page");
        let public: Vec<_> = (0..80).filter(|number| number % 4 != 0).collect();
        assert_eq!((words(&own.items, |it| it.body.as_str()), own.total), (public, 60));

        let foreign = fixture.workshop.messages(OTHER_SHOP, id, &request).await;
        assert!(matches!(foreign, Err(SupportError::TicketNotFound)), "{foreign:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_at_once_only_as_many_are_said_as_there_is_room_for() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let id = fixture.open(SHOP, "Login", "LOW").await.id;
        pretend(&fixture, id, MAX_MESSAGES - 5).await;
        let outcomes = race(20, |number| {
            let (workshop, tickets) = (fixture.workshop.clone(), fixture.staff.clone());
            async move {
                match number % 2 {
                    0 => workshop.add_message(&sam(SHOP), SHOP, id, body("Hi")).await.map(|_| ()),
                    _ => tickets.add_message(&staff(), id, body("Hi"), number % 4 == 1).await.map(|_| ()),
                }
            }
        });
        let failed: Vec<_> = outcomes.await.into_iter().filter_map(Result::err).collect();
        assert_eq!(failed.len(), 15);
        assert!(failed.iter().all(|error| matches!(error, SupportError::TooManyMessages)), "{failed:?}");
        assert_eq!(fixture.count("support_messages").await, 5);
        assert_eq!(
            fixture.count("outbox WHERE kind IN ('ticket.message_added.v1', 'ticket.note_added.v1')").await,
            5,
            "what was refused leaves no trace"
        );
        fixture.workshop.close(&sam(SHOP), SHOP, id).await.expect("a full ticket can be closed");
    })
    .await;
}

#[tokio::test]
async fn a_merge_needs_room_for_both() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let one = fixture.open(SHOP, "One", "LOW").await.id;
        let two = fixture.open(SHOP, "Two", "LOW").await.id;
        for _ in 0..3 {
            fixture.staff.add_message(&staff(), two, body("Hi"), false).await.expect("says it");
        }
        // Three, and what was first written.
        for used in [MAX_MESSAGES - 2, MAX_MESSAGES - 3] {
            pretend(&fixture, one, used).await;
            let refused = fixture.staff.merge(&staff(), two, one).await;
            assert!(matches!(refused, Err(SupportError::TooManyMessages)), "{refused:?}");
            let two = fixture.staff.get(two).await.expect("is there");
            assert_eq!((two.message_count, two.view.ticket.merged_into), (3, None), "nothing moved");
        }
        pretend(&fixture, one, MAX_MESSAGES - 4).await;
        fixture.staff.merge(&staff(), two, one).await.expect("merges");
        assert_eq!(fixture.staff.get(one).await.expect("is there").message_count, 4);
        let full = fixture.staff.add_message(&staff(), one, body("Hi"), true).await;
        assert!(matches!(full, Err(SupportError::TooManyMessages)), "{full:?}");
        assert_eq!(fixture.count("support_tickets WHERE message_count = 0").await, 1, "the merged one is empty");
    })
    .await;
}
