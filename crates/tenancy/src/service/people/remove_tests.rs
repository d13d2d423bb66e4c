use kernel::TenantRole;
use mockall::predicate::{always, eq};
use uuid::Uuid;

use super::*;
use crate::{
    domain::{BusinessDetails, Metadata, Plan, Slug, Subdomain, TenantName, TenantStatus},
    service::test_ports::{Mocks, a_person, broken, context},
};

fn workshop() -> Tenant {
    let subdomain = Subdomain::parse("garage").expect("a label");
    let now = kernel::Clock::now(&test_support::FixedClock::default());
    Tenant {
        id: TenantId(Uuid::from_u128(9)),
        name: TenantName::parse("Garage").expect("a name"),
        slug: Slug::from(&subdomain),
        subdomain,
        plan: Plan::Enterprise,
        status: TenantStatus::Active,
        status_before_deletion: None,
        primary_contact_id: None,
        website: None,
        logo: None,
        description: None,
        business_details: BusinessDetails::default(),
        metadata: Metadata::default(),
        stripe_customer_id: None,
        trial_ends_at: None,
        suspended_reason: None,
        version: 1,
        generation: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}

/// A workshop with two owners, of whom the first is about to go.
fn fixture(owners: usize) -> (Mocks, TenantId, Person) {
    let (mut mocks, tenant) = (Mocks::default(), workshop());
    let (id, leaving) = (tenant.id, a_person(1, tenant.id, TenantRole::Owner));
    let all: Vec<_> = (1..=owners as u128).map(|number| a_person(number, id, TenantRole::Owner)).collect();
    mocks.tenants.expect_find_for_update().once().returning(move |_, _| Ok(Some(tenant.clone())));
    let found = leaving.clone();
    mocks
        .people
        .expect_find_for_update()
        .once()
        .with(always(), eq(id), eq(leaving.id))
        .returning(move |_, _, _| Ok(Some(found.clone())));
    mocks.people.expect_list_active_owners_in().once().returning(move |_, _| Ok(all.clone()));
    (mocks, id, leaving)
}

#[tokio::test]
async fn whoever_goes_is_shut_out_in_the_same_transaction() {
    let (mut mocks, tenant, leaving) = fixture(2);
    mocks.people.expect_delete_in().once().returning(|_, _, _| Ok(true));
    mocks
        .access
        .expect_revoke_person_in()
        .once()
        .with(always(), eq(tenant), eq(leaving.id), eq(2))
        .returning(|_, _, _, _| Ok(()));
    mocks.access.expect_forget_person_in().once().returning(|_, _, _| Ok(()));
    mocks.access.expect_end_sessions_of_person_in().once().returning(|_, _, _| Ok(()));
    let fixture = mocks.deps();
    let removed = People::new(fixture.deps.clone()).remove(&context(), tenant, leaving.id).await.expect("removes");
    assert_eq!(removed, leaving);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert_eq!(fixture.recorded(), (vec!["TENANT_USER_REMOVED"], vec!["user.removed.v1"]));
}

#[tokio::test]
async fn nobody_goes_whose_access_cannot_be_taken_back() {
    let (mut mocks, tenant, leaving) = fixture(2);
    mocks.people.expect_delete_in().once().returning(|_, _, _| Ok(true));
    mocks.access.expect_forget_person_in().returning(|_, _, _| Ok(()));
    mocks.access.expect_revoke_person_in().once().returning(|_, _, _, _| Err(broken()));
    let fixture = mocks.deps();
    let failed = People::new(fixture.deps.clone()).remove(&context(), tenant, leaving.id).await;
    assert!(matches!(failed, Err(TenancyError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn the_last_owner_is_not_even_touched() {
    let (mocks, tenant, leaving) = fixture(1);
    let fixture = mocks.deps();
    let refused = People::new(fixture.deps.clone()).remove(&context(), tenant, leaving.id).await;
    assert!(matches!(refused, Err(TenancyError::LastOwner)), "{refused:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}
