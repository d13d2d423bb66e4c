//! People and subscriptions of workshops, on both databases.

mod fixture;

use fixture::{ANY, Fixture, new_person, page, staff};
use futures::future::join_all;
use kernel::{
    VersionMatch,
    page::{Direction, Start},
};
use tenancy::{
    TenancyError,
    domain::{
        Access, PersonFilter, PersonPatch, PersonPatchInput, PersonSort, Plan, SubscriptionInput, SubscriptionTerms,
        TenantPatch, TenantPatchInput,
    },
};
use test_support::on_each_database;

fn role(role: &str) -> PersonPatch {
    PersonPatch::parse(PersonPatchInput { role: Some(Some(role.to_owned())), ..PersonPatchInput::default() })
        .expect("a right input")
}

fn active(active: bool) -> PersonPatch {
    PersonPatch::parse(PersonPatchInput { is_active: Some(Some(active)), ..PersonPatchInput::default() })
        .expect("a right input")
}

fn terms(cents: i64) -> SubscriptionTerms {
    SubscriptionTerms::parse(&SubscriptionInput {
        plan: "PERFORMANCE".to_owned(),
        status: "ACTIVE".to_owned(),
        price_cents: cents,
        current_period_start: "2026-01-01T00:00:00Z".to_owned(),
        current_period_end: "2026-02-01T00:00:00Z".to_owned(),
        ..SubscriptionInput::default()
    })
    .expect("a right input")
}

#[tokio::test]
async fn a_person_belongs_to_one_workshop() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let who = staff();
        let [one, two] = [
            fixture.open("one", Plan::Enterprise).await.tenant.id,
            fixture.open("two", Plan::Enterprise).await.tenant.id,
        ];
        let sam = fixture.add(one, "sam@shop.test", "OWNER").await;
        let other = fixture.add(two, "SAM@shop.test", "OWNER").await;
        assert_eq!(sam.email, other.email, "an address is unique in its workshop only");
        let again = fixture.people.add(&who, one, new_person("Sam@Shop.test", "USER"), Access::Password).await;
        assert!(matches!(again, Err(TenancyError::EmailTaken)), "{again:?}");

        assert_eq!(fixture.people.get(one, sam.id).await.expect("is there"), sam);
        let foreign = fixture.people.get(two, sam.id).await;
        assert!(matches!(foreign, Err(TenancyError::PersonNotFound)), "{foreign:?}");
        let foreign = fixture.people.update(&who, two, sam.id, &ANY, role("USER")).await;
        assert!(matches!(foreign, Err(TenancyError::PersonNotFound)), "{foreign:?}");
        let foreign = fixture.people.remove(&who, two, sam.id).await;
        assert!(matches!(foreign, Err(TenancyError::PersonNotFound)), "{foreign:?}");
        let contact = Some(Some(sam.id.to_string()));
        let patch = TenantPatchInput { primary_contact_id: contact, ..TenantPatchInput::default() };
        let patch = TenantPatch::parse(patch).expect("a right input");
        let foreign = fixture.tenants.update(&who, two, &ANY, patch).await;
        assert!(matches!(foreign, Err(TenancyError::Validation(_))), "{foreign:?}");

        let list = page(10, PersonSort::Email, Direction::Ascending, Start::Offset(0));
        let list = fixture.people.list(one, &PersonFilter::default(), &list).await.expect("a page");
        assert_eq!((list.total, list.items), (1, vec![sam]));
    })
    .await;
}

#[tokio::test]
async fn seats_are_taken_one_by_one() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let id = fixture.open("garage", Plan::Professional).await.tenant.id;
        let add = |number: usize| {
            let fixture = &fixture;
            async move {
                let new = new_person(&format!("p{number}@shop.test"), "OWNER");
                fixture.people.add(&staff(), id, new, Access::Password).await
            }
        };
        let results = join_all((0..20).map(add)).await;
        let full = |result: &&Result<_, TenancyError>| matches!(result, Err(TenancyError::SeatsTaken { limit: 5 }));
        assert_eq!((results.iter().filter(|it| it.is_ok()).count(), results.iter().filter(full).count()), (5, 15));
        assert_eq!(fixture.count("tenant_users WHERE is_active").await, 5);

        // Whoever goes makes room; whoever comes back needs it.
        let person = results.into_iter().find_map(Result::ok).expect("one of them");
        fixture.people.update(&staff(), id, person.id, &ANY, active(false)).await.expect("deactivates");
        assert_eq!(fixture.closed_access.shut(), ["tokens of the person below 2", "sessions of the person"]);
        add(99).await.expect("there is room");
        let back = fixture.people.update(&staff(), id, person.id, &ANY, active(true)).await;
        assert!(matches!(back, Err(TenancyError::SeatsTaken { .. })), "{back:?}");
    })
    .await;
}

