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

#[tokio::test]
async fn nothing_is_believed_before_the_first_read_and_after_a_long_silence() {
    let mut mocks = Mocks::new();
    mocks.revocations.expect_list_revocations().returning(|_, _| Ok(Vec::new()));
    let kept = mocks.ports();
    let revocations = Revocations::new(&kept.ports, &kept.config);
    let live = revocations.live();
    assert!(matches!(live.check_admin(&principal()), Err(AuthError::RevocationsStale)));
    revocations.load().await.expect("reads");
    assert!(live.check_admin(&principal()).is_ok());
    kept.clock.advance(TimeDelta::seconds(15));
    assert!(live.check_admin(&principal()).is_ok());
    kept.clock.advance(TimeDelta::seconds(1));
    assert!(matches!(live.check_admin(&principal()), Err(AuthError::RevocationsStale)));
    revocations.load().await.expect("reads");
    assert!(live.check_admin(&principal()).is_ok(), "it mends itself");
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
    live.absorb(&[revocation], kept.clock.now());
    assert_eq!(live.len(), 1);
    kept.clock.advance(TimeDelta::minutes(17));
    live.absorb(&[], kept.clock.now());
    assert!(live.is_empty());
}
