use std::sync::{Arc, Mutex};

use kernel::{Transactor, input::Word as _};
use rstest::rstest;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::*;
use crate::{
    domain::{SuppressionReason, Template, samples},
    service::test_ports::{
        Fixture, Mocks, SECRET, address, broken, claimed, context, id, now, ring, suppressed, tenant,
    },
};

fn new(template: Template, tenant_id: Option<TenantId>) -> NewNotification {
    let secret = template.secret_variable().map(|_| SECRET.into());
    NewNotification {
        event_id: Some(EventId(Uuid::from_u128(3))),
        tenant_id,
        recipient: address("jo@example.com"),
        mail: Mail { variables: samples::variables(template), secret },
        once: None,
    }
}

/// Queues these and answers the rows that the store was given.
async fn queue(new: Vec<NewNotification>) -> Vec<Queued> {
    let given = Arc::new(Mutex::new(Vec::new()));
    let mut mocks = Mocks::default();
    let rows = Arc::clone(&given);
    mocks.notifications.expect_insert_in().times(1).returning(move |_, messages| {
        rows.lock().expect("not poisoned").extend_from_slice(messages);
        Ok(messages.iter().map(|message| message.notification.id).collect())
    });
    let fixture = mocks.deps();
    let mut tx = fixture.transactor.begin().await.expect("begins");
    let ids = Notifications::new(fixture.deps).queue_in(&mut tx, new).await.expect("queued");
    let rows = given.lock().expect("not poisoned").clone();
    assert_eq!(ids, rows.iter().map(|row| row.notification.id).collect::<Vec<_>>());
    rows
}

#[tokio::test]
async fn a_message_waits_from_the_first_moment_with_its_secret_apart() {
    for &template in Template::ALL {
        let rows = queue(vec![NewNotification { once: Some("k".to_owned()), ..new(template, Some(tenant())) }]).await;
        let [Queued { notification, secret, once, first_attempt_at: None }] = rows.as_slice() else {
            panic!("{rows:?}")
        };
        assert_eq!((notification.status, notification.attempts), (NotificationStatus::Pending, 0));
        assert_eq!((notification.next_attempt_at, notification.created_at), (Some(now()), now()));
        assert_eq!((notification.version, notification.template), (1, template));
        assert_eq!((notification.tenant_id, notification.event_id), (Some(tenant()), Some(Uuid::from_u128(3).into())));
        assert_eq!(notification.recipient, address("jo@example.com"));
        assert_eq!(once.as_deref(), Some("k"));
        assert!(!notification.subject.is_empty());
        let recorded = format!("{} {} {rows:?}", notification.subject, notification.variables);
        assert!(!recorded.contains(SECRET), "{recorded}");
        assert_eq!(secret.is_some(), template.secret_variable().is_some(), "{template}");
        if let Some(name) = template.secret_variable() {
            assert_eq!(notification.variables.get(name), None, "{template}");
        }
        assert!(crate::domain::Variables::from_value(template, notification.variables.clone()).is_ok(), "{template}");
    }
}

#[tokio::test]
async fn a_secret_is_sealed_for_its_own_row_and_workshop() {
    let mine = || new(Template::PasswordReset, Some(tenant()));
    let rows = queue(vec![mine(), mine(), new(Template::PasswordReset, None)]).await;
    let owner = |row: &Queued| Owner::new(row.notification.id, row.notification.tenant_id);
    for (number, row) in rows.iter().enumerate() {
        let sealed = row.secret.as_ref().expect("a secret");
        let opened = secret::open(&ring("k1"), &owner(row), sealed).expect("opens");
        assert_eq!(opened.expose_secret(), SECRET);
        assert!(!sealed.to_string().contains("horse"));
        for (_, other) in rows.iter().enumerate().filter(|(other, _)| *other != number) {
            assert!(secret::open(&ring("k1"), &owner(other), sealed).is_err(), "row {number} opens elsewhere");
        }
        let nobodys = Owner::new(row.notification.id, row.notification.tenant_id.xor(Some(tenant())));
        assert!(secret::open(&ring("k1"), &nobodys, sealed).is_err(), "row {number} opens for another workshop");
    }
}

#[tokio::test]
async fn only_those_that_were_added_are_answered_and_a_failure_is_passed_on() {
    let mut mocks = Mocks::default();
    mocks.notifications.expect_insert_in().times(1).returning(|_, messages| Ok(vec![messages[1].notification.id]));
    mocks.notifications.expect_insert_in().times(1).returning(|_, _| Err(broken()));
    let fixture = mocks.deps();
    let mut tx = fixture.transactor.begin().await.expect("begins");
    let notifications = Notifications::new(fixture.deps);
    let two = || vec![new(Template::Invoice, None), new(Template::Invoice, None)];
    assert_eq!(notifications.queue_in(&mut tx, two()).await.expect("queued").len(), 1);
    let failed = notifications.queue_in(&mut tx, two()).await;
    assert!(matches!(failed, Err(EmailError::Store(_))), "{failed:?}");
}

/// A message that was given up on.
fn ended(template: Template, status: NotificationStatus) -> Queued {
    let mut message = claimed(1, template);
    message.notification.status = status;
    message.notification.next_attempt_at = None;
    message
}

/// The log with this message in it; how it ends a retry is up to the test.
fn log_with(message: Option<Queued>) -> Mocks {
    let mut mocks = Mocks::default();
    mocks.notifications.expect_find_for_update().times(1).return_once(|_, asked| {
        assert_eq!(asked, id(1));
        Ok(message)
    });
    mocks
}

