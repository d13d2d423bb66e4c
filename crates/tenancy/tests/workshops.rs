//! The life of workshops, and the list of them, on both databases.

mod fixture;

use fixture::{ANY, Fixture, new_tenant, page, staff};
use futures::future::join_all;
use kernel::{
    TenantId, VersionMatch,
    input::Word as _,
    page::{Cursor, Direction, Start},
};
use tenancy::{
    TenancyError,
    domain::{
        NewTenant, NewTenantInput, Plan, SuspensionReason, TenantFilter, TenantPatch, TenantPatchInput, TenantSort,
        TenantStatus,
    },
};
use test_support::on_each_database;
use uuid::Uuid;

fn renamed(name: &str) -> TenantPatch {
    TenantPatch::parse(TenantPatchInput { name: Some(Some(name.to_owned())), ..TenantPatchInput::default() })
        .expect("a right input")
}

fn reason() -> SuspensionReason {
    SuspensionReason::parse("unpaid").expect("a reason")
}

#[tokio::test]
async fn an_owner_comes_with_the_workshop() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let input = NewTenantInput {
            name: "Jo's Garage".to_owned(),
            subdomain: "garage".to_owned(),
            plan: "PERFORMANCE".to_owned(),
            owner: Some(("Jo".to_owned(), "Wong".to_owned(), "Jo@Garage.test".to_owned())),
            ..NewTenantInput::default()
        };
        let new = NewTenant::parse(input).expect("a right input");
        let created =
            fixture.tenants.create(&staff(), new, kernel::Clock::now(&*fixture.clock)).await.expect("creates");
        let owner = created.owner.expect("an owner");
        let id = created.summary.tenant.id;
        let view = fixture.tenants.get_by_subdomain("GARAGE").await.expect("is there");
        assert_eq!(view, created.summary);
        assert_eq!(fixture.people.list_first(id).await.expect("lists"), std::slice::from_ref(&owner));
        assert_eq!(view.primary_contact.map(|contact| contact.id), Some(owner.id));
        assert_eq!((view.user_count, owner.email.as_str()), (1, "jo@garage.test"));
        assert_eq!(fixture.tenants.get(id).await.expect("is there"), created.summary);
        assert_eq!(fixture.count("test_trail WHERE action IN ('TENANT_CREATED', 'TENANT_USER_ADDED')").await, 2);
        assert_eq!(fixture.count("outbox").await, 2);
        let nobody = fixture.tenants.get(TenantId(Uuid::from_u128(7))).await;
        assert!(matches!(nobody, Err(TenancyError::TenantNotFound)));
    })
    .await;
}

#[tokio::test]
async fn of_fifty_creations_one_wins() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let now = kernel::Clock::now(&*fixture.clock);
        let create = |_| async { fixture.tenants.create(&staff(), new_tenant("garage", Plan::Enterprise), now).await };
        let results = join_all((0..50).map(create)).await;
        let lost = |result: &&Result<_, TenancyError>| matches!(result, Err(TenancyError::SubdomainTaken));
        assert_eq!((results.iter().filter(|it| it.is_ok()).count(), results.iter().filter(lost).count()), (1, 49));
        assert_eq!((fixture.count("tenants").await, fixture.count("outbox").await), (1, 1));
        assert_eq!(fixture.count("test_trail").await, 1);
    })
    .await;
}

