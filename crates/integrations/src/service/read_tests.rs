use std::sync::Arc;

use kernel::{MockAuditTrail, StoreError, Subject, input::Word as _};
use test_support::Recorder;
use uuid::Uuid;

use super::*;
use crate::{
    domain::SealedText,
    repository::{MockIntegrationRepository, MockTenants},
    service::test_fixture::{
        check_silence, other_ring, ring, service, service_with, stored_for, tenant, there, webhook_for,
    },
};

const KIND: IntegrationType = IntegrationType::CapricornEdi;

fn other_tenant() -> TenantId {
    TenantId(Uuid::from_u128(8))
}

/// A store with this row, which may be quarantined once.
fn with(row: Integration, quarantines: usize) -> MockIntegrationRepository {
    let mut store = MockIntegrationRepository::new();
    let (found, locked) = (row.clone(), row.clone());
    store.expect_find().returning(move |_, _| Ok(Some(found.clone())));
    store.expect_find_for_update().times(quarantines).returning(move |_, _, _| Ok(Some(locked.clone())));
    store
        .expect_update_in()
        .times(quarantines)
        .withf(move |_, after, from| {
            let expected = Integration {
                quarantined_at: after.quarantined_at,
                version: row.version + 1,
                updated_at: after.updated_at,
                ..row.clone()
            };
            *after == expected && after.quarantined_at.is_some() && *from == row.version
        })
        .returning(|_, _, _| Ok(true));
    store
}

#[tokio::test]
async fn a_secret_of_another_workshop_is_quarantined_and_never_shown() {
    for row in [stored_for(other_tenant()), webhook_for(other_tenant())] {
        let kind = row.kind;
        let (integrations, fixture) = service(with(row, 1));
        let shown = integrations.get(tenant(), kind).await.expect("is shown");
        assert!(shown.quarantined_at.is_some() && shown.version == 5);
        assert!(shown.credentials.len() + usize::from(shown.signing_secret.is_some()) > 0, "{shown:?}");
        assert!(shown.credentials.values().chain(&shown.signing_secret).all(|mask| mask == "••••"), "{shown:?}");
        assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
        assert_eq!(fixture.recorded(), (vec!["INTEGRATION_QUARANTINED"], vec![]));
        check_silence(&fixture, &[&shown]);
    }
}

#[tokio::test]
async fn one_secret_that_was_changed_is_enough() {
    let sound = stored_for(tenant());
    let swapped = {
        let mut row = sound.clone();
        row.credentials.insert("customerId".to_owned(), sound.credentials["apiKey"].clone());
        row
    };
    let garbage = {
        let mut row = sound.clone();
        row.credentials.insert("customerId".to_owned(), SealedText::from("v1.k1.%%%".to_owned()));
        row
    };
    let added = {
        let mut row = sound;
        row.credentials.insert("more".to_owned(), SealedText::from("{}".to_owned()));
        row
    };
    for row in [swapped, garbage, added] {
        let (integrations, _) = service(with(row, 1));
        let shown = integrations.get(tenant(), KIND).await.expect("is shown");
        assert!(shown.quarantined_at.is_some());
        assert_eq!(shown.credentials["apiKey"], "••••", "not even the one that opens");
    }
}

#[tokio::test]
async fn the_system_is_named_as_who_did_it() {
    let mut audit = MockAuditTrail::new();
    audit
        .expect_record_in()
        .once()
        .withf(|_, context, entry| {
            let field = &entry.changes.to_value()["quarantinedAt"];
            context.caller.subject == Subject::System("integrations")
                && entry.action == "INTEGRATION_QUARANTINED"
                && entry.tenant_id == Some(tenant())
                && field["from"].is_null()
                && field["to"].is_string()
        })
        .returning(|_, _, _| Ok(()));
    let (mut integrations, _) = service(with(stored_for(other_tenant()), 1));
    integrations.deps.audit = Arc::new(audit);
    integrations.get(tenant(), KIND).await.expect("is shown");
}

