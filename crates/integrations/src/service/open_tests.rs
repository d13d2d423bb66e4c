use uuid::Uuid;

use super::*;
use crate::{
    domain::Integration,
    repository::MockIntegrationRepository,
    service::test_fixture::{CUSTOMER, KEY, clear, service, stored_for, tenant, webhook_for},
};

async fn open(row: Option<Integration>) -> (Result<Option<OpenIntegration>, IntegrationError>, Vec<String>) {
    let kind = row.as_ref().map_or(IntegrationType::CapricornEdi, |row| row.kind);
    let mut store = MockIntegrationRepository::new();
    let locked = row.clone();
    store.expect_find().once().returning(move |_, _| Ok(row.clone()));
    store.expect_find_for_update().returning(move |_, _, _| Ok(locked.clone()));
    store.expect_update_in().returning(|_, _, _| Ok(true));
    let (integrations, fixture) = service(store);
    let opened = integrations.open(tenant(), kind).await;
    (opened, fixture.transactor.log())
}

#[tokio::test]
async fn what_is_in_use_opens_for_its_workshop() {
    let (opened, log) = open(Some(stored_for(tenant()))).await;
    let opened = opened.expect("opens").expect("is there");
    assert_eq!(clear(opened.credentials.get("apiKey")), KEY);
    assert_eq!(clear(opened.credentials.get("customerId")), CUSTOMER);
    assert!(log.is_empty() && !format!("{opened:?}").contains("S3cret"), "{opened:?}");
    let opened = open(Some(webhook_for(tenant()))).await.0.expect("opens").expect("is there");
    assert_eq!(clear(opened.signing_secret.as_ref()), "whsec_S3cret");
    assert!(!format!("{opened:?}").contains("S3cret"), "{opened:?}");
}

#[tokio::test]
async fn what_is_absent_or_out_of_use_is_none() {
    let (absent, _) = open(None).await;
    assert!(matches!(absent, Ok(None)), "{absent:?}");
    let disabled = Integration { is_active: false, ..stored_for(TenantId(Uuid::from_u128(8))) };
    let (disabled, log) = open(Some(disabled)).await;
    assert!(matches!(disabled, Ok(None)) && log.is_empty(), "{disabled:?}");
}

#[tokio::test]
async fn what_does_not_open_is_an_error_and_quarantined() {
    let (unusable, log) = open(Some(stored_for(TenantId(Uuid::from_u128(8))))).await;
    assert!(matches!(unusable, Err(IntegrationError::Unusable)), "{unusable:?}");
    assert_eq!(log, ["BEGIN", "COMMIT"]);
    let sound = stored_for(tenant());
    let quarantined = Integration { quarantined_at: Some(sound.created_at), ..sound };
    let (unusable, log) = open(Some(quarantined)).await;
    assert!(matches!(unusable, Err(IntegrationError::Unusable)) && log.is_empty(), "{unusable:?}");
}

#[tokio::test]
async fn a_row_from_which_a_secret_was_taken_is_unusable() {
    let mut without_customer = stored_for(tenant());
    without_customer.credentials.remove("customerId");
    let unsigned = Integration { signing_secret: None, ..webhook_for(tenant()) };
    for row in [without_customer, unsigned] {
        let (unusable, _) = open(Some(row)).await;
        assert!(matches!(unusable, Err(IntegrationError::Unusable)), "{unusable:?}");
    }
}
