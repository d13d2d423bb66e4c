use kernel::{AccessLevel, StoreError, Subject, TenantRole, TenantStatus};
use uuid::Uuid;

use super::*;
use crate::service::test_ports::{Fixture, Mocks, an_admin, context, hasher};

const RIGHT: &str = "Corr3ct-horse!";

async fn hash() -> PasswordHash {
    hasher().hash(&RIGHT.into()).await.expect("hashes")
}

fn sign_in(fixture: &Fixture) -> SignIn {
    let (revocations, tokens) = fixture.tokens();
    let throttle = Arc::new(Throttle::new(&fixture.deps, Arc::clone(&fixture.keys), &fixture.config));
    SignIn::new(&fixture.deps, &fixture.config, Arc::clone(&fixture.keys), tokens, hasher(), throttle, revocations)
}

async fn try_admin(fixture: &Fixture, email: &str, password: &str) -> Result<SignedIn<AdminAccount>, AuthError> {
    sign_in(fixture).admin(&context(), &email.parse().expect("an address"), &password.into()).await
}

/// Ada, as stored; `locked` is how the transaction sees her.
fn fixture(ada: AdminAccount, locked: AdminAccount) -> Mocks {
    let mut mocks = Mocks::new().without_throttle().with_room();
    mocks.admins.expect_find_admin_by_email().returning(move |email| Ok((*email == ada.email).then(|| ada.clone())));
    mocks.admins.expect_find_admin_for_share().returning(move |_, _| Ok(Some(locked.clone())));
    mocks.admins.expect_record_sign_in_in().returning(|_, _, _| Ok(()));
    mocks
}

