use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::TimeDelta;
use rstest::rstest;
use tokio::time::Instant;

use super::*;
use crate::{
    domain::{NotificationId, Template},
    mailer::{MockMailer, Receipt},
    repository::{Backlog, MockMailQueue, MockSuppressionRepository},
    service::test_ports::{Mocks, SECRET, address, broken, claimed, id, now, ring, seal, tenant},
};

/// As production has it, but as fast as can be.
fn options() -> DispatcherOptions {
    DispatcherOptions { per_second: NonZeroU32::MAX, ..DispatcherOptions::default() }
}

/// What the mail dispatcher did with its queue.
#[derive(Default)]
struct Seen {
    due: Mutex<VecDeque<Queued>>,
    in_hand: AtomicUsize,
    most_in_hand: AtomicUsize,
    settled: Mutex<Vec<Attempt>>,
}

/// A queue that hands these messages out once, and stops the mail dispatcher when `wanted` outcomes are kept.
fn queue(messages: Vec<Queued>, wanted: usize, stop: &CancellationToken) -> (MockMailQueue, Arc<Seen>) {
    let seen = Arc::new(Seen { due: Mutex::new(messages.into()), ..Seen::default() });
    let (claims, settles, stop) = (Arc::clone(&seen), Arc::clone(&seen), stop.clone());
    let waker = Arc::new(Notify::new());
    let mut queue = MockMailQueue::new();
    queue.expect_waker().returning(move || Arc::clone(&waker));
    queue.expect_backlog().returning(|| Ok(Backlog::default()));
    queue.expect_claim().returning(move |limit, _| {
        let mut due = claims.due.lock().expect("not poisoned");
        let take = due.len().min(usize::try_from(limit).expect("small"));
        let in_hand = claims.in_hand.fetch_add(take, Ordering::SeqCst) + take;
        claims.most_in_hand.fetch_max(in_hand, Ordering::SeqCst);
        Ok(due.drain(..take).collect())
    });
    queue.expect_settle().returning(move |provider, attempts| {
        assert_eq!(provider, "test");
        settles.in_hand.fetch_sub(attempts.len(), Ordering::SeqCst);
        let mut settled = settles.settled.lock().expect("not poisoned");
        settled.extend_from_slice(attempts);
        if settled.len() >= wanted {
            stop.cancel();
        }
        Ok(())
    });
    (queue, seen)
}

/// A list with these addresses on it.
fn suppressions(emails: &[&str]) -> MockSuppressionRepository {
    let on_it: HashSet<_> = emails.iter().map(|email| address(email)).collect();
    let mut list = MockSuppressionRepository::new();
    list.expect_find_suppressed()
        .returning(move |asked| Ok(asked.iter().filter(|email| on_it.contains(email)).cloned().collect()));
    list
}

/// Has the messages handed over until `wanted` outcomes are kept; answers these in the messages' order.
async fn run(
    mailer: impl Mailer + 'static,
    list: MockSuppressionRepository,
    messages: Vec<Queued>,
    wanted: usize,
    options: DispatcherOptions,
) -> (Vec<Attempt>, Arc<Seen>) {
    let stop = CancellationToken::new();
    let (queue, seen) = queue(messages, wanted, &stop);
    let deps = Mocks { suppressions: list, ..Mocks::default() }.deps().deps;
    let dispatcher = Dispatcher::new(Arc::new(queue), Arc::new(mailer), &deps, options);
    tokio::time::timeout(Duration::from_secs(7_200), dispatcher.run(stop)).await.expect("all outcomes in time");
    let mut settled = seen.settled.lock().expect("not poisoned").clone();
    settled.sort_by_key(|attempt| attempt.id);
    (settled, seen)
}

/// What comes of one message.
async fn outcome(mailer: impl Mailer + 'static, message: Queued) -> Outcome {
    let number = message.notification.attempts;
    let (mut settled, _) = run(mailer, suppressions(&[]), vec![message], 1, options()).await;
    let attempt = settled.pop().expect("an outcome");
    assert_eq!((attempt.id, attempt.number, settled.len()), (id(1), number, 0));
    attempt.outcome
}

