use kernel::AdminRole;
use uuid::Uuid;

use super::*;
use crate::{AdminPrincipal, AuthError, service::test_ports::Mocks};

fn principal() -> AdminPrincipal {
    AdminPrincipal {
        admin_id: Uuid::from_u128(1).into(),
        session_id: Uuid::from_u128(2).into(),
        role: AdminRole::Admin,
        must_change_password: false,
        generation: 1,
    }
}

fn ago(secs: u64) -> Instant {
    Instant::now().checked_sub(Duration::from_secs(secs)).expect("the machine has run for longer")
}

#[tokio::test]
async fn nothing_is_believed_before_the_first_read_and_after_a_long_silence() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_list_revocations().returning(|_| Ok((Vec::new(), FeedPosition(1))));
    let kept = mocks.ports();
    let revocations = Revocations::new(&kept.ports, &kept.config);
    let live = revocations.live();
    assert!(matches!(live.check_admin(&principal()), Err(AuthError::RevocationsStale)));
    revocations.load().await.expect("reads");
    assert!(live.check_admin(&principal()).is_ok());
    live.absorb(&[], ago(14));
    assert!(live.check_admin(&principal()).is_ok());
    live.absorb(&[], ago(16));
    assert!(matches!(live.check_admin(&principal()), Err(AuthError::RevocationsStale)));
    revocations.load().await.expect("reads");
    assert!(live.check_admin(&principal()).is_ok(), "it mends itself");
}

#[tokio::test]
async fn a_clock_that_steps_neither_opens_nor_stalls() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_list_revocations().returning(|_| Ok((Vec::new(), FeedPosition(1))));
    let kept = mocks.ports();
    let revocations = Revocations::new(&kept.ports, &kept.config);
    let live = revocations.live();
    revocations.load().await.expect("reads");
    let revoked = revocations.revocation(RevocationKind::Session, principal().session_id.uuid(), 0);
    let other = AdminPrincipal { session_id: Uuid::from_u128(3).into(), ..principal() };
    live.absorb(&[revoked], Instant::now());
    // An hour forward, read again, and back: the token, which lives again, is still refused.
    for step in [TimeDelta::hours(1), TimeDelta::hours(-1), TimeDelta::hours(-1), TimeDelta::hours(1)] {
        kept.clock.advance(step);
        assert!(live.check_admin(&other).is_ok(), "nobody else is kept out");
        revocations.load().await.expect("reads");
        assert!(matches!(live.check_admin(&principal()), Err(AuthError::TokenRevoked)), "{step}");
    }
    // And silence is silence, wherever the clock is put meanwhile.
    live.absorb(&[], ago(16));
    kept.clock.advance(TimeDelta::seconds(-16));
    assert!(matches!(live.check_admin(&other), Err(AuthError::RevocationsStale)));
}

#[test]
fn a_spared_session_keeps_its_tokens_and_only_those() {
    let mut set = crate::RevocationSet::default();
    let mine = principal();
    let other = AdminPrincipal { session_id: Uuid::from_u128(3).into(), ..mine };
    let (now, expires_at) = (Instant::now(), chrono::DateTime::UNIX_EPOCH);
    let revocation = |min_generation, spared| Revocation {
        kind: RevocationKind::Principal,
        subject: mine.admin_id.uuid(),
        min_generation,
        spared,
        expires_at,
    };
    set.add(&revocation(2, Some(mine.session_id)), now);
    assert!(!set.refuses_admin(&mine) && set.refuses_admin(&other));
    assert!(!set.refuses_admin(&AdminPrincipal { generation: 2, ..other }));
    // Later the other one, opened anew, is spared: its old tokens do not come back to life by that.
    set.add(&revocation(3, Some(other.session_id)), now);
    assert!(set.refuses_admin(&mine) && set.refuses_admin(&other));
    assert!(!set.refuses_admin(&AdminPrincipal { generation: 2, ..other }));
    set.add(&revocation(4, None), now);
    assert!(set.refuses_admin(&AdminPrincipal { generation: 3, ..other }));
}

#[tokio::test]
async fn entries_outlive_every_token_they_concern_and_no_longer() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_insert_revocations_in().returning(|_, _| Ok(()));
    let kept = mocks.ports();
    let revocations = Revocations::new(&kept.ports, &kept.config);
    let revocation = revocations.revocation(RevocationKind::Session, principal().session_id.uuid(), 0);
    let last_token_dies = kept.clock.now() + TimeDelta::minutes(15) + TimeDelta::seconds(5);
    assert!(revocation.expires_at > last_token_dies);
    let live = revocations.live();
    live.absorb(&[revocation], ago(17 * 60));
    assert_eq!(live.len(), 1);
    kept.clock.advance(TimeDelta::minutes(17));
    live.absorb(&[], Instant::now());
    assert!(live.is_empty());
}
