//! Changes that race each other on several threads, on both databases; each time the database decides.

mod fixture;

use std::{fmt::Debug, sync::Arc};

use fixture::{ANY, Fixture, new_person, new_tenant, staff};
use futures::future::join_all;
use kernel::{Clock, TenantId, VersionMatch, input::Word as _};
use tenancy::{
    TenancyError,
    domain::{
        Access, NewTenant, NewTenantInput, PersonPatch, PersonPatchInput, Plan, SuspensionReason, TenantPatch,
        TenantPatchInput,
    },
};
use test_support::on_each_database;
use tokio::sync::Barrier;

/// Runs `count` tasks that begin together; answers what they say, in their order.
async fn race<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let tasks = (0..count).map(|number| {
        let (barrier, task) = (Arc::clone(&barrier), task(number));
        tokio::spawn(async move {
            barrier.wait().await;
            task.await
        })
    });
    join_all(tasks).await.into_iter().map(|outcome| outcome.expect("runs")).collect()
}

/// Exactly `winners` succeed, and all others fail as `lost` tells.
#[track_caller]
fn won<T: Debug>(outcomes: &[Result<T, TenancyError>], winners: usize, lost: impl Fn(&TenancyError) -> bool) {
    let failed: Vec<_> = outcomes.iter().filter_map(|outcome| outcome.as_ref().err()).collect();
    assert_eq!(outcomes.len() - failed.len(), winners, "{failed:?}");
    assert!(failed.iter().all(|error| lost(error)), "{failed:?}");
}

fn reason() -> SuspensionReason {
    SuspensionReason::parse("unpaid").expect("a reason")
}

fn demotion() -> PersonPatch {
    let role = Some(Some("USER".to_owned()));
    PersonPatch::parse(PersonPatchInput { role, ..PersonPatchInput::default() }).expect("a right input")
}