/// A mailer that answers so, `calls` times.
fn answers(calls: usize, answer: Result<Receipt, MailerError>) -> MockMailer {
    let mut mailer = MockMailer::new();
    mailer.expect_name().return_const("test");
    mailer.expect_send().times(calls).returning(move |_| answer.clone());
    mailer
}

fn taken() -> Result<Receipt, MailerError> {
    Ok(Receipt { provider_message_id: Some("re_1".to_owned()) })
}

fn busy(retry_after: Option<u64>) -> Result<Receipt, MailerError> {
    Err(MailerError::Temporary { reason: "busy".to_owned(), retry_after: retry_after.map(Duration::from_secs) })
}

/// A message at its attempt of this number, first tried so many seconds ago.
fn tried(attempts: u32, seconds_ago: i64) -> Queued {
    let mut message = claimed(1, Template::Invoice);
    message.notification.attempts = attempts;
    message.first_attempt_at = Some(now() - TimeDelta::seconds(seconds_ago));
    message
}

/// Notes its calls, and acts on the number in the address.
#[derive(Default)]
struct Scripted {
    calls: Mutex<Vec<(NotificationId, Instant)>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
    takes: Duration,
    panics_at: Option<u128>,
}

#[async_trait]
impl Mailer for Arc<Scripted> {
    fn name(&self) -> &'static str {
        "test"
    }

    async fn send(&self, message: &Message) -> Result<Receipt, MailerError> {
        self.calls.lock().expect("not poisoned").push((message.id, Instant::now()));
        assert_ne!(self.panics_at.map(id), Some(message.id), "a mailer with a fault");
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        tokio::time::sleep(self.takes).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        taken()
    }

    async fn check(&self) -> Result<(), MailerError> {
        Ok(())
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_provider_takes_is_sent() {
    let mut mailer = MockMailer::new();
    mailer.expect_name().return_const("test");
    mailer.expect_send().times(1).returning(|message| {
        assert_eq!((message.id, message.template, message.tenant_id), (id(1), Template::Invoice, Some(tenant())));
        assert_eq!((&message.to, message.created_at), (&address("p1@example.com"), now()));
        assert_eq!(message.from, ("NextCRM".to_owned(), address("no-reply@nextcrm.example")));
        assert_eq!(message.reply_to, address("support@nextcrm.example"));
        taken()
    });
    let outcome = outcome(mailer, claimed(1, Template::Invoice)).await;
    assert_eq!(outcome, Outcome::Sent { provider_message_id: Some("re_1".to_owned()) });
}

#[rstest]
#[case::first(1, None, 15..=30)]
#[case::doubled(2, None, 30..=60)]
#[case::at_most_an_hour(12, None, 1_800..=3_600)]
#[case::longer_if_asked(1, Some(600), 600..=600)]
#[case::not_shorter(5, Some(1), 240..=480)]
#[tokio::test(start_paused = true)]
async fn a_passing_failure_is_tried_again_after_a_wait(
    #[case] attempt: u32,
    #[case] retry_after: Option<u64>,
    #[case] wait: std::ops::RangeInclusive<i64>,
) {
    let outcome = outcome(answers(1, busy(retry_after)), tried(attempt, 0)).await;
    let Outcome::Again { at, error } = outcome else { panic!("{outcome:?}") };
    let (from, to) = (now() + TimeDelta::seconds(*wait.start()), now() + TimeDelta::seconds(*wait.end()));
    assert!(at >= from && at <= to, "{at} is not from {from} to {to}");
    assert_eq!(error, "busy");
}

#[rstest]
#[case::for_good(1, 0, Err(MailerError::Permanent { reason: "no such sender".to_owned() }), "no such sender")]
#[case::at_the_last_attempt(16, 0, busy(None), "busy")]
#[case::no_time_left(3, 23 * 3_600 - 60, busy(None), "busy")]
#[case::asked_to_wait_too_long(1, 0, busy(Some(24 * 3_600)), "busy")]
#[case::asked_to_wait_for_ever(1, 0, busy(Some(u64::MAX)), "busy")]
#[tokio::test(start_paused = true)]
async fn what_is_refused_for_good_or_too_often_is_given_up_on(
    #[case] attempt: u32,
    #[case] first_tried: i64,
    #[case] answer: Result<Receipt, MailerError>,
    #[case] reason: &str,
) {
    let outcome = outcome(answers(1, answer), tried(attempt, first_tried)).await;
    assert_eq!(outcome, Outcome::Failed { error: reason.to_owned() });
}

#[rstest]
#[case::attempts_without_a_trace(17, 0, "every attempt was cut off")]
#[case::the_key_may_be_forgotten(2, 23 * 3_600 + 1, "so long ago")]
#[tokio::test(start_paused = true)]
async fn what_might_arrive_twice_is_never_handed_over(
    #[case] attempt: u32,
    #[case] first_tried: i64,
    #[case] reason: &str,
) {
    let outcome = outcome(answers(0, taken()), tried(attempt, first_tried)).await;
    assert!(matches!(&outcome, Outcome::Failed { error } if error.contains(reason)), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn the_key_is_used_as_long_as_it_is_remembered() {
    let outcome = outcome(answers(1, taken()), tried(16, 23 * 3_600)).await;
    assert!(matches!(outcome, Outcome::Sent { .. }), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn a_suppressed_address_costs_no_call() {
    let messages = (1..=3).map(|number| claimed(number, Template::Invoice)).collect();
    let list = suppressions(&["p2@example.com", "p9@example.com"]);
    let mailer = Arc::new(Scripted::default());
    let (settled, _) = run(Arc::clone(&mailer), list, messages, 3, options()).await;
    let outcomes: Vec<_> = settled.iter().map(|attempt| attempt.outcome == Outcome::Suppressed).collect();
    assert_eq!(outcomes, [false, true, false]);
    let called: HashSet<_> = mailer.calls.lock().expect("not poisoned").iter().map(|call| call.0).collect();
    assert_eq!(called, HashSet::from([id(1), id(3)]));
}

#[tokio::test(start_paused = true)]
async fn nothing_is_sent_while_the_list_cannot_be_read() {
    let mut list = MockSuppressionRepository::new();
    list.expect_find_suppressed().times(1).returning(|_| Err(broken()));
    list.expect_find_suppressed().returning(|_| Ok(HashSet::new()));
    let messages = (1..=9).map(|number| claimed(number, Template::Invoice)).collect();
    // The eight that were claimed meanwhile come back after their lease, which this queue does not show.
    let mailer = Arc::new(Scripted::default());
    let (settled, _) = run(Arc::clone(&mailer), list, messages, 1, options()).await;
    assert_eq!(settled.iter().map(|attempt| attempt.id).collect::<Vec<_>>(), [id(9)]);
    assert_eq!(mailer.calls.lock().expect("not poisoned").len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_provider_that_does_not_answer_is_left_after_a_while() {
    let start = Instant::now();
    let mailer = Arc::new(Scripted { takes: Duration::from_secs(3_600), ..Scripted::default() });
    let outcome = outcome(mailer, claimed(1, Template::Invoice)).await;
    assert_eq!(start.elapsed().as_secs(), 20);
    let Outcome::Again { error, .. } = outcome else { panic!("{outcome:?}") };
    assert_eq!(error, "the provider did not answer in time");
}

#[tokio::test(start_paused = true)]
async fn a_fault_of_the_mailer_leaves_its_message_to_the_lease_and_keeps_no_other_from_being_sent() {
    let messages = (1..=30).map(|number| claimed(number, Template::Invoice)).collect();
    let mailer = Arc::new(Scripted { panics_at: Some(2), ..Scripted::default() });
    let (settled, _) = run(Arc::clone(&mailer), suppressions(&[]), messages, 29, options()).await;
    assert_eq!(mailer.calls.lock().expect("not poisoned").len(), 30);
    assert!(settled.iter().all(|attempt| attempt.id != id(2) && matches!(attempt.outcome, Outcome::Sent { .. })));
}

#[tokio::test(start_paused = true)]
async fn no_more_are_in_hand_than_allowed_and_each_is_handed_over_once() {
    let messages = (1..=100).map(|number| claimed(number, Template::Invoice)).collect();
    let mailer = Arc::new(Scripted { takes: Duration::from_millis(20), ..Scripted::default() });
    let (settled, seen) = run(Arc::clone(&mailer), suppressions(&[]), messages, 100, options()).await;
    assert_eq!(mailer.most_at_once.load(Ordering::SeqCst), 8);
    assert_eq!(seen.most_in_hand.load(Ordering::SeqCst), 8);
    let called: HashSet<_> = mailer.calls.lock().expect("not poisoned").iter().map(|call| call.0).collect();
    assert_eq!((called.len(), settled.len()), (100, 100));
}

#[tokio::test(start_paused = true)]
async fn no_second_sees_more_than_allowed() {
    let messages = (1..=20).map(|number| claimed(number, Template::Invoice)).collect();
    let options = DispatcherOptions { per_second: NonZeroU32::new(4).expect("not zero"), ..options() };
    let mailer = Arc::new(Scripted::default());
    let start = Instant::now();
    run(Arc::clone(&mailer), suppressions(&[]), messages, 20, options).await;
    let calls = mailer.calls.lock().expect("not poisoned");
    for pair in calls.windows(5) {
        assert!(pair[4].1 - pair[0].1 >= Duration::from_secs(1), "five calls within a second");
    }
    assert!(start.elapsed() < Duration::from_secs(6), "and none waits longer than it must: {:?}", start.elapsed());
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_written_is_given_up_on_without_a_call() {
    let mut without_variables = claimed(1, Template::Invoice);
    without_variables.notification.variables = serde_json::json!({ "firstName": "jo@example.com" });
    let erased = Queued { secret: None, ..claimed(1, Template::PasswordReset) };
    let of_another_row = seal("k1", &Owner::new(id(2), Some(tenant())));
    let moved = Queued { secret: Some(of_another_row), ..claimed(1, Template::PasswordReset) };
    let of_another_tenant = seal("k1", &Owner::new(id(1), None));
    let stolen = Queued { secret: Some(of_another_tenant), ..claimed(1, Template::PasswordReset) };
    for (message, reason) in [
        (without_variables, "corrupt value in notification_log.variables"),
        (erased, "the secret of this message was erased"),
        (moved, "a secret cannot be sealed: the sealed value does not open here"),
        (stolen, "a secret cannot be sealed: the sealed value does not open here"),
    ] {
        let outcome = outcome(answers(0, taken()), message).await;
        assert_eq!(outcome, Outcome::Failed { error: reason.to_owned() });
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_that_this_server_does_not_have_yet_is_waited_for() {
    let owner = Owner::new(id(1), Some(tenant()));
    let message = Queued { secret: Some(seal("k2", &owner)), ..claimed(1, Template::PasswordReset) };
    let outcome = outcome(answers(0, taken()), message).await;
    assert!(matches!(&outcome, Outcome::Again { error, .. } if error == "no key k2 in the ring"), "{outcome:?}");
    assert!(secret::open(&ring("k2"), &owner, &seal("k2", &owner)).is_ok(), "the other server has it");
}

#[tokio::test(start_paused = true)]
async fn the_secret_is_in_the_mail_and_in_nothing_that_is_kept_or_told() {
    for template in [Template::AdminWelcome, Template::TenantWelcome, Template::PasswordReset] {
        let message = claimed(1, template);
        assert!(!format!("{message:?}").contains(SECRET));
        let mut mailer = MockMailer::new();
        mailer.expect_name().return_const("test");
        mailer.expect_send().times(1).returning(|message| {
            let words = SECRET.replace(' ', "+");
            let text = &message.content.text;
            assert!(text.contains(SECRET) || text.contains(&words), "{text}");
            assert!(!format!("{message:?} {:?}", message.content).contains("horse"));
            assert!(!message.content.subject.contains("horse"));
            Err(MailerError::Temporary { reason: "busy".to_owned(), retry_after: None })
        });
        let outcome = outcome(mailer, message).await;
        assert!(!format!("{outcome:?}").contains("horse"), "{outcome:?}");
    }
}
