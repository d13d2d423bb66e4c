use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use kernel::{Audience, Clock, DomainError, SessionId, Subject};
use platform::queue::{Handler as _, Item, ItemId, Outcome};
use secrecy::SecretString;
use test_support::FixedClock;
use uuid::Uuid;

use super::*;
use crate::{
    MockInvitationAcceptance, MockOneTimeTokenRepository,
    domain::{AdminAccount, OneTimeToken, OwnSession, TokenPurpose},
    repository::{AccountMessage, Tally},
    service::{
        account_test_tools::{a_person, a_token, person_subject, tools},
        test_ports::{Fixture, Mocks, an_admin, context, hasher},
    },
};

const OLD: &str = "Gravel-Magpie-77";
const NEW: &str = "Lantern-Wombat-88";
const SESSION: SessionId = SessionId(Uuid::from_u128(70));

fn now() -> DateTime<Utc> {
    FixedClock::default().now()
}

async fn admin() -> AdminAccount {
    an_admin(hasher().hash(&OLD.into()).await.expect("hashes"))
}

fn passwords(mocks: Mocks, tokens: MockOneTimeTokenRepository) -> (Passwords, Fixture) {
    let (tools, fixture) = tools(mocks, tokens, MockInvitationAcceptance::new());
    (Passwords::new(tools), fixture)
}

fn knowing(mut mocks: Mocks, admin: &AdminAccount) -> Mocks {
    let (by_id, locked, by_email) = (admin.clone(), admin.clone(), admin.clone());
    mocks.admins.expect_find_admin().returning(move |_| Ok(Some(by_id.clone())));
    mocks.admins.expect_find_admin_for_update().returning(move |_, _| Ok(Some(locked.clone())));
    mocks.admins.expect_find_admin_by_email().returning(move |_| Ok(Some(by_email.clone())));
    mocks.admins.expect_bump_generation_in().returning(|_, _| Ok(Some(2)));
    mocks
}

/// Takes the new password, and everything that ends with the old one; access tokens of `spared` live on.
fn replacing(mut mocks: Mocks, except: Option<SessionId>, spared: Option<SessionId>) -> Mocks {
    mocks
        .admins
        .expect_set_password_in()
        .once()
        .withf(|_, _, credential| !credential.must_change)
        .returning(|_, _, _| Ok(()));
    mocks
        .sessions
        .expect_end_sessions_in()
        .once()
        .withf(move |_, _, spared, reason, _| *spared == except && *reason == EndReason::PasswordChanged)
        .returning(|_, _, _, _, _| Ok(1));
    mocks
        .revocations
        .expect_insert_revocations_in()
        .once()
        .withf(move |_, rows| rows.len() == 1 && (rows[0].min_generation, rows[0].spared) == (2, spared))
        .returning(|_, _| Ok(()));
    mocks
}

fn one_token(token: &OneTimeToken, used: bool) -> MockOneTimeTokenRepository {
    let mut tokens = MockOneTimeTokenRepository::new();
    let token = token.clone();
    tokens.expect_find_token().returning(move |hash| Ok((hash == token.token_hash).then(|| token.clone())));
    tokens.expect_use_token_in().returning(move |_, _, _| Ok(used));
    tokens.expect_revoke_tokens_in().returning(|_, _, _| Ok(0));
    tokens
}

async fn change(passwords: &Passwords, current: &str, new: &str) -> Result<(), AuthError> {
    let own = OwnSession { account: AccountId::Admin(Uuid::from_u128(1).into()), id: SESSION };
    passwords.change(&context(), own, &current.into(), &new.into()).await
}

#[tokio::test]
async fn a_change_ends_the_other_sessions_and_keeps_ones_own() {
    let mocks = replacing(knowing(Mocks::new().without_throttle(), &admin().await), Some(SESSION), Some(SESSION));
    let mut tokens = MockOneTimeTokenRepository::new();
    tokens.expect_revoke_tokens_in().once().returning(|_, _, _| Ok(0));
    let (passwords, fixture) = passwords(mocks, tokens);
    change(&passwords, OLD, NEW).await.expect("changed");
    assert_eq!(fixture.trail.actions(), [("PASSWORD_CHANGED", 200)]);
    assert_eq!(fixture.transactor.log().last().map(String::as_str), Some("COMMIT"));
}

#[tokio::test]
async fn after_a_temporary_password_the_tokens_that_tell_of_it_die() {
    let account = AdminAccount { must_change_password: true, ..admin().await };
    let mocks = replacing(knowing(Mocks::new().without_throttle(), &account), Some(SESSION), None);
    let mut tokens = MockOneTimeTokenRepository::new();
    tokens.expect_revoke_tokens_in().returning(|_, _, _| Ok(0));
    let (passwords, _) = passwords(mocks, tokens);
    change(&passwords, OLD, NEW).await.expect("changed");
}

