//! People as signing in sees them, on both databases.

mod fixture;

use chrono::TimeDelta;
use fixture::{ANY, Fixture, new_person, staff};
use kernel::{Clock, TenantId, TenantUserId, Transactor, Tx};
use tenancy::{
    TenancyError,
    domain::{
        Access, Invitation, PersonPatch, PersonPatchInput, Plan, SuspensionReason, TenantKey, TenantPatch,
        TenantPatchInput, TenantStatus,
    },
    repository::{MemberRepository, PersonNames},
    store::MemberStore,
};
use test_support::on_each_database;
use uuid::Uuid;

async fn in_tx<T>(fixture: &Fixture, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = fixture.db.begin().await.expect("begins");
    let outcome = work(&mut tx).await;
    tx.commit().await.expect("commits");
    outcome
}

#[tokio::test]
async fn a_member_is_seen_with_the_state_of_their_workshop() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let members = MemberStore::new(fixture.db.clone());
        let [one, two] = [
            fixture.open("one", Plan::Enterprise).await.tenant.id,
            fixture.open("two", Plan::Enterprise).await.tenant.id,
        ];
        let sam = fixture.add(one, "sam@shop.test", "OWNER").await;
        fixture.add(two, "sam@shop.test", "USER").await;
        for key in [TenantKey::Subdomain("one".to_owned()), TenantKey::Id(one)] {
            assert_eq!(members.find_tenant_id(&key).await.expect("reads"), Some(one));
        }
        for key in [TenantKey::Subdomain("o_e".to_owned()), TenantKey::Id(TenantId(Uuid::from_u128(7)))] {
            assert_eq!(members.find_tenant_id(&key).await.expect("reads"), None);
        }

        let member = members.find_by_email(one, &sam.email).await.expect("reads").expect("is there");
        assert_eq!(
            (&member.person, member.tenant_name.as_str(), member.subdomain.as_str()),
            (&sam, "Workshop one", "one")
        );
        assert_eq!(
            (member.tenant_status, member.tenant_deleted, member.tenant_generation),
            (TenantStatus::Active, false, 1)
        );
        assert_eq!(members.find(one, sam.id).await.expect("reads").as_ref(), Some(&member));
        let shared = in_tx(&fixture, async |tx| members.find_for_share(tx, one, sam.id).await).await;
        assert_eq!(shared.expect("reads").as_ref(), Some(&member));

        // Another workshop's person is not there, nor does anything happen to them.
        assert_eq!(members.find(two, sam.id).await.expect("reads"), None);
        let (at, later) = (fixture.clock.now(), fixture.clock.now() + TimeDelta::hours(1));
        in_tx(&fixture, async |tx| {
            assert_eq!(members.find_for_share(tx, two, sam.id).await.expect("reads"), None);
            members.record_sign_in_in(tx, two, sam.id, at).await.expect("runs");
            members.record_activity_in(tx, two, sam.id, at).await.expect("runs");
            assert!(!members.mark_accepted_in(tx, two, sam.id, at).await.expect("runs"));
        })
        .await;
        assert_eq!(members.find(one, sam.id).await.expect("reads").as_ref(), Some(&member));

        // Sign-ins are noted, and are no change that an ETag would tell.
        in_tx(&fixture, async |tx| {
            members.record_sign_in_in(tx, one, sam.id, at).await.expect("writes");
            members.record_activity_in(tx, one, sam.id, later).await.expect("writes");
        })
        .await;
        let noted = fixture.people.get(one, sam.id).await.expect("is there");
        assert_eq!((noted.last_login_at, noted.last_activity_at, noted.version), (Some(at), Some(later), 1));

        let reason = SuspensionReason::parse("unpaid").expect("a reason");
        fixture.tenants.suspend(&staff(), one, &reason).await.expect("suspends");
        fixture.tenants.delete(&staff(), one).await.expect("deletes");
        let member = members.find(one, sam.id).await.expect("reads").expect("is there");
        assert_eq!(
            (member.tenant_status, member.tenant_deleted, member.tenant_generation),
            (TenantStatus::Cancelled, true, 3)
        );
    })
    .await;
}

