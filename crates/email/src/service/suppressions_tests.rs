use kernel::Transactor;

use super::*;
use crate::service::test_ports::{Mocks, address, broken, context, now, suppressed};

#[tokio::test]
async fn an_address_is_added_and_told_of_without_itself() {
    let mut mocks = Mocks::default();
    mocks.suppressions.expect_insert_in().times(1).returning(|_, new| {
        assert_eq!(
            (&new.email, new.reason, new.created_at),
            (&address("jo@example.com"), SuppressionReason::Manual, now())
        );
        assert_eq!(new.notification_id, None);
        Ok(true)
    });
    let fixture = mocks.deps();
    let mut tx = fixture.transactor.begin().await.expect("begins");
    let suppressions = Suppressions::new(fixture.deps.clone());
    let added = suppressions.add_in(&mut tx, &context(), address("jo@example.com")).await;
    let (added, new) = added.expect("added");
    assert!(new);
    let entries = fixture.entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.action, entry.resource, entry.status_code), ("SUPPRESSION_ADDED", "suppression", 201));
    assert_eq!(entry.resource_id, Some(added.id.to_string()));
    assert_eq!(entry.changes.to_value(), serde_json::json!({ "reason": { "from": null, "to": "MANUAL" } }));
    assert!(!format!("{entry:?}").contains('@'), "{entry:?}");
}

#[tokio::test]
async fn an_address_that_is_on_the_list_stays_as_it_is_and_nothing_is_told() {
    let mut mocks = Mocks::default();
    mocks.suppressions.expect_insert_in().times(1).returning(|_, _| Ok(false));
    let known = suppressed("jo@example.com", SuppressionReason::Complaint);
    let found = known.clone();
    mocks.suppressions.expect_find_in().times(1).return_once(|_, _| Ok(Some(found)));
    let fixture = mocks.deps();
    let mut tx = fixture.transactor.begin().await.expect("begins");
    let suppressions = Suppressions::new(fixture.deps.clone());
    let outcome = suppressions.add_in(&mut tx, &context(), address("jo@example.com")).await;
    assert_eq!(outcome.expect("found"), (known, false));
    assert!(fixture.entries().is_empty());
}

#[tokio::test]
async fn an_address_that_is_taken_off_meanwhile_is_added_after_all() {
    let mut mocks = Mocks::default();
    mocks.suppressions.expect_insert_in().times(1).returning(|_, _| Ok(false));
    mocks.suppressions.expect_find_in().times(1).returning(|_, _| Ok(None));
    mocks.suppressions.expect_insert_in().times(1).returning(|_, _| Ok(true));
    let fixture = mocks.deps();
    let mut tx = fixture.transactor.begin().await.expect("begins");
    let suppressions = Suppressions::new(fixture.deps.clone());
    let outcome = suppressions.add_in(&mut tx, &context(), address("jo@example.com")).await;
    assert!(outcome.expect("added").1);
    assert_eq!(fixture.entries().len(), 1);
}

#[tokio::test]
async fn without_its_entry_an_address_is_not_added() {
    let mut mocks = Mocks { audit_fails: true, ..Mocks::default() };
    mocks.suppressions.expect_insert_in().returning(|_, _| Ok(true));
    let fixture = mocks.deps();
    let mut tx = fixture.transactor.begin().await.expect("begins");
    let outcome = Suppressions::new(fixture.deps).add_in(&mut tx, &context(), address("jo@example.com")).await;
    assert!(matches!(outcome, Err(EmailError::Store(_))), "{outcome:?}");
}

#[tokio::test]
async fn an_address_is_taken_off_and_told_of_without_itself() {
    let mut mocks = Mocks::default();
    let known = suppressed("jo@example.com", SuppressionReason::Bounce);
    let (found, wanted) = (known.clone(), known.id);
    mocks.suppressions.expect_find_in().times(1).return_once(|_, _| Ok(Some(found)));
    mocks.suppressions.expect_delete_in().times(1).returning(move |_, id| Ok(id == wanted));
    let fixture = mocks.deps();
    let removed = Suppressions::new(fixture.deps.clone()).remove(&context(), &address("jo@example.com")).await;
    assert_eq!(removed.expect("removed"), known);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    let entries = fixture.entries();
    let [entry] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!((entry.action, entry.resource_id.clone()), ("SUPPRESSION_REMOVED", Some(known.id.to_string())));
    assert_eq!(entry.changes.to_value(), serde_json::json!({ "reason": { "from": "BOUNCE", "to": null } }));
    assert!(!format!("{entry:?}").contains('@'), "{entry:?}");
}

#[tokio::test]
async fn what_cannot_be_taken_off_stays() {
    let fixture = {
        let mut mocks = Mocks::default();
        mocks.suppressions.expect_find_in().times(1).returning(|_, _| Ok(None));
        mocks.deps()
    };
    let outcome = Suppressions::new(fixture.deps.clone()).remove(&context(), &address("jo@example.com")).await;
    assert!(matches!(outcome, Err(EmailError::SuppressionNotFound)), "{outcome:?}");
    fixture.assert_undone();

    let mut mocks = Mocks { audit_fails: true, ..Mocks::default() };
    mocks
        .suppressions
        .expect_find_in()
        .returning(|_, _| Ok(Some(suppressed("jo@example.com", SuppressionReason::Bounce))));
    mocks.suppressions.expect_delete_in().returning(|_, _| Ok(true));
    let fixture = mocks.deps();
    let outcome = Suppressions::new(fixture.deps.clone()).remove(&context(), &address("jo@example.com")).await;
    assert!(matches!(outcome, Err(EmailError::Store(_))), "{outcome:?}");
    fixture.assert_undone();

    let mut mocks = Mocks::default();
    mocks
        .suppressions
        .expect_find_in()
        .returning(|_, _| Ok(Some(suppressed("jo@example.com", SuppressionReason::Bounce))));
    mocks.suppressions.expect_delete_in().returning(|_, _| Err(broken()));
    let fixture = mocks.deps();
    let outcome = Suppressions::new(fixture.deps.clone()).remove(&context(), &address("jo@example.com")).await;
    assert!(matches!(outcome, Err(EmailError::Store(_))), "{outcome:?}");
    fixture.assert_undone();
}