#[tokio::test]
async fn a_wrong_current_password_counts_as_a_failure() {
    let mut mocks = knowing(Mocks::new(), &admin().await);
    mocks.attempts.expect_count_try_in().times(3).returning(|_, _, _| Ok(Tally { tries: 1, locked_until: None }));
    let (passwords, fixture) = passwords(mocks, MockOneTimeTokenRepository::new());
    let error = change(&passwords, "Something-Else-1", NEW).await.expect_err("wrong");
    assert_eq!(error.code(), "VALIDATION_FAILED");
    assert_eq!((error.fields()[0].field.as_ref(), error.fields()[0].code.as_ref()), ("currentPassword", "INCORRECT"));
    assert_eq!(fixture.trail.actions(), [("PASSWORD_CHANGED", 422)]);
}

#[tokio::test]
async fn a_locked_account_does_not_learn_whether_the_password_was_right() {
    let mut mocks = knowing(Mocks::new(), &admin().await);
    let until = now() + TimeDelta::minutes(5);
    mocks
        .attempts
        .expect_count_try_in()
        .returning(move |_, _, rule| Ok(Tally { tries: rule.limit + 1, locked_until: Some(until) }));
    let (passwords, _) = passwords(mocks, MockOneTimeTokenRepository::new());
    assert!(matches!(change(&passwords, OLD, NEW).await, Err(AuthError::AccountLocked { .. })));
}

#[tokio::test]
async fn a_bad_new_password_is_refused_before_anything_is_counted() {
    let (passwords, fixture) = passwords(knowing(Mocks::new(), &admin().await), MockOneTimeTokenRepository::new());
    let error = change(&passwords, OLD, OLD).await.expect_err("the same");
    assert_eq!(error.fields()[0].code, "SAME_AS_CURRENT");
    let error = change(&passwords, OLD, "Ada-Lane-2026!").await.expect_err("her own name");
    assert_eq!(error.fields()[0].code, "CONTAINS_PERSONAL");
    assert!(fixture.transactor.log().is_empty());
}

