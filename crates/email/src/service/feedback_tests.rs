use kernel::Subject;
use rstest::rstest;

use super::*;
use crate::{
    domain::{NotificationStatus, SuppressionReason},
    service::test_ports::{Mocks, address, broken, id, now},
};

fn delivery_event(status: NotificationStatus, suppress: Option<SuppressionReason>) -> DeliveryEvent {
    DeliveryEvent {
        status,
        notification_id: Some(id(1)),
        provider_message_id: Some("re_1".to_owned()),
        suppress,
        note: Some("resend: Permanent".to_owned()),
    }
}

/// A log that knows the message that the delivery event is of.
fn knowing(delivery_event: &DeliveryEvent) -> Mocks {
    let wanted = delivery_event.clone();
    let mut mocks = Mocks::default();
    mocks.notifications.expect_note_in().times(1).returning(move |_, delivery_event, at| {
        assert_eq!((delivery_event, at), (&wanted, now()));
        Ok(Some((id(1), address("p1@example.com"))))
    });
    mocks
}

#[rstest]
#[case(NotificationStatus::Delivered)]
#[case(NotificationStatus::Bounced)]
#[case(NotificationStatus::Failed)]
#[tokio::test]
async fn delivery_events_that_speak_against_no_address_suppress_none(#[case] status: NotificationStatus) {
    let delivery_event = delivery_event(status, None);
    let fixture = knowing(&delivery_event).deps();
    Feedback::new(fixture.deps.clone()).take(&delivery_event).await.expect("taken");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert!(fixture.entries().is_empty());
}

#[rstest]
#[case(NotificationStatus::Bounced, SuppressionReason::Bounce, "BOUNCE")]
#[case(NotificationStatus::Complained, SuppressionReason::Complaint, "COMPLAINT")]
#[tokio::test]
async fn a_bounce_or_a_complaint_suppresses_the_address_of_our_message(
    #[case] status: NotificationStatus,
    #[case] reason: SuppressionReason,
    #[case] recorded: &str,
) {
    let delivery_event = delivery_event(status, Some(reason));
    let mut mocks = knowing(&delivery_event);
    mocks.suppressions.expect_insert_in().times(1).returning(move |_, new| {
        assert_eq!((&new.email, new.reason), (&address("p1@example.com"), reason));
        assert_eq!((new.notification_id, new.created_at), (Some(id(1)), now()));
        Ok(true)
    });
    let fixture = mocks.deps();
    Feedback::new(fixture.deps.clone()).take(&delivery_event).await.expect("taken");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    let entries = fixture.recorded.entries.lock().expect("not poisoned");
    let [(subject, entry)] = entries.as_slice() else { panic!("{entries:?}") };
    assert!(matches!(subject, Subject::System("mail provider")), "{subject:?}");
    assert_eq!((entry.action, entry.resource), ("SUPPRESSION_ADDED", "suppression"));
    assert_eq!(entry.changes.to_value(), serde_json::json!({ "reason": { "from": null, "to": recorded } }));
    assert!(!format!("{entry:?}").contains('@'), "{entry:?}");
}

#[tokio::test]
async fn an_address_is_entries_once() {
    let delivery_event = delivery_event(NotificationStatus::Bounced, Some(SuppressionReason::Bounce));
    let mut mocks = knowing(&delivery_event);
    mocks.suppressions.expect_insert_in().times(1).returning(|_, _| Ok(false));
    let fixture = mocks.deps();
    Feedback::new(fixture.deps.clone()).take(&delivery_event).await.expect("taken");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert!(fixture.entries().is_empty());
}

#[tokio::test]
async fn delivery_events_of_what_is_not_ours_suppress_nobody() {
    let mut mocks = Mocks::default();
    mocks.notifications.expect_note_in().times(1).returning(|_, _, _| Ok(None));
    let fixture = mocks.deps();
    let delivery_event = delivery_event(NotificationStatus::Complained, Some(SuppressionReason::Complaint));
    Feedback::new(fixture.deps.clone()).take(&delivery_event).await.expect("passed over");
    fixture.assert_undone();
}

#[tokio::test]
async fn what_cannot_be_kept_is_asked_for_again() {
    let delivery_event = delivery_event(NotificationStatus::Bounced, Some(SuppressionReason::Bounce));
    let mut mocks = Mocks::default();
    mocks.notifications.expect_note_in().returning(|_, _, _| Err(broken()));
    let no_log = mocks.deps();
    let mut mocks = knowing(&delivery_event);
    mocks.suppressions.expect_insert_in().returning(|_, _| Err(broken()));
    let no_list = mocks.deps();
    let mut mocks = Mocks { audit_fails: true, ..knowing(&delivery_event) };
    mocks.suppressions.expect_insert_in().returning(|_, _| Ok(true));
    let no_trail = mocks.deps();
    for fixture in [no_log, no_list, no_trail] {
        let outcome = Feedback::new(fixture.deps.clone()).take(&delivery_event).await;
        assert!(matches!(outcome, Err(EmailError::Store(_))), "{outcome:?}");
        fixture.assert_undone();
    }
}