#[tokio::test]
async fn the_right_password_opens_a_session() {
    let ada = an_admin(hash().await);
    let mut mocks = fixture(ada.clone(), ada);
    mocks.sessions.expect_insert_session_in().once().returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    let signed_in = try_admin(&fixture, "Ada@NextCRM.test", RIGHT).await.expect("signs in");
    assert_eq!(signed_in.account.id, Uuid::from_u128(1).into());
    assert_eq!(signed_in.tokens.expires_in, 900);
    assert_eq!(fixture.trail.actions(), [("LOGIN_SUCCESS", 200)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT", "BEGIN", "COMMIT"], "count, then open");
}

#[tokio::test]
async fn one_session_too_many_ends_the_oldest_with_its_tokens() {
    let ada = an_admin(hash().await);
    let mut mocks = Mocks::new().without_throttle();
    let (by_email, locked) = (ada.clone(), ada);
    mocks.admins.expect_find_admin_by_email().returning(move |_| Ok(Some(by_email.clone())));
    mocks.admins.expect_find_admin_for_share().returning(move |_, _| Ok(Some(locked.clone())));
    mocks.admins.expect_record_sign_in_in().returning(|_, _, _| Ok(()));
    let oldest = kernel::SessionId(Uuid::from_u128(9));
    mocks
        .sessions
        .expect_end_oldest_in()
        .withf(|_, _, keep, _| *keep == 99)
        .returning(move |_, _, _, _| Ok(vec![oldest]));
    mocks.sessions.expect_insert_session_in().once().returning(|_, _| Ok(()));
    let is_oldest = move |revocations: &[crate::Revocation]| revocations[0].subject == oldest.uuid();
    mocks
        .revocations
        .expect_insert_revocations_in()
        .once()
        .withf(move |_, revocations| is_oldest(revocations))
        .returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    try_admin(&fixture, "ada@nextcrm.test", RIGHT).await.expect("signs in");
    assert_eq!(fixture.trail.actions(), [("SESSION_REVOKED", 200), ("LOGIN_SUCCESS", 200)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT", "BEGIN", "COMMIT"], "in the sign-in's own transaction");
}

#[tokio::test]
async fn wrong_unknown_and_inactive_look_alike() {
    let ada = an_admin(hash().await);
    let inactive = AdminAccount { is_active: false, ..ada.clone() };
    let cases = [
        (ada.clone(), "ada@nextcrm.test", "wrong"),
        (ada.clone(), "nobody@nextcrm.test", RIGHT),
        (inactive, "ada@nextcrm.test", RIGHT),
    ];
    for (stored, email, password) in cases {
        let fixture = fixture(stored.clone(), stored).deps();
        let error = try_admin(&fixture, email, password).await.expect_err("refused");
        assert!(matches!(error, AuthError::InvalidCredentials));
        assert_eq!(fixture.trail.actions(), [("LOGIN_FAILED", 401)]);
        let known = email.starts_with("ada");
        assert_eq!(fixture.trail.subjects() == [ada_subject()], known, "the trail knows who was tried, if anybody");
        assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT", "BEGIN", "COMMIT"], "count, then record");
    }
}

fn ada_subject() -> Subject {
    Subject::Admin { id: Uuid::from_u128(1).into(), role: kernel::AdminRole::Support }
}

#[tokio::test]
async fn a_password_changed_meanwhile_no_longer_opens() {
    let ada = an_admin(hash().await);
    let changed = AdminAccount { password_hash: PasswordHash::new("another"), ..ada.clone() };
    let fixture = fixture(ada, changed).deps();
    let error = try_admin(&fixture, "ada@nextcrm.test", RIGHT).await.expect_err("refused");
    assert!(matches!(error, AuthError::InvalidCredentials));
}

#[tokio::test]
async fn a_failing_store_rolls_back_and_takes_the_count_back() {
    let ada = an_admin(hash().await);
    let mut mocks = fixture(ada.clone(), ada);
    let gone = || StoreError::Unavailable(sea_orm::DbErr::Custom("gone".to_owned()));
    mocks.sessions.expect_insert_session_in().returning(move |_, _| Err(gone()));
    let fixture = mocks.deps();
    let error = try_admin(&fixture, "ada@nextcrm.test", RIGHT).await.expect_err("fails");
    assert_eq!(error.code(), "DATABASE_UNAVAILABLE");
    assert!(fixture.trail.actions().is_empty());
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT", "BEGIN", "ROLLBACK", "BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn a_refusal_is_held_back_until_the_floor() {
    let ada = an_admin(hash().await);
    let mut fixture = fixture(ada.clone(), ada).deps();
    fixture.config.refusal_floor = Duration::from_millis(150);
    let began = Instant::now();
    try_admin(&fixture, "nobody@nextcrm.test", RIGHT).await.expect_err("refused");
    assert!(began.elapsed() >= Duration::from_millis(150));
}

fn a_person(status: TenantStatus) -> DirectoryPerson {
    DirectoryPerson {
        tenant_id: Uuid::from_u128(3).into(),
        user_id: Uuid::from_u128(4).into(),
        first_name: "Bo".to_owned(),
        last_name: "Park".to_owned(),
        email: "bo@garage.test".parse().expect("an address"),
        role: TenantRole::Owner,
        is_active: true,
        accepted: true,
        generation: 1,
        last_login_at: None,
        tenant_name: "Garage".to_owned(),
        subdomain: "garage".to_owned(),
        tenant_status: status,
        tenant_deleted: false,
        tenant_generation: 1,
    }
}

async fn at_tenant(status: TenantStatus, password: &str) -> (Fixture, Result<SignedIn<DirectoryPerson>, AuthError>) {
    let hash = hash().await;
    let mut mocks = Mocks::new().without_throttle().with_room().with_rates();
    mocks.directory.expect_find_tenant_id().returning(|_| Ok(Some(Uuid::from_u128(3).into())));
    mocks.directory.expect_find_person_by_email().returning(move |_, _| Ok(Some(a_person(status))));
    mocks.directory.expect_find_person_for_share().returning(move |_, _, _| Ok(Some(a_person(status))));
    mocks.directory.expect_record_sign_in_in().returning(|_, _, _, _| Ok(()));
    let stored = hash.clone();
    mocks.credentials.expect_find_hash().returning(move |_, _| Ok(Some(stored.clone())));
    mocks.credentials.expect_find_hash_for_update().returning(move |_, _, _| Ok(Some(hash.clone())));
    mocks.sessions.expect_insert_session_in().returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    let email = "bo@garage.test".parse().expect("an address");
    let garage = TenantRef::Subdomain("garage".to_owned());
    let outcome = sign_in(&fixture).tenant(&context(), &garage, &email, &password.into()).await;
    (fixture, outcome)
}

#[tokio::test]
async fn a_closed_workshop_says_so_only_to_the_right_password() {
    for status in [TenantStatus::Suspended, TenantStatus::Cancelled] {
        let (fixture, outcome) = at_tenant(status, RIGHT).await;
        assert!(matches!(outcome, Err(AuthError::TenantSuspended)));
        assert_eq!(fixture.trail.actions(), [("LOGIN_FAILED", 403)]);
        let (_, outcome) = at_tenant(status, "wrong").await;
        assert!(matches!(outcome, Err(AuthError::InvalidCredentials)));
    }
}

#[tokio::test]
async fn an_expired_trial_still_lets_people_in() {
    let (fixture, outcome) = at_tenant(TenantStatus::TrialExpired, RIGHT).await;
    let signed_in = outcome.expect("signs in");
    let (_, tokens) = fixture.tokens();
    let token = secrecy::ExposeSecret::expose_secret(&signed_in.tokens.access_token).to_owned();
    assert!(tokens.verify(Audience::Tenant, &token).expect("good").access != AccessLevel::Full);
}
