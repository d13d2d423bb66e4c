use std::sync::Mutex;

use chrono::TimeDelta;
use test_support::FixedClock;

use super::*;
use crate::repository::MockMailQueue;

/// What was asked for, and of what age.
type Asked = Arc<Mutex<Vec<(&'static str, TimeDelta)>>>;

/// A queue that has as much left as each list tells, call by call, and notes how it is asked.
fn queue(secrets: &'static [u64], rows: &'static [u64]) -> (MockMailQueue, Asked) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let note = |what: &'static str, answers: &'static [u64]| {
        let (asked, mut answers) = (Arc::clone(&asked), answers.iter());
        move |before: chrono::DateTime<chrono::Utc>, limit: u64| {
            assert_eq!(limit, 1_000);
            asked.lock().expect("not poisoned").push((what, FixedClock::default().now() - before));
            Ok(*answers.next().expect("not asked again"))
        }
    };
    let mut queue = MockMailQueue::new();
    queue.expect_erase_secrets().returning(note("secrets", secrets));
    queue.expect_delete_old().returning(note("rows", rows));
    (queue, asked)
}

#[tokio::test]
async fn secrets_go_after_a_week_and_rows_after_400_days_until_nothing_is_left() {
    let (queue, asked) = queue(&[1_000, 3, 0], &[1_000, 0]);
    let job = Housekeeping::new(Arc::new(queue), Arc::new(FixedClock::default()));
    job.run(&CancellationToken::new()).await.expect("done");
    let (week, year) = (TimeDelta::days(7), TimeDelta::days(400));
    let expected = [("secrets", week), ("secrets", week), ("secrets", week), ("rows", year), ("rows", year)];
    assert_eq!(asked.lock().expect("not poisoned").as_slice(), expected);
}

#[tokio::test]
async fn it_stops_between_two_batches_when_told_to() {
    let stop = CancellationToken::new();
    stop.cancel();
    for (secrets, rows, calls) in [(&[1_000, 5][..], &[][..], 1), (&[0], &[1_000, 5], 2)] {
        let (queue, asked) = queue(secrets, rows);
        let job = Housekeeping::new(Arc::new(queue), Arc::new(FixedClock::default()));
        assert!(job.run(&stop).await.is_err(), "so that it is not marked as done");
        assert_eq!(asked.lock().expect("not poisoned").len(), calls);
    }
}
