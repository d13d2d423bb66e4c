use uuid::Uuid;

use super::*;
use crate::{
    Revocation,
    service::test_ports::{Fixture, Mocks, context},
};

fn sessions(fixture: &Fixture) -> Sessions {
    Sessions::new(&fixture.deps, Arc::new(Revocations::new(&fixture.deps, &fixture.config)))
}

fn me() -> AccountId {
    AccountId::Admin(Uuid::from_u128(1).into())
}

#[tokio::test]
async fn ending_a_session_revokes_its_tokens_and_leaves_an_entry_in_one_transaction() {
    let mut mocks = Mocks::new();
    mocks.sessions.expect_end_session_in().once().returning(|_, _, _, _, _| Ok(true));
    mocks.revocations.expect_insert_revocations_in().once().returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    sessions(&fixture).revoke(&context(), me(), Uuid::from_u128(2).into()).await.expect("ends");
    assert_eq!(fixture.trail.actions(), [("SESSION_REVOKED", 200)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn somebody_elses_session_is_not_there() {
    let mut mocks = Mocks::new();
    mocks.sessions.expect_end_session_in().returning(|_, _, _, _, _| Ok(false));
    let fixture = mocks.deps();
    let refused = sessions(&fixture).revoke(&context(), me(), Uuid::from_u128(2).into()).await;
    assert!(matches!(refused, Err(AuthError::SessionNotFound)));
    assert!(fixture.trail.actions().is_empty());
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn ending_all_takes_one_row_however_many_there_are() {
    let mut mocks = Mocks::new();
    let mine = SessionId(Uuid::from_u128(2));
    mocks.admins.expect_bump_generation_in().once().returning(|_, _| Ok(Some(5)));
    mocks.sessions.expect_end_sessions_in().returning(move |_, _, _, _, _| Ok(7_000));
    let expected = move |rows: &[Revocation]| {
        rows.len() == 1 && (rows[0].min_generation, rows[0].spared) == (5, Some(mine)) && rows[0].subject == me().id()
    };
    mocks
        .revocations
        .expect_insert_revocations_in()
        .once()
        .withf(move |_, rows| expected(rows))
        .returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    assert_eq!(sessions(&fixture).revoke_all(&context(), me(), Some(mine)).await.expect("ends"), 7_000);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}
