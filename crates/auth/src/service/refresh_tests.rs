use kernel::{AdminRole, DomainError, StoreError, Subject};
use sea_orm::DbErr;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::*;
use crate::{
    AccountId, PasswordHash,
    service::test_ports::{Fixture, Mocks, an_admin, context},
};

fn session(kept_at: DateTime<Utc>, counter: i64) -> Session {
    Session {
        id: Uuid::from_u128(9).into(),
        subject: AccountId::Admin(Uuid::from_u128(1).into()),
        counter,
        rotated_at: kept_at,
        ip: None,
        user_agent: None,
        created_at: kept_at,
        last_activity_at: kept_at,
        expires_at: kept_at + TimeDelta::days(7),
        ends_at: kept_at + TimeDelta::days(30),
        ended: None,
    }
}

fn start() -> DateTime<Utc> {
    test_support::FixedClock::default().now()
}

/// A live admin with a session at this counter.
fn fixture(current: Session) -> Mocks {
    let mut mocks = Mocks::new().with_outbox();
    mocks.admins.expect_find_admin_for_share().returning(|_, _| Ok(Some(an_admin(PasswordHash::new("x")))));
    mocks.admins.expect_record_activity_in().returning(|_, _, _| Ok(()));
    let found = current.clone();
    mocks.sessions.expect_find_session().returning(move |_, _| Ok(Some(found.clone())));
    mocks.sessions.expect_find_session_for_update().returning(move |_, _, _| Ok(Some(current.clone())));
    mocks
}

fn refresh(fixture: &Fixture) -> Refresh {
    let (revocations, tokens) = fixture.tokens();
    Refresh::new(&fixture.deps, &fixture.config, Arc::clone(&fixture.keys), tokens, revocations)
}

async fn bring(fixture: &Fixture, counter: i64) -> Result<TokenPair, AuthError> {
    let token = RefreshToken { session_id: Uuid::from_u128(9).into(), counter };
    let text = token.encode(&fixture.keys, Audience::Admin).expect("a key");
    refresh(fixture).refresh(&context(), Audience::Admin, text.expose_secret()).await
}

fn counter_of(fixture: &Fixture, pair: &TokenPair) -> i64 {
    RefreshToken::decode(pair.refresh_token.expose_secret(), &fixture.keys, Audience::Admin).expect("ours").counter
}

#[tokio::test]
async fn the_current_token_moves_on_with_its_audit_entry() {
    let mut mocks = fixture(session(start(), 3));
    mocks.sessions.expect_rotate_in().withf(|_, rotation| rotation.counter == 3).once().returning(|_, _| Ok(true));
    let fixture = mocks.deps();
    let pair = bring(&fixture, 3).await.expect("refreshed");
    assert_eq!(counter_of(&fixture, &pair), 4);
    assert_eq!(fixture.trail.actions(), [("TOKEN_REFRESHED", 200)]);
    let ada = Subject::Admin { id: Uuid::from_u128(1).into(), role: AdminRole::Support };
    assert_eq!(fixture.trail.subjects(), [ada]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn a_database_that_fails_in_the_middle_burns_nothing() {
    let mut mocks = fixture(session(start(), 3));
    let gone = || StoreError::Unavailable(DbErr::Custom("gone".to_owned()));
    mocks.sessions.expect_rotate_in().returning(move |_, _| Err(gone()));
    let fixture = mocks.deps();
    let error = bring(&fixture, 3).await.expect_err("fails");
    assert_eq!(error.code(), "DATABASE_UNAVAILABLE");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn the_token_before_gets_the_same_successor_for_a_while() {
    let mut mocks = fixture(session(start(), 4));
    mocks.sessions.expect_rotate_in().returning(|_, _| Ok(false));
    let fixture = mocks.deps();
    fixture.clock.advance(TimeDelta::seconds(30));
    let pair = bring(&fixture, 3).await.expect("in the grace");
    assert_eq!(counter_of(&fixture, &pair), 4);
    assert!(fixture.trail.actions().is_empty());
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[rstest::rstest]
#[case::after_the_grace(3, 31)]
#[case::successor_used(2, 1)]
#[tokio::test]
async fn anything_older_ends_the_session(#[case] counter: i64, #[case] seconds: i64) {
    let mut mocks = fixture(session(start(), 4));
    mocks.sessions.expect_rotate_in().returning(|_, _| Ok(false));
    mocks.sessions.expect_end_session_in().once().returning(|_, _, _, _, _| Ok(true));
    mocks.revocations.expect_insert_revocations_in().once().returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    fixture.clock.advance(TimeDelta::seconds(seconds));
    assert!(matches!(bring(&fixture, counter).await, Err(AuthError::RefreshReused)));
    assert_eq!(fixture.trail.actions(), [("REFRESH_REUSE_DETECTED", 401)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn a_session_that_is_over_stays_over() {
    let over = |ended, expires_at| Session { ended, expires_at, ..session(start(), 4) };
    let later = start() + TimeDelta::days(7);
    let cases = [
        (over(Some((start(), EndReason::Reuse)), later), "REFRESH_REUSED"),
        (over(Some((start(), EndReason::SignedOut)), later), "TOKEN_REVOKED"),
        (over(None, start()), "TOKEN_EXPIRED"),
    ];
    for (current, code) in cases {
        for counter in [3, 4] {
            let mut mocks = fixture(current.clone());
            mocks.sessions.expect_rotate_in().returning(|_, _| Ok(false));
            let fixture = mocks.deps();
            assert_eq!(bring(&fixture, counter).await.expect_err("over").code(), code);
            assert!(fixture.trail.actions().is_empty());
        }
    }
}

#[tokio::test]
async fn who_may_not_sign_in_may_not_stay() {
    let mut mocks = Mocks::new();
    let inactive = || crate::AdminAccount { is_active: false, ..an_admin(PasswordHash::new("x")) };
    mocks.admins.expect_find_admin_for_share().returning(move |_, _| Ok(Some(inactive())));
    mocks.admins.expect_record_activity_in().returning(|_, _, _| Ok(()));
    mocks.sessions.expect_find_session().returning(|_, _| Ok(Some(session(start(), 3))));
    let fixture = mocks.deps();
    assert!(matches!(bring(&fixture, 3).await, Err(AuthError::Unauthenticated)));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}
