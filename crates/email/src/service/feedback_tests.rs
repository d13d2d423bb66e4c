use kernel::Actor;
use rstest::rstest;

use super::*;
use crate::{
    domain::{NotificationStatus, SuppressionReason},
    service::test_ports::{Mocks, address, broken, id, now},
};

fn news(status: NotificationStatus, suppress: Option<SuppressionReason>) -> News {
    News {
        status,
        notification_id: Some(id(1)),
        provider_message_id: Some("re_1".to_owned()),
        suppress,
        note: Some("resend: Permanent".to_owned()),
    }
}

/// A log that knows the message that the news is of.
fn knowing(news: &News) -> Mocks {
    let wanted = news.clone();
    let mut mocks = Mocks::default();
    mocks.notifications.expect_note_in().times(1).returning(move |_, news, at| {
        assert_eq!((news, at), (&wanted, now()));
        Ok(Some((id(1), address("p1@example.com"))))
    });
    mocks
}

#[rstest]
#[case(NotificationStatus::Delivered)]
#[case(NotificationStatus::Bounced)]
#[case(NotificationStatus::Failed)]
#[tokio::test]
async fn news_that_speak_against_no_address_suppress_none(#[case] status: NotificationStatus) {
    let news = news(status, None);
    let kept = knowing(&news).ports();
    Feedback::new(kept.ports.clone()).take(&news).await.expect("taken");
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
    assert!(kept.entries().is_empty());
}

#[rstest]
#[case(NotificationStatus::Bounced, SuppressionReason::Bounce, "BOUNCE")]
#[case(NotificationStatus::Complained, SuppressionReason::Complaint, "COMPLAINT")]
#[tokio::test]
async fn a_bounce_or_a_complaint_suppresses_the_address_of_our_message(
    #[case] status: NotificationStatus,
    #[case] reason: SuppressionReason,
    #[case] told: &str,
) {
    let news = news(status, Some(reason));
    let mut mocks = knowing(&news);
    mocks.suppressions.expect_insert_in().times(1).returning(move |_, new| {
        assert_eq!((&new.email, new.reason), (&address("p1@example.com"), reason));
        assert_eq!((new.notification_id, new.created_at), (Some(id(1)), now()));
        Ok(true)
    });
    let kept = mocks.ports();
    Feedback::new(kept.ports.clone()).take(&news).await.expect("taken");
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
    let told_of = kept.told.entries.lock().expect("not poisoned");
    let [(actor, entry)] = told_of.as_slice() else { panic!("{told_of:?}") };
    assert!(matches!(actor, Actor::System("mail provider")), "{actor:?}");
    assert_eq!((entry.action, entry.resource), ("SUPPRESSION_ADDED", "suppression"));
    assert_eq!(entry.changes.to_value(), serde_json::json!({ "reason": { "from": null, "to": told } }));
    assert!(!format!("{entry:?}").contains('@'), "{entry:?}");
}

#[tokio::test]
async fn an_address_is_told_of_once() {
    let news = news(NotificationStatus::Bounced, Some(SuppressionReason::Bounce));
    let mut mocks = knowing(&news);
    mocks.suppressions.expect_insert_in().times(1).returning(|_, _| Ok(false));
    let kept = mocks.ports();
    Feedback::new(kept.ports.clone()).take(&news).await.expect("taken");
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
    assert!(kept.entries().is_empty());
}

#[tokio::test]
async fn news_of_what_is_not_ours_suppress_nobody() {
    let mut mocks = Mocks::default();
    mocks.notifications.expect_note_in().times(1).returning(|_, _, _| Ok(None));
    let kept = mocks.ports();
    let news = news(NotificationStatus::Complained, Some(SuppressionReason::Complaint));
    Feedback::new(kept.ports.clone()).take(&news).await.expect("passed over");
    kept.assert_undone();
}

#[tokio::test]
async fn what_cannot_be_kept_is_asked_for_again() {
    let news = news(NotificationStatus::Bounced, Some(SuppressionReason::Bounce));
    let mut mocks = Mocks::default();
    mocks.notifications.expect_note_in().returning(|_, _, _| Err(broken()));
    let no_log = mocks.ports();
    let mut mocks = knowing(&news);
    mocks.suppressions.expect_insert_in().returning(|_, _| Err(broken()));
    let no_list = mocks.ports();
    let mut mocks = Mocks { audit_fails: true, ..knowing(&news) };
    mocks.suppressions.expect_insert_in().returning(|_, _| Ok(true));
    let no_trail = mocks.ports();
    for kept in [no_log, no_list, no_trail] {
        let outcome = Feedback::new(kept.ports.clone()).take(&news).await;
        assert!(matches!(outcome, Err(EmailError::Store(_))), "{outcome:?}");
        kept.assert_undone();
    }
}
