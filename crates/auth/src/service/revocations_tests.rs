use kernel::{AdminRole, Caller, SessionProof, Subject};
use uuid::Uuid;

use super::*;
use crate::{AuthError, caller_of, service::test_ports::Mocks};

const ADMIN: Uuid = Uuid::from_u128(1);
const MINE: Uuid = Uuid::from_u128(2);
const OTHER: Uuid = Uuid::from_u128(3);

fn caller(session: Uuid, generation: i64) -> Caller {
    caller_of(Subject::Admin { id: ADMIN.into(), role: AdminRole::Admin }).in_session(SessionProof {
        session_id: session.into(),
        generation,
        tenant_generation: None,
        must_change_password: false,
    })
}

fn ago(secs: u64) -> Instant {
    Instant::now().checked_sub(Duration::from_secs(secs)).expect("the machine has run for longer")
}

#[tokio::test]
async fn nothing_is_believed_before_the_first_read_and_after_a_long_silence() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_list_revocations().returning(|_| Ok((Vec::new(), FeedPosition(1))));
    let fixture = mocks.deps();
    let revocations = Revocations::new(&fixture.deps, &fixture.config);
    let live = revocations.live();
    assert!(matches!(live.check(&caller(MINE, 1)), Err(AuthError::RevocationsStale)));
    revocations.load().await.expect("reads");
    assert!(live.check(&caller(MINE, 1)).is_ok());
    live.absorb(&[], ago(14));
    assert!(live.check(&caller(MINE, 1)).is_ok());
    live.absorb(&[], ago(16));
    assert!(matches!(live.check(&caller(MINE, 1)), Err(AuthError::RevocationsStale)));
    revocations.load().await.expect("reads");
    assert!(live.check(&caller(MINE, 1)).is_ok(), "it mends itself");
}

#[tokio::test]
async fn a_clock_that_steps_neither_opens_nor_stalls() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_list_revocations().returning(|_| Ok((Vec::new(), FeedPosition(1))));
    let fixture = mocks.deps();
    let revocations = Revocations::new(&fixture.deps, &fixture.config);
    let live = revocations.live();
    revocations.load().await.expect("reads");
    let revoked = revocations.revocation(RevocationKind::Session, MINE, 0);
    let other = caller(OTHER, 1);
    live.absorb(&[revoked], Instant::now());
    // An hour forward, read again, and back: the token, which lives again, is still refused.
    for step in [TimeDelta::hours(1), TimeDelta::hours(-1), TimeDelta::hours(-1), TimeDelta::hours(1)] {
        fixture.clock.advance(step);
        assert!(live.check(&other).is_ok(), "nobody else is kept out");
        revocations.load().await.expect("reads");
        assert!(matches!(live.check(&caller(MINE, 1)), Err(AuthError::TokenRevoked)), "{step}");
    }
    // And silence is silence, wherever the clock is put meanwhile.
    live.absorb(&[], ago(16));
    fixture.clock.advance(TimeDelta::seconds(-16));
    assert!(matches!(live.check(&other), Err(AuthError::RevocationsStale)));
}

#[test]
fn a_spared_session_keeps_its_tokens_and_only_those() {
    let mut set = crate::RevocationSet::default();
    let (mine, other) = (caller(MINE, 1), caller(OTHER, 1));
    let (now, expires_at) = (Instant::now(), chrono::DateTime::UNIX_EPOCH);
    let revocation = |min_generation, spared| Revocation {
        kind: RevocationKind::Principal,
        subject: ADMIN,
        min_generation,
        spared,
        expires_at,
    };
    set.add(&revocation(2, Some(MINE.into())), now);
    assert!(!set.refuses(&mine) && set.refuses(&other));
    assert!(!set.refuses(&caller(OTHER, 2)));
    // Later the other one, opened anew, is spared: its old tokens do not come back to life by that.
    set.add(&revocation(3, Some(OTHER.into())), now);
    assert!(set.refuses(&mine) && set.refuses(&other));
    assert!(!set.refuses(&caller(OTHER, 2)));
    set.add(&revocation(4, None), now);
    assert!(set.refuses(&caller(OTHER, 3)));
}

#[tokio::test]
async fn entries_outlive_every_token_they_concern_and_no_longer() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_insert_revocations_in().returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    let revocations = Revocations::new(&fixture.deps, &fixture.config);
    let revocation = revocations.revocation(RevocationKind::Session, MINE, 0);
    let last_token_dies = fixture.clock.now() + TimeDelta::minutes(15) + TimeDelta::seconds(5);
    assert!(revocation.expires_at > last_token_dies);
    let live = revocations.live();
    live.absorb(&[revocation], ago(17 * 60));
    assert_eq!(live.len(), 1);
    fixture.clock.advance(TimeDelta::minutes(17));
    live.absorb(&[], Instant::now());
    assert!(live.is_empty());
}