#[tokio::test]
async fn an_invitation_is_accepted_once() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let members = MemberStore::new(fixture.db.clone());
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        let now = fixture.clock.now();
        let access = Access::Invitation { expires_at: now + TimeDelta::days(7) };
        let cy = fixture.people.add(&staff(), id, new_person("cy@shop.test", "OWNER"), access).await.expect("invites");
        let ann = fixture.add(id, "ann@shop.test", "USER").await;
        assert_eq!(cy.invitation(now), Some(Invitation::Pending));
        assert_eq!(cy.invitation(now + TimeDelta::days(7)), Some(Invitation::Expired));
        assert!(!cy.may_sign_in());
        let accept = async |person: TenantUserId| {
            in_tx(&fixture, async |tx| members.mark_accepted_in(tx, id, person, now).await).await.expect("runs")
        };
        assert!(!accept(ann.id).await, "was never invited");
        assert!(accept(cy.id).await);
        assert!(!accept(cy.id).await, "has accepted");
        let cy = fixture.people.get(id, cy.id).await.expect("is there");
        assert_eq!((cy.invitation(now), cy.accepted_at, cy.version), (Some(Invitation::Accepted), Some(now), 2));
        assert!(cy.may_sign_in());
    })
    .await;
}

#[tokio::test]
async fn names_are_told_for_the_workshops_that_were_asked_about() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let names = MemberStore::new(fixture.db.clone());
        let [one, two] = [
            fixture.open("one", Plan::Enterprise).await.tenant.id,
            fixture.open("two", Plan::Enterprise).await.tenant.id,
        ];
        let [sam, kim] =
            [fixture.add(one, "sam@shop.test", "USER").await, fixture.add(two, "kim@shop.test", "USER").await];
        let found = names.list_names(&[(one, sam.id), (one, kim.id), (two, sam.id)]).await.expect("reads");
        let found: Vec<_> = found.iter().map(|it| (it.tenant_id, it.id, it.name.as_str(), it.email.as_str())).collect();
        assert_eq!(found, [(one, sam.id, "Sam Lee", "sam@shop.test")]);
        assert_eq!(names.list_names(&[]).await.expect("reads"), []);
    })
    .await;
}

#[tokio::test]
async fn whoever_was_the_contact_leaves_none_behind() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let id = fixture.open("garage", Plan::Enterprise).await.tenant.id;
        fixture.add(id, "ann@shop.test", "OWNER").await;
        let bob = fixture.add(id, "bob@shop.test", "USER").await;
        let contact = Some(Some(bob.id.to_string()));
        let patch = TenantPatchInput { primary_contact_id: contact, ..TenantPatchInput::default() };
        let patch = TenantPatch::parse(patch).expect("a right input");
        let name = async || fixture.tenants.update(&staff(), id, &ANY, patch.clone()).await;
        let is_active = async |is_active| {
            let patch = PersonPatchInput { is_active: Some(Some(is_active)), ..PersonPatchInput::default() };
            let patch = PersonPatch::parse(patch).expect("a right input");
            fixture.people.update(&staff(), id, bob.id, &ANY, patch).await.expect("changes")
        };
        let contact = async || fixture.tenants.get(id).await.expect("is there").primary_contact;
        assert_eq!(name().await.expect("changes").primary_contact.map(|contact| contact.id), Some(bob.id));
        is_active(false).await;
        assert_eq!(contact().await, None, "nobody who was deactivated");
        let inactive = name().await;
        assert!(matches!(inactive, Err(TenancyError::Validation(_))), "{inactive:?}");
        let bob = is_active(true).await;
        assert_eq!(name().await.expect("changes").primary_contact.map(|contact| contact.id), Some(bob.id));
        let removed = fixture.people.remove(&staff(), id, bob.id).await.expect("removes");
        assert_eq!(removed, bob);
        let view = fixture.tenants.get(id).await.expect("is there");
        assert_eq!((view.primary_contact, view.tenant.primary_contact_id, view.user_count), (None, None, 1));
        assert_eq!(view.tenant.version, 5, "its ETag tells");
    })
    .await;
}
