//! Threads with connections of their own.

use std::{thread, time::Duration};

use kernel::{StoreError, Transactor as _};
use platform::{Database, DatabaseOptions};
use test_support::TestDatabase;

/// Opens transactions until there is no connection left for another one, and tells how many there were.
async fn room(db: &Database) -> usize {
    let mut open = Vec::new();
    let refusal = loop {
        match db.begin().await {
            Ok(tx) => open.push(tx),
            Err(error) => break error,
        }
    };
    assert!(matches!(refusal, StoreError::Unavailable(_)), "{refusal:?}");
    let room = open.len();
    for tx in open {
        tx.rollback().await.expect("rolls back");
    }
    room
}

/// Works in a thread with a runtime of its own, and waits for its end.
fn in_a_thread<T: Send + 'static>(db: &Database, work: impl AsyncFnOnce(Database) -> T + Send + 'static) -> T {
    let db = db.clone();
    let thread = thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(work(db))
    });
    thread.join().expect("ends well")
}

async fn connect(test: &TestDatabase, max_connections: u32) -> Database {
    let acquire_timeout = Duration::from_millis(300);
    let options = DatabaseOptions { max_connections, settlers: 2, acquire_timeout, ..DatabaseOptions::new(test.url()) };
    Database::connect(&options).await.expect("connects")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_settles_has_connections_of_its_own_that_end_with_it() {
    let Some(test) = TestDatabase::postgres().await else { return };
    // Half of them are for work that sees all: three for each of two threads, and four for the rest.
    let db = connect(&test, 20).await;
    let held = db.begin().await.expect("begins");
    let own = async |db: Database| {
        db.settle();
        db.settle();
        room(&db).await
    };
    assert_eq!(in_a_thread(&db, own), 3, "whatever the others hold");
    held.rollback().await.expect("rolls back");
    assert_eq!(room(&db).await, 4);
    // A thread that begins when the first has ended gets nothing of it, though it may have its number.
    assert_eq!(in_a_thread(&db, async |db: Database| room(&db).await), 4);
    assert_eq!(in_a_thread(&db, own), 3);
    db.close().await.expect("closes");
}

#[tokio::test]
async fn too_few_connections_are_shared_by_all() {
    let Some(test) = TestDatabase::postgres().await else { return };
    let db = connect(&test, 8).await;
    db.settle();
    assert_eq!(room(&db).await, 4);
    db.close().await.expect("closes");
}