async fn retry(mocks: Mocks, versions: VersionMatch) -> (Fixture, Result<Notification, EmailError>) {
    let fixture = mocks.deps();
    let outcome = Notifications::new(fixture.deps.clone()).retry(&context(), id(1), &versions).await;
    (fixture, outcome)
}

#[rstest]
#[case::pending(NotificationStatus::Pending)]
#[case::sent(NotificationStatus::Sent)]
#[case::delivered(NotificationStatus::Delivered)]
#[case::bounced(NotificationStatus::Bounced)]
#[case::complained(NotificationStatus::Complained)]
#[tokio::test]
async fn only_what_was_given_up_on_is_sent_again(#[case] status: NotificationStatus) {
    let (fixture, outcome) = retry(log_with(Some(ended(Template::Invoice, status))), VersionMatch::Any).await;
    assert!(matches!(outcome, Err(EmailError::IllegalTransition)), "{outcome:?}");
    fixture.assert_undone();
}

#[tokio::test]
async fn what_is_not_there_or_has_changed_is_not_sent_again() {
    let (fixture, outcome) = retry(log_with(None), VersionMatch::Any).await;
    assert!(matches!(outcome, Err(EmailError::NotificationNotFound)), "{outcome:?}");
    fixture.assert_undone();
    // The version is told before the state, which the client cannot know.
    for status in [NotificationStatus::Failed, NotificationStatus::Sent] {
        let message = ended(Template::Invoice, status);
        let (fixture, outcome) = retry(log_with(Some(message)), VersionMatch::OneOf(vec![1, 3])).await;
        assert!(matches!(outcome, Err(EmailError::VersionMismatch)), "{outcome:?}");
        fixture.assert_undone();
    }
}

#[tokio::test]
async fn what_lost_its_secret_is_not_sent_again() {
    for template in Template::ALL.iter().copied().filter(|template| template.secret_variable().is_some()) {
        let message = Queued { secret: None, ..ended(template, NotificationStatus::Failed) };
        let (fixture, outcome) = retry(log_with(Some(message)), VersionMatch::Any).await;
        assert!(matches!(outcome, Err(EmailError::SecretErased)), "{outcome:?}");
        fixture.assert_undone();
    }
}

#[tokio::test]
async fn nothing_is_sent_again_to_a_suppressed_address() {
    let mut mocks = log_with(Some(ended(Template::PasswordReset, NotificationStatus::Suppressed)));
    mocks.suppressions.expect_find_in().times(1).returning(|_, email| {
        assert_eq!(email, &address("p1@example.com"));
        Ok(Some(suppressed("p1@example.com", SuppressionReason::Bounce)))
    });
    let (fixture, outcome) = retry(mocks, VersionMatch::Any).await;
    assert!(matches!(outcome, Err(EmailError::AddressSuppressed)), "{outcome:?}");
    fixture.assert_undone();
}

/// A log in which this message can be sent again.
fn willing(message: Queued) -> Mocks {
    let after = Notification { status: NotificationStatus::Pending, version: 3, ..message.notification.clone() };
    let mut mocks = log_with(Some(message));
    mocks.suppressions.expect_find_in().times(1).returning(|_, _| Ok(None));
    mocks.notifications.expect_requeue_in().times(1).return_once(|_, asked, at| {
        assert_eq!((asked, at), (id(1), now()));
        Ok(after)
    });
    mocks
}

#[rstest]
#[case::failed(Template::PasswordReset, NotificationStatus::Failed, VersionMatch::Any, "FAILED")]
#[case::suppressed(Template::Invoice, NotificationStatus::Suppressed, VersionMatch::OneOf(vec![1, 2]), "SUPPRESSED")]
#[tokio::test]
async fn what_was_given_up_on_is_sent_again_and_told(
    #[case] template: Template,
    #[case] status: NotificationStatus,
    #[case] versions: VersionMatch,
    #[case] from: &str,
) {
    let (fixture, outcome) = retry(willing(ended(template, status)), versions).await;
    assert_eq!(outcome.expect("queued").version, 3);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    let entries = fixture.entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.action, entry.resource, entry.status_code), ("NOTIFICATION_RETRIED", "notification", 200));
    assert_eq!((entry.resource_id.clone(), entry.tenant_id), (Some(id(1).to_string()), Some(tenant())));
    assert_eq!(entry.changes.to_value(), serde_json::json!({ "status": { "from": from, "to": "PENDING" } }));
    assert!(!format!("{entry:?}").contains('@'), "{entry:?}");
    assert_eq!(fixture.recorded.entries.lock().expect("not poisoned")[0].0, context().caller.subject);
}

#[tokio::test]
async fn without_its_entry_nothing_is_sent_again() {
    let mocks = Mocks { audit_fails: true, ..willing(ended(Template::Invoice, NotificationStatus::Failed)) };
    let (fixture, outcome) = retry(mocks, VersionMatch::Any).await;
    assert!(matches!(outcome, Err(EmailError::Store(_))), "{outcome:?}");
    fixture.assert_undone();
}

#[tokio::test]
async fn reading_tells_what_is_not_there() {
    let mut mocks = Mocks::default();
    mocks.notifications.expect_find().times(1).returning(|_| Ok(None));
    let notifications = Notifications::new(mocks.deps().deps);
    assert!(matches!(notifications.get(id(1)).await, Err(EmailError::NotificationNotFound)));
}
