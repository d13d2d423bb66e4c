use kernel::Clock;
use serde_json::json;
use test_support::FixedClock;

use super::*;
use crate::{
    domain::{NewTenantInput, Plan},
    service::test_ports::{Fixture, Mocks, broken, context},
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

async fn create(fixture: &Fixture, owner: bool) -> Result<CreatedTenant, TenancyError> {
    Tenants::new(fixture.deps.clone()).create(&context(), new(owner), FixedClock::default().now()).await
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
    let fixture = mocks.deps();
    let created = create(&fixture, true).await.expect("creates");
    let owner = created.owner.expect("an owner");
    assert_eq!(created.summary.tenant.primary_contact_id, Some(owner.id));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    let actions = vec!["TENANT_CREATED", "TENANT_USER_ADDED"];
    assert_eq!(fixture.recorded(), (actions, vec!["tenant.created.v1", "user.added.v1"]));

    let entries = fixture.recorded.entries();
    let (id, recorded) = (created.summary.tenant.id, &entries[0]);
    assert_eq!((recorded.tenant_id, recorded.status_code, recorded.resource), (Some(id), 201, "tenant"));
    assert_eq!(recorded.changes.to_value()["plan"], json!({ "from": null, "to": "PERFORMANCE" }));
    // Who the owner is stays out of the trail and of the events.
    assert_eq!(entries[1].changes.to_value()["email"]["to"], "[changed]");
    let events = fixture.recorded.events();
    assert_eq!(events[1].payload, json!({ "role": "OWNER", "invited": true }));
    assert!(events.iter().all(|event| event.tenant_id == Some(id)));
}

#[tokio::test]
async fn without_its_entry_no_workshop_is_kept() {
    let fixture = Mocks { audit_fails: true, ..free() }.deps();
    let failed = create(&fixture, false).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn a_taken_subdomain_leaves_nothing() {
    let mut mocks = Mocks::default();
    mocks.tenants.expect_insert_in().once().returning(|_, _| Ok(false));
    let fixture = mocks.deps();
    let taken = create(&fixture, true).await;
    assert!(matches!(taken, Err(TenancyError::SubdomainTaken)), "{taken:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn an_owner_who_cannot_be_kept_undoes_the_workshop() {
    let mut mocks = free();
    mocks.people.expect_insert_in().once().returning(|_, _| Err(broken()));
    let fixture = mocks.deps();
    let failed = create(&fixture, true).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}