#[tokio::test]
async fn an_active_owner_stays_whoever_is_quicker() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let who = staff();
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        let last = |result: &Result<_, TenancyError>| matches!(result, Err(TenancyError::LastOwner));
        let [ann, bob] =
            [fixture.add(id, "ann@shop.test", "OWNER").await, fixture.add(id, "bob@shop.test", "OWNER").await];
        let people = &fixture.people;
        let (one, two) =
            futures::join!(people.update(&who, id, ann.id, &ANY, role("USER")), people.remove(&who, id, bob.id),);
        assert!(last(&one) != last(&two), "{one:?} {two:?}");
        assert_eq!(fixture.count("tenant_users WHERE role = 'OWNER' AND is_active").await, 1);
        let owner = if one.is_ok() { bob.id } else { ann.id };
        assert!(last(&people.update(&who, id, owner, &ANY, active(false)).await));
        assert!(last(&people.remove(&who, id, owner).await));

        // Somebody who was only invited may never come.
        let expires_at = kernel::Clock::now(&*fixture.clock) + chrono::TimeDelta::days(7);
        let invited = new_person("cy@shop.test", "OWNER");
        people.add(&who, id, invited, Access::Invitation { expires_at }).await.expect("invites");
        assert!(last(&people.remove(&who, id, owner).await));
    })
    .await;
}

#[tokio::test]
async fn changes_of_people_are_told_apart() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let who = staff();
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        let sam = fixture.add(id, "sam@shop.test", "USER").await;
        let patch = PersonPatchInput {
            role: Some(Some("ADMIN".to_owned())),
            phone: Some(Some("+61 2 5550 1234".to_owned())),
            ..PersonPatchInput::default()
        };
        let patch = PersonPatch::parse(patch).expect("a right input");
        let changed =
            fixture.people.update(&who, id, sam.id, &VersionMatch::OneOf(vec![1]), patch).await.expect("changes");
        assert_eq!((changed.version, changed.generation), (2, 2));
        // The role is in their tokens; their sessions may go on.
        assert_eq!(fixture.closed_access.shut(), ["tokens of the person below 2"]);
        for action in ["TENANT_USER_ROLE_CHANGED", "TENANT_USER_UPDATED"] {
            assert_eq!(fixture.count(&format!("test_trail WHERE action = '{action}'")).await, 1, "{action}");
        }
        let stale = fixture.people.update(&who, id, sam.id, &VersionMatch::OneOf(vec![1]), role("USER")).await;
        assert!(matches!(stale, Err(TenancyError::VersionMismatch)), "{stale:?}");
        fixture.people.remove(&who, id, sam.id).await.expect("removes");
        assert_eq!(
            fixture.closed_access.shut(),
            ["password and links of the person", "tokens of the person below 3", "sessions of the person"]
        );
        assert_eq!(fixture.count("tenant_users").await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_workshop_has_one_subscription() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, subscriptions) = (staff(), &fixture.subscriptions);
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        let none = subscriptions.get(id).await;
        assert!(matches!(none, Err(TenancyError::SubscriptionNotFound)), "{none:?}");
        let results = join_all((1..=8).map(|cents| subscriptions.put(&who, id, &ANY, terms(cents)))).await;
        let created = results.iter().filter(|result| result.as_ref().expect("records").created).count();
        assert_eq!((created, fixture.count("subscriptions").await), (1, 1));
        let now = subscriptions.get(id).await.expect("is there");
        assert_eq!(now.version, 8);
        let same = subscriptions.put(&who, id, &ANY, now.terms).await.expect("records");
        assert_eq!((same.created, same.subscription.version), (false, 8));
        let stale = subscriptions.put(&who, id, &VersionMatch::OneOf(vec![7]), terms(9)).await;
        assert!(matches!(stale, Err(TenancyError::VersionMismatch)), "{stale:?}");
        assert_eq!(fixture.count("test_trail WHERE action = 'SUBSCRIPTION_UPDATED'").await, 8);
    })
    .await;
}
