use chrono::TimeDelta;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::*;
use crate::{
    PasswordHash,
    domain::{Session, refresh_token::RefreshToken},
    service::test_ports::{Kept, Mocks, an_admin, context},
};

fn session_id() -> SessionId {
    Uuid::from_u128(9).into()
}

fn world() -> Mocks {
    let mut mocks = Mocks::new();
    let now = test_support::FixedClock::default().now();
    let session = Session {
        id: session_id(),
        subject: Subject::Admin(Uuid::from_u128(1).into()),
        counter: 5,
        rotated_at: now,
        ip: None,
        user_agent: None,
        created_at: now,
        last_activity_at: now,
        expires_at: now + TimeDelta::days(7),
        ends_at: now + TimeDelta::days(30),
        ended: None,
    };
    mocks.sessions.expect_find_session().returning(move |_, _| Ok(Some(session.clone())));
    mocks.admins.expect_find_admin().returning(|_| Ok(Some(an_admin(PasswordHash::new("x")))));
    mocks
}

fn sign_out(kept: &Kept) -> SignOut {
    let (revocations, _) = kept.tokens();
    SignOut::new(&kept.ports, Arc::clone(&kept.keys), revocations)
}

#[tokio::test]
async fn cookie_and_bearer_of_one_session_end_it_once() {
    let mut mocks = world();
    mocks.sessions.expect_end_session_in().once().returning(|_, _, _, _, _| Ok(true));
    mocks.revocations.expect_insert_revocations_in().once().returning(|_, _| Ok(()));
    let kept = mocks.ports();
    // An older counter will do: the session ends whichever of its tokens is brought.
    let cookie = RefreshToken { session_id: session_id(), counter: 4 };
    let cookie = cookie.encode(&kept.keys, PrincipalKind::Admin).expect("a key");
    let cookie = Some(cookie.expose_secret());
    let ended = sign_out(&kept).sign_out(&context(), PrincipalKind::Admin, cookie, Some(session_id())).await;
    assert_eq!(ended.expect("signs out"), 1);
    assert_eq!(kept.trail.actions(), [("LOGOUT", 200)]);
    assert_eq!(kept.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn without_a_good_token_there_is_nothing_to_end() {
    let kept = world().ports();
    for cookie in [None, Some("x")] {
        let ended = sign_out(&kept).sign_out(&context(), PrincipalKind::Admin, cookie, None).await;
        assert_eq!(ended.expect("fine"), 0);
    }
    assert!(kept.transactor.log().is_empty());
}