#[tokio::test]
async fn asking_for_a_link_looks_nothing_up() {
    let (passwords, fixture) = passwords(Mocks::new().with_rates(), MockOneTimeTokenRepository::new());
    let email = "who@ever.test".parse().expect("an address");
    passwords.forgot_admin(&context(), email).await.expect("noted");
    assert_eq!(fixture.pushed.all()[0].0, PasswordResetLinks::QUEUE);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn who_asks_too_often_is_dropped_without_being_told() {
    let mut mocks = Mocks::new();
    let counted = kernel::rate::Counted { count: 6, ends_at: now() + TimeDelta::minutes(3) };
    mocks.rates.expect_count_in().times(2).returning(move |_, _, _| Ok(counted));
    let (passwords, fixture) = passwords(mocks, MockOneTimeTokenRepository::new());
    passwords.forgot_admin(&context(), "who@ever.test".parse().expect("an address")).await.expect("noted");
    assert!(fixture.pushed.all().is_empty());
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"], "counted");
}

/// What asking leaves to be done.
async fn asked() -> Item<ResetAsked> {
    let (passwords, fixture) = passwords(Mocks::new().with_rates(), MockOneTimeTokenRepository::new());
    passwords.forgot_admin(&context(), "ada@nextcrm.test".parse().expect("an address")).await.expect("noted");
    let payload = fixture.pushed.all()[0].1.payload.clone();
    Item {
        id: ItemId(1),
        payload: serde_json::from_value(payload).expect("what was pushed"),
        tenant_id: None,
        event_id: None,
        attempt: 1,
        first_attempt_at: now(),
        created_at: now(),
    }
}

#[tokio::test]
async fn a_link_is_sent_once_however_often_it_is_tried() {
    let mut tokens = MockOneTimeTokenRepository::new();
    let inserted = Arc::new(AtomicU64::new(0));
    let asked = asked().await;
    let id = asked.payload.id;
    tokens.expect_count_tokens_since().returning(|_, _, _| Ok(0));
    tokens.expect_revoke_tokens_in().returning(|_, _, _| Ok(0));
    tokens.expect_insert_token_in().withf(move |_, token| token.id == id).returning(move |_, _| {
        if inserted.fetch_add(1, Ordering::Relaxed) == 0 {
            return Ok(());
        }
        let source = sea_orm::DbErr::Custom("unique".into());
        Err(StoreError::Unique { constraint: "one_time_tokens_pkey".into(), source })
    });
    let (passwords, fixture) = passwords(knowing(Mocks::new(), &admin().await), tokens);
    let links = PasswordResetLinks::new(passwords);
    for _ in 0..2 {
        assert_eq!(links.handle(&asked).await, Outcome::Done);
    }
    let (message, _, token) = fixture.mailed.only();
    assert_eq!((message, token.len()), (AccountMessage::PasswordReset, 43));
    assert_eq!(fixture.trail.actions(), [("PASSWORD_RESET_REQUESTED", 202)]);
}

#[tokio::test]
async fn no_link_for_the_unknown_the_inactive_and_the_impatient() {
    let inactive = AdminAccount { is_active: false, ..admin().await };
    let mut unknown = Mocks::new();
    unknown.admins.expect_find_admin_by_email().returning(|_| Ok(None));
    for (mocks, sent) in
        [(unknown, 0), (knowing(Mocks::new(), &inactive), 0), (knowing(Mocks::new(), &admin().await), 5)]
    {
        let mut tokens = MockOneTimeTokenRepository::new();
        tokens.expect_count_tokens_since().returning(move |_, _, _| Ok(sent));
        let (passwords, fixture) = passwords(mocks, tokens);
        assert_eq!(PasswordResetLinks::new(passwords).handle(&asked().await).await, Outcome::Done);
        assert!(fixture.mailed.is_empty());
    }
}

async fn reset(passwords: &Passwords, token: &SecretString) -> Result<(), AuthError> {
    passwords.reset(&context(), Audience::Admin, token, &NEW.into()).await
}

#[tokio::test]
async fn a_reset_signs_out_everywhere() {
    let account = admin().await;
    let subject = AccountId::Admin(account.id);
    let (token, text) = a_token(now(), TokenPurpose::AdminReset, subject, Some(&account.password_hash));
    let mocks = replacing(knowing(Mocks::new(), &account), None, None);
    let (passwords, fixture) = passwords(mocks, one_token(&token, true));
    reset(&passwords, &text).await.expect("reset");
    assert_eq!(fixture.trail.subjects(), [Subject::Admin { id: account.id, role: account.role }]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn every_bad_token_gets_the_same_answer() {
    let account = admin().await;
    let subject = AccountId::Admin(account.id);
    let current = Some(&account.password_hash);
    let good = a_token(now(), TokenPurpose::AdminReset, subject, current);
    let cases = [
        ("lost the race", good.0.clone(), false),
        ("expired", OneTimeToken { expires_at: now(), ..good.0.clone() }, true),
        ("used", OneTimeToken { used_at: Some(now()), ..good.0.clone() }, true),
        ("revoked", OneTimeToken { revoked_at: Some(now()), ..good.0.clone() }, true),
        ("password changed", OneTimeToken { bound_to: PasswordHash::fingerprint(None), ..good.0.clone() }, true),
        ("another audience", OneTimeToken { purpose: TokenPurpose::TenantReset, ..good.0.clone() }, true),
    ];
    for (why, token, used) in cases {
        let (passwords, fixture) = passwords(knowing(Mocks::new(), &account), one_token(&token, used));
        let error = reset(&passwords, &good.1).await.expect_err(why);
        assert_eq!(error.fields()[0].code, "TOKEN_INVALID", "{why}");
        assert!(!fixture.transactor.log().contains(&"COMMIT".to_owned()), "{why}");
    }
    let (passwords, _) = passwords(knowing(Mocks::new(), &account), one_token(&good.0, true));
    assert!(matches!(reset(&passwords, &"forged".into()).await, Err(AuthError::OneTimeTokenInvalid)));
}

#[tokio::test]
async fn a_workshops_person_resets_by_the_same_code() {
    let hash = hasher().hash(&OLD.into()).await.expect("hashes");
    let (token, text) = a_token(now(), TokenPurpose::TenantReset, person_subject(), Some(&hash));
    let mut mocks = Mocks::new();
    mocks.directory.expect_find_person().returning(|_, _| Ok(Some(a_person())));
    mocks.directory.expect_bump_generation_in().once().returning(|_, _, _| Ok(Some(2)));
    mocks.directory.expect_find_person_for_share().returning(|_, _, _| Ok(Some(a_person())));
    mocks.credentials.expect_find_hash_for_update().returning(move |_, _, _| Ok(Some(hash.clone())));
    mocks.credentials.expect_set_hash_in().once().returning(|_, _, _, _, _| Ok(()));
    mocks.sessions.expect_end_sessions_in().once().returning(|_, _, _, _, _| Ok(1));
    mocks.revocations.expect_insert_revocations_in().returning(|_, _| Ok(()));
    let (passwords, fixture) = passwords(mocks, one_token(&token, true));
    passwords.reset(&context(), Audience::Tenant, &text, &NEW.into()).await.expect("reset");
    assert_eq!(fixture.trail.actions(), [("PASSWORD_CHANGED", 200)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}
