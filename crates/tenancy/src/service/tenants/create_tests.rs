use kernel::Clock;
use serde_json::json;
use test_support::FixedClock;

use super::*;
use crate::{
    domain::{NewTenantInput, Plan},
    service::test_ports::{Kept, Mocks, broken, context},
};

fn new(owner: bool) -> NewTenant {
    let owner = owner.then(|| ("Jo".to_owned(), "Wong".to_owned(), "jo@garage.test".to_owned()));
    let input = NewTenantInput {
        name: "Jo's Garage".to_owned(),
        subdomain: "garage".to_owned(),
        plan: "PERFORMANCE".to_owned(),
        owner,
        ..NewTenantInput::default()
    };
    NewTenant::parse(input).expect("a right input")
}

/// A store in which the subdomain is free.
fn free() -> Mocks {
    let mut mocks = Mocks::default();
    mocks.tenants.expect_insert_in().once().returning(|_, _| Ok(true));
    mocks.tenants.expect_recount_one_in().returning(|_, _, _, _| Ok(()));
    mocks
}

async fn create(kept: &Kept, owner: bool) -> Result<CreatedTenant, TenancyError> {
    Tenants::new(kept.ports.clone()).create(&context(), new(owner), FixedClock::default().now()).await
}

#[tokio::test]
async fn a_workshop_is_kept_together_with_what_is_told_of_it() {
    let mut mocks = Mocks::default();
    mocks.tenants.expect_insert_in().once().returning(|_, _| Ok(true));
    mocks
        .tenants
        .expect_recount_one_in()
        .once()
        .withf(|_, from, to, _| {
            from.is_none() && *to == CountKey { status: TenantStatus::Active, plan: Plan::Performance, deleted: false }
        })
        .returning(|_, _, _, _| Ok(()));
    mocks.people.expect_insert_in().once().returning(|_, _| Ok(()));
    let kept = mocks.ports();
    let created = create(&kept, true).await.expect("creates");
    let owner = created.owner.expect("an owner");
    assert_eq!(created.summary.tenant.primary_contact_id, Some(owner.id));
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
    let actions = vec!["TENANT_CREATED", "TENANT_USER_ADDED"];
    assert_eq!(kept.told(), (actions, vec![events::TENANT_CREATED, events::USER_ADDED]));

    let entries = kept.told.entries.lock().expect("not poisoned");
    let (id, told) = (created.summary.tenant.id, &entries[0]);
    assert_eq!((told.tenant_id, told.status_code, told.resource), (Some(id), 201, "tenant"));
    assert_eq!(told.changes.to_value()["plan"], json!({ "from": null, "to": "PERFORMANCE" }));
    // Who the owner is stays out of the trail and of the events.
    assert_eq!(entries[1].changes.to_value()["email"]["to"], "[changed]");
    let events = kept.told.events.lock().expect("not poisoned");
    assert_eq!(events[1].payload, json!({ "role": "OWNER", "invited": true }));
    assert!(events.iter().all(|event| event.tenant_id == Some(id) && event.secret.is_none()));
}

#[tokio::test]
async fn without_its_entry_no_workshop_is_kept() {
    let kept = Mocks { audit_fails: true, ..free() }.ports();
    let failed = create(&kept, false).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(kept.told(), (vec![], vec![]));
}

#[tokio::test]
async fn a_taken_subdomain_leaves_nothing() {
    let mut mocks = Mocks::default();
    mocks.tenants.expect_insert_in().once().returning(|_, _| Ok(false));
    let kept = mocks.ports();
    let taken = create(&kept, true).await;
    assert!(matches!(taken, Err(TenancyError::SubdomainTaken)), "{taken:?}");
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(kept.told(), (vec![], vec![]));
}

#[tokio::test]
async fn an_owner_who_cannot_be_kept_undoes_the_workshop() {
    let mut mocks = free();
    mocks.people.expect_insert_in().once().returning(|_, _| Err(broken()));
    let kept = mocks.ports();
    let failed = create(&kept, true).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
}
