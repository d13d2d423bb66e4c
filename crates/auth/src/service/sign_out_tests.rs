use chrono::TimeDelta;
use secrecy::ExposeSecret;
use uuid::Uuid;

use super::*;
use crate::{
    PasswordHash,
    domain::{Session, refresh_token::RefreshToken},
    service::test_ports::{Fixture, Mocks, an_admin, context},
};

fn session_id() -> SessionId {
    Uuid::from_u128(9).into()
}

fn fixture() -> Mocks {
    let mut mocks = Mocks::new();
    let now = test_support::FixedClock::default().now();
    let session = Session {
        id: session_id(),
        subject: AccountId::Admin(Uuid::from_u128(1).into()),
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

fn sign_out(fixture: &Fixture) -> SignOut {
    let (revocations, _) = fixture.tokens();
    SignOut::new(&fixture.deps, Arc::clone(&fixture.keys), revocations)
}

#[tokio::test]
async fn cookie_and_bearer_of_one_session_end_it_once() {
    let mut mocks = fixture();
    mocks.sessions.expect_end_session_in().once().returning(|_, _, _, _, _| Ok(true));
    mocks.revocations.expect_insert_revocations_in().once().returning(|_, _| Ok(()));
    let fixture = mocks.deps();
    // An older counter will do: the session ends whichever of its tokens is brought.
    let cookie = RefreshToken { session_id: session_id(), counter: 4 };
    let cookie = cookie.encode(&fixture.keys, Audience::Admin).expect("a key");
    let cookie = Some(cookie.expose_secret());
    let ended = sign_out(&fixture).sign_out(&context(), Audience::Admin, cookie, Some(session_id())).await;
    assert_eq!(ended.expect("signs out"), 1);
    assert_eq!(fixture.trail.actions(), [("LOGOUT", 200)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn without_a_good_token_there_is_nothing_to_end() {
    let fixture = fixture().deps();
    for cookie in [None, Some("x")] {
        let ended = sign_out(&fixture).sign_out(&context(), Audience::Admin, cookie, None).await;
        assert_eq!(ended.expect("fine"), 0);
    }
    assert!(fixture.transactor.log().is_empty());
}