fn with_slug(number: usize) -> NewTenant {
    let input = NewTenantInput {
        name: "Garage".to_owned(),
        subdomain: format!("garage-{number}"),
        plan: "ENTERPRISE".to_owned(),
        slug: Some("garage".to_owned()),
        ..NewTenantInput::default()
    };
    NewTenant::parse(input).expect("a right input")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_fifty_creations_of_one_subdomain_or_slug_one_wins() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let now = fixture.clock.now();
        let outcomes = race(50, |_| {
            let tenants = fixture.tenants.clone();
            async move { tenants.create(&staff(), new_tenant("jos-garage", Plan::Professional), now).await }
        });
        won(&outcomes.await, 1, |error| matches!(error, TenancyError::SubdomainTaken));
        let outcomes = race(20, |number| {
            let tenants = fixture.tenants.clone();
            async move { tenants.create(&staff(), with_slug(number), now).await }
        });
        won(&outcomes.await, 1, |error| matches!(error, TenancyError::SlugTaken));
        assert_eq!((fixture.count("tenants").await, fixture.count("outbox").await), (2, 2));
        assert_eq!(fixture.count("test_trail").await, 2);
        fixture.check_totals().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn seats_and_addresses_are_given_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let add = |tenant: TenantId, email: String| {
            let people = fixture.people.clone();
            async move { people.add(&staff(), tenant, new_person(&email, "USER"), Access::Password).await }
        };
        let id = fixture.open("small", Plan::Professional).await.tenant.id;
        let outcomes = race(20, |number| add(id, format!("p{number}@shop.test"))).await;
        won(&outcomes, 5, |error| matches!(error, TenancyError::SeatsTaken { limit: 5 }));
        assert_eq!(fixture.count("tenant_users WHERE is_active").await, 5);

        let id = fixture.open("large", Plan::Enterprise).await.tenant.id;
        let outcomes = race(20, |number| add(id, ["sam@shop.test", "Sam@Shop.test"][number % 2].to_owned())).await;
        won(&outcomes, 1, |error| matches!(error, TenancyError::EmailTaken));
        assert_eq!(fixture.count("tenant_users").await, 6);
        assert_eq!(fixture.count("test_trail WHERE action = 'TENANT_USER_ADDED'").await, 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn one_owner_stays_whether_they_go_or_step_down() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        // Both go, both step down, one of each; several times over.
        for round in 0..12 {
            let id = fixture.open(&format!("shop-{round}"), Plan::Enterprise).await.tenant.id;
            let owners = [
                fixture.add(id, "ann@shop.test", "OWNER").await.id,
                fixture.add(id, "bob@shop.test", "OWNER").await.id,
            ];
            let outcomes = race(2, |number| {
                let (people, owner) = (fixture.people.clone(), owners[number]);
                let goes = [true, false, number == 0][round % 3];
                async move {
                    if goes {
                        people.remove(&staff(), id, owner).await
                    } else {
                        people.update(&staff(), id, owner, &ANY, demotion()).await
                    }
                }
            });
            won(&outcomes.await, 1, |error| matches!(error, TenancyError::LastOwner));
            let owner = format!(
                "tenant_users WHERE role = 'OWNER' AND is_active AND tenant_id = \
                 (SELECT id FROM tenants WHERE subdomain = 'shop-{round}')"
            );
            assert_eq!(fixture.count(&owner).await, 1);
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_version_is_changed_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        let sam = fixture.add(id, "sam@shop.test", "USER").await.id;
        let stale = |error: &TenancyError| matches!(error, TenancyError::VersionMismatch);
        let first = || VersionMatch::OneOf(vec![1]);
        let outcomes = race(8, |number| {
            let (tenants, versions) = (fixture.tenants.clone(), first());
            let name = renamed(&format!("Name {number}"));
            async move { tenants.update(&staff(), id, &versions, name).await }
        });
        won(&outcomes.await, 1, stale);
        let outcomes = race(8, |number| {
            let (people, versions) = (fixture.people.clone(), first());
            let phone = Some(Some(format!("+61 2 5550 123{number}")));
            let patch = PersonPatch::parse(PersonPatchInput { phone, ..PersonPatchInput::default() });
            async move { people.update(&staff(), id, sam, &versions, patch.expect("a right input")).await }
        });
        won(&outcomes.await, 1, stale);
        let outcomes = race(8, |_| {
            let tenants = fixture.tenants.clone();
            async move { tenants.suspend(&staff(), id, &reason()).await }
        });
        won(&outcomes.await, 1, |error| matches!(error, TenancyError::IllegalTransition(_)));
        let stored = fixture.tenants.get(id).await.expect("is there");
        let people = fixture.people.list_first(id).await.expect("lists");
        assert_eq!((stored.tenant.version, stored.tenant.generation, people[0].version), (3, 2, 2));
    })
    .await;
}

fn renamed(name: &str) -> TenantPatch {
    let name = Some(Some(name.to_owned()));
    TenantPatch::parse(TenantPatchInput { name, ..TenantPatchInput::default() }).expect("a right input")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn totals_are_what_there_is_after_a_mix_of_everything() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let mut old = Vec::new();
        for number in 0..24 {
            old.push(fixture.open(&format!("old-{number}"), Plan::ALL[number % 3]).await.tenant.id);
        }
        // Every old workshop is suspended and deleted at once, while new ones come.
        let now = fixture.clock.now();
        let outcomes = race(72, |number| {
            let (tenants, id) = (fixture.tenants.clone(), old[number % 24]);
            let plan = Plan::ALL[number % 3];
            async move {
                let outcome = match number / 24 {
                    0 => tenants.create(&staff(), new_tenant(&format!("new-{number}"), plan), now).await.map(|_| ()),
                    1 => tenants.suspend(&staff(), id, &reason()).await.map(|_| ()),
                    _ => tenants.delete(&staff(), id).await.map(|_| ()),
                };
                (number / 24, outcome)
            }
        });
        for (kind, outcome) in outcomes.await {
            // Only a suspension may come too late.
            let late = kind == 1 && matches!(outcome, Err(TenancyError::IllegalTransition(_)));
            assert!(late || outcome.is_ok(), "{kind} {outcome:?}");
        }
        assert_eq!(fixture.count("tenants").await, 48);
        assert_eq!(fixture.count("tenants WHERE deleted_at IS NULL AND status = 'ACTIVE'").await, 24);
        fixture.check_totals().await;
    })
    .await;
}