#[tokio::test]
async fn a_quarantine_is_told_once() {
    let row = Integration { quarantined_at: Some(stored_for(tenant()).created_at), ..stored_for(other_tenant()) };
    let (integrations, fixture) = service(with(row, 0));
    let shown = integrations.get(tenant(), KIND).await.expect("is shown");
    assert!(shown.quarantined_at.is_some());
    assert_eq!((fixture.transactor.log(), fixture.recorded()), (vec![], (vec![], vec![])));
}

#[tokio::test]
async fn what_was_mended_before_the_lock_is_left_alone() {
    let mut store = MockIntegrationRepository::new();
    store.expect_find().returning(|_, _| Ok(Some(stored_for(other_tenant()))));
    store.expect_find_for_update().once().returning(|_, _, _| Ok(Some(stored_for(tenant()))));
    let (integrations, fixture) = service(store);
    let shown = integrations.get(tenant(), KIND).await.expect("is shown");
    assert_eq!((shown.quarantined_at, shown.credentials["apiKey"].as_str()), (None, "••••1234"));
    assert_eq!(
        (fixture.transactor.log(), fixture.recorded()),
        (vec!["BEGIN".to_owned(), "ROLLBACK".to_owned()], (vec![], vec![]))
    );
}

#[tokio::test]
async fn a_quarantine_without_its_entry_is_none() {
    let (integrations, fixture) =
        service_with(with(stored_for(other_tenant()), 1), there(), Recorder::with_broken_trail(), ring());
    let failed = integrations.get(tenant(), KIND).await;
    assert!(matches!(failed, Err(IntegrationError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

/// A node that was not given the new key yet must not take everybody's connections out of use.
#[tokio::test]
async fn a_key_that_is_missing_is_no_reason_for_a_quarantine() {
    let (integrations, fixture) =
        service_with(with(stored_for(tenant()), 0), there(), Recorder::default(), other_ring());
    let shown = integrations.get(tenant(), KIND).await.expect("is shown");
    assert_eq!((shown.quarantined_at, shown.credentials["apiKey"].as_str()), (None, "••••"));
    let closed = integrations.open(tenant(), KIND).await;
    assert!(matches!(closed, Err(IntegrationError::KeyMissing)), "{closed:?}");
    assert_eq!((fixture.transactor.log(), fixture.recorded()), (vec![], (vec![], vec![])));
}

#[tokio::test]
async fn a_list_shows_all_when_one_does_not_open() {
    let mut store = with(stored_for(other_tenant()), 1);
    store.expect_list().once().returning(|_| Ok(vec![stored_for(other_tenant()), webhook_for(tenant())]));
    let (integrations, _) = service(store);
    let shown = integrations.list(tenant()).await.expect("a list");
    let quarantined: Vec<_> = shown.iter().map(|it| (it.kind.as_str(), it.quarantined_at.is_some())).collect();
    assert_eq!(quarantined, [("CAPRICORN_EDI", true), ("CUSTOM_WEBHOOK", false)]);
    assert_eq!(shown[1].signing_secret.as_deref(), Some("••••cret"));
}

#[tokio::test]
async fn who_is_not_there_has_none() {
    let mut store = MockIntegrationRepository::new();
    store.expect_find().returning(|_, _| Ok(None));
    store.expect_list().returning(|_| Ok(vec![]));
    let mut nobody = MockTenants::new();
    nobody.expect_exists().returning(|_| Ok(false));
    let (integrations, _) = service_with(store, nobody, Recorder::default(), ring());
    let absent = integrations.get(tenant(), KIND).await;
    assert!(matches!(absent, Err(IntegrationError::TenantNotFound)), "{absent:?}");
    let absent = integrations.list(tenant()).await;
    assert!(matches!(absent, Err(IntegrationError::TenantNotFound)), "{absent:?}");

    let mut store = MockIntegrationRepository::new();
    store.expect_list().returning(|_| Err(StoreError::corrupt("test", "broken")));
    let failed = service(store).0.list(tenant()).await;
    assert!(matches!(failed, Err(IntegrationError::Store(_))), "{failed:?}");
}
