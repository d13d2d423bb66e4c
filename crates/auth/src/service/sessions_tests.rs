use uuid::Uuid;

use super::*;
use crate::service::test_ports::{Kept, Mocks, context};

fn sessions(kept: &Kept) -> Sessions {
    Sessions::new(&kept.ports, Arc::new(Revocations::new(&kept.ports, &kept.config)))
}

fn me() -> Subject {
    Subject::Admin(Uuid::from_u128(1).into())
}

#[tokio::test]
async fn ending_a_session_revokes_its_tokens_and_leaves_an_entry_in_one_transaction() {
    let mut mocks = Mocks::new();
    mocks.sessions.expect_end_session_in().once().returning(|_, _, _, _, _| Ok(true));
    mocks.revocations.expect_insert_revocations_in().once().returning(|_, _| Ok(()));
    let kept = mocks.ports();
    sessions(&kept).revoke(&context(), me(), Uuid::from_u128(2).into()).await.expect("ends");
    assert_eq!(kept.trail.actions(), [("SESSION_REVOKED", 200)]);
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn somebody_elses_session_is_not_there() {
    let mut mocks = Mocks::new();
    mocks.sessions.expect_end_session_in().returning(|_, _, _, _, _| Ok(false));
    let kept = mocks.ports();
    let refused = sessions(&kept).revoke(&context(), me(), Uuid::from_u128(2).into()).await;
    assert!(matches!(refused, Err(AuthError::SessionNotFound)));
    assert!(kept.trail.actions().is_empty());
    assert_eq!(kept.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn ending_all_revokes_each() {
    let mut mocks = Mocks::new();
    let two = || vec![SessionId(Uuid::from_u128(2)), SessionId(Uuid::from_u128(3))];
    mocks.sessions.expect_end_sessions_in().returning(move |_, _, _, _, _| Ok(two()));
    mocks.revocations.expect_insert_revocations_in().withf(|_, rows| rows.len() == 2).once().returning(|_, _| Ok(()));
    let kept = mocks.ports();
    assert_eq!(sessions(&kept).revoke_all(&context(), me(), None).await.expect("ends"), 2);
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
}