#[tokio::test]
async fn only_legal_steps_are_taken() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (tenants, who) = (&fixture.tenants, staff());
        let illegal = |result: Result<_, TenancyError>| {
            assert!(matches!(result, Err(TenancyError::IllegalTransition(_))), "{result:?}");
        };
        let id = fixture.open("garage", Plan::Professional).await.tenant.id;
        illegal(tenants.reactivate(&who, id).await);
        illegal(tenants.restore(&who, id).await);

        let suspended = tenants.suspend(&who, id, &reason()).await.expect("suspends").tenant;
        assert_eq!((suspended.status, suspended.generation, suspended.version), (TenantStatus::Suspended, 2, 2));
        assert_eq!(fixture.closed_access.shut(), ["tokens of the workshop below 2", "sessions of the workshop"]);
        illegal(tenants.suspend(&who, id, &reason()).await);

        let deleted = tenants.delete(&who, id).await.expect("deletes").tenant;
        assert_eq!((deleted.status, deleted.generation), (TenantStatus::Cancelled, 3));
        assert!(deleted.is_deleted());
        assert_eq!(fixture.closed_access.shut(), ["tokens of the workshop below 3", "sessions of the workshop"]);
        illegal(tenants.delete(&who, id).await);
        illegal(tenants.suspend(&who, id, &reason()).await);
        illegal(tenants.reactivate(&who, id).await);
        illegal(tenants.update(&who, id, &ANY, renamed("New")).await);

        // As it was before it was deleted.
        let restored = tenants.restore(&who, id).await.expect("restores").tenant;
        assert_eq!((restored.status, restored.deleted_at), (TenantStatus::Suspended, None));
        let active = tenants.reactivate(&who, id).await.expect("reactivates").tenant;
        assert_eq!((active.status, active.suspended_reason), (TenantStatus::Active, None));
        assert_eq!(
            fixture.closed_access.shut(),
            ["tokens of the workshop below 4"],
            "what they say of its state is no longer so"
        );
        // What was refused has left nothing.
        assert_eq!((fixture.count("test_trail").await, fixture.count("outbox").await), (5, 5));
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_wins() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let id = fixture.open("garage", Plan::Professional).await.tenant.id;
        let first = VersionMatch::OneOf(vec![1]);
        let (who, tenants) = (staff(), &fixture.tenants);
        let (one, two) = futures::join!(
            tenants.update(&who, id, &first, renamed("One")),
            tenants.update(&who, id, &first, renamed("Two")),
        );
        let lost = |result: &Result<_, TenancyError>| matches!(result, Err(TenancyError::VersionMismatch));
        assert!(lost(&one) != lost(&two), "{one:?} {two:?}");
        let stored = tenants.get(id).await.expect("is there").tenant;
        assert_eq!((stored.version, stored.name.as_str()), (2, if one.is_ok() { "One" } else { "Two" }));
        // The same again changes nothing and leaves no trace.
        let same = tenants.update(&who, id, &ANY, renamed(stored.name.as_str())).await.expect("updates");
        assert_eq!((same.tenant.version, fixture.count("test_trail").await), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn pages_show_every_row_once_in_every_order() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        for number in 0..23_u8 {
            let plan = Plan::ALL[usize::from(number) % Plan::ALL.len()];
            fixture.open(&format!("shop-{number:02}"), plan).await;
            if number % 3 == 0 {
                fixture.clock.advance(chrono::TimeDelta::seconds(1));
            }
        }
        for (name, sort) in TenantSort::ALL {
            for direction in [Direction::Ascending, Direction::Descending] {
                let whole = page(500, *sort, direction, Start::Offset(0));
                let whole = fixture.tenants.list(&TenantFilter::default(), &whole).await.expect("a page");
                let expected: Vec<_> = whole.items.iter().map(|it| it.tenant.id).collect();
                assert_eq!((expected.len(), whole.total), (23, 23), "{name}");
                let (mut seen, mut start) = (Vec::new(), Start::Offset(0));
                loop {
                    let request = page(5, *sort, direction, start);
                    let found = fixture.tenants.list(&TenantFilter::default(), &request).await.expect("a page");
                    assert_eq!(found.total, 23);
                    seen.extend(found.items.iter().map(|it| it.tenant.id));
                    let Some((value, id)) = found.next else { break };
                    start = Start::After(Cursor::new("test".to_owned(), value, id, seen.len() as u64));
                }
                assert_eq!(seen, expected, "{name} {direction:?}");
            }
        }
    })
    .await;
}

#[tokio::test]
async fn filters_find_what_they_say_and_totals_stay_true() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let who = staff();
        let ids = join_all((0..12_usize).map(|number| {
            let fixture = &fixture;
            async move { fixture.open(&format!("a-{number}"), Plan::ALL[number % 3]).await.tenant.id }
        }))
        .await;
        // Changes of all kinds at once.
        let changes = ids.iter().enumerate().map(|(number, id)| {
            let (fixture, who) = (&fixture, &who);
            async move {
                match number % 4 {
                    0 => fixture.tenants.suspend(who, *id, &reason()).await.map(|_| ()),
                    1 => fixture.tenants.delete(who, *id).await.map(|_| ()),
                    2 => {
                        let plan = Some(Some("ENTERPRISE".to_owned()));
                        let patch = TenantPatchInput { plan, ..TenantPatchInput::default() };
                        let patch = TenantPatch::parse(patch).expect("a right input");
                        fixture.tenants.update(who, *id, &ANY, patch).await.map(|_| ())
                    }
                    _ => fixture.tenants.update(who, *id, &ANY, renamed("Under_score 100%")).await.map(|_| ()),
                }
            }
        });
        for change in join_all(changes).await {
            change.expect("changes");
        }
        let all = || TenantFilter { include_deleted: true, ..TenantFilter::default() };
        let search = |text: &str| TenantFilter { search: Some(text.to_owned()), ..TenantFilter::default() };
        for (filter, condition) in [
            (TenantFilter::default(), "deleted_at IS NULL"),
            (all(), "1 = 1"),
            (TenantFilter { status: Some(TenantStatus::Suspended), ..all() }, "status = 'SUSPENDED'"),
            (TenantFilter { plan: Some(Plan::Enterprise), ..all() }, "plan = 'ENTERPRISE'"),
            (
                TenantFilter { plan: Some(Plan::Enterprise), ..TenantFilter::default() },
                "plan = 'ENTERPRISE' AND deleted_at IS NULL",
            ),
            (search("UNDER_SCORE"), "name LIKE 'Under%' AND deleted_at IS NULL"),
            (search("100%"), "name LIKE 'Under%' AND deleted_at IS NULL"),
            (search("A-1"), "subdomain LIKE 'a-1%' AND deleted_at IS NULL"),
            (search("r_s%re"), "1 = 0"),
        ] {
            let whole = page(500, TenantSort::Name, Direction::Ascending, Start::Offset(0));
            let found = fixture.tenants.list(&filter, &whole).await.expect("a page");
            let expected = fixture.count(&format!("tenants WHERE {condition}")).await;
            assert_eq!((found.total as i64, found.items.len() as i64), (expected, expected), "{filter:?}");
        }
    })
    .await;
}
