use std::sync::Arc;

use kernel::{Actor, MockAuditTrail};
use uuid::Uuid;

use super::*;
use crate::{
    domain::SealedText,
    repository::MockIntegrationRepository,
    service::{
        integrations::test_world::{check_silence, other_ring, service, service_with, stored_for, tenant, webhook_for},
        test_ports::{Mocks, broken},
    },
};

const KIND: IntegrationType = IntegrationType::CapricornEdi;

fn stranger() -> TenantId {
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
    for row in [stored_for(stranger()), webhook_for(stranger())] {
        let kind = row.kind;
        let (integrations, kept) = service(with(row, 1), Mocks::default());
        let shown = integrations.get(tenant(), kind).await.expect("is shown");
        assert!(shown.quarantined_at.is_some() && shown.version == 5);
        assert!(shown.credentials.len() + usize::from(shown.signing_secret.is_some()) > 0, "{shown:?}");
        assert!(shown.credentials.values().chain(&shown.signing_secret).all(|mask| mask == "••••"), "{shown:?}");
        assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
        assert_eq!(kept.told(), (vec!["INTEGRATION_QUARANTINED"], vec![]));
        check_silence(&kept, &[&shown]);
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
        let (integrations, _) = service(with(row, 1), Mocks::default());
        let shown = integrations.get(tenant(), KIND).await.expect("is shown");
        assert!(shown.quarantined_at.is_some());
        assert_eq!(shown.credentials["apiKey"], "••••", "not even the one that opens");
    }
}

#[tokio::test]
async fn the_system_is_named_as_who_did_it() {
    let (_, kept) = service(MockIntegrationRepository::new(), Mocks::default());
    let mut audit = MockAuditTrail::new();
    audit
        .expect_record_in()
        .once()
        .withf(|_, context, entry| {
            let field = &entry.changes.to_value()["quarantinedAt"];
            context.actor == Actor::System("integrations")
                && entry.action == "INTEGRATION_QUARANTINED"
                && entry.tenant_id == Some(tenant())
                && field["from"].is_null()
                && field["to"].is_string()
        })
        .returning(|_, _, _| Ok(()));
    let mut ports = kept.ports.clone();
    ports.audit = Arc::new(audit);
    let (other, _) = service(with(stored_for(stranger()), 1), Mocks::default());
    let integrations = super::super::Integrations { ports, ..other };
    integrations.get(tenant(), KIND).await.expect("is shown");
}

#[tokio::test]
async fn a_quarantine_is_told_once() {
    let row = Integration { quarantined_at: Some(stored_for(tenant()).created_at), ..stored_for(stranger()) };
    let (integrations, kept) = service(with(row, 0), Mocks::default());
    let shown = integrations.get(tenant(), KIND).await.expect("is shown");
    assert!(shown.quarantined_at.is_some());
    assert_eq!((kept.transactor.log(), kept.told()), (vec![], (vec![], vec![])));
}

#[tokio::test]
async fn what_was_mended_before_the_lock_is_left_alone() {
    let mut store = MockIntegrationRepository::new();
    store.expect_find().returning(|_, _| Ok(Some(stored_for(stranger()))));
    store.expect_find_for_update().once().returning(|_, _, _| Ok(Some(stored_for(tenant()))));
    let (integrations, kept) = service(store, Mocks::default());
    let shown = integrations.get(tenant(), KIND).await.expect("is shown");
    assert_eq!((shown.quarantined_at, shown.credentials["apiKey"].as_str()), (None, "••••1234"));
    assert_eq!(
        (kept.transactor.log(), kept.told()),
        (vec!["BEGIN".to_owned(), "ROLLBACK".to_owned()], (vec![], vec![]))
    );
}

#[tokio::test]
async fn a_quarantine_without_its_entry_is_none() {
    let (integrations, kept) =
        service(with(stored_for(stranger()), 1), Mocks { audit_fails: true, ..Mocks::default() });
    let failed = integrations.get(tenant(), KIND).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

/// A node that was not given the new key yet must not take everybody's connections out of use.
#[tokio::test]
async fn a_key_that_is_missing_is_no_reason_for_a_quarantine() {
    let (integrations, kept) = service_with(with(stored_for(tenant()), 0), &mut Mocks::default(), other_ring());
    let shown = integrations.get(tenant(), KIND).await.expect("is shown");
    assert_eq!((shown.quarantined_at, shown.credentials["apiKey"].as_str()), (None, "••••"));
    let closed = integrations.open(tenant(), KIND).await;
    assert!(matches!(closed, Err(TenancyError::IntegrationKeyMissing)), "{closed:?}");
    assert_eq!((kept.transactor.log(), kept.told()), (vec![], (vec![], vec![])));
}

#[tokio::test]
async fn a_list_shows_all_when_one_does_not_open() {
    let mut store = with(stored_for(stranger()), 1);
    store.expect_list().once().returning(|_| Ok(vec![stored_for(stranger()), webhook_for(tenant())]));
    let (integrations, _) = service(store, Mocks::default());
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
    let mut mocks = Mocks::default();
    mocks.tenants.expect_find().returning(|_| Ok(None));
    let (integrations, _) = service(store, mocks);
    let absent = integrations.get(tenant(), KIND).await;
    assert!(matches!(absent, Err(TenancyError::TenantNotFound)), "{absent:?}");
    let absent = integrations.list(tenant()).await;
    assert!(matches!(absent, Err(TenancyError::TenantNotFound)), "{absent:?}");

    let mut store = MockIntegrationRepository::new();
    store.expect_list().returning(|_| Err(broken()));
    let failed = service(store, Mocks::default()).0.list(tenant()).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
}
