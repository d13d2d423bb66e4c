use kernel::{Clock, DomainError, TenantStatus, Transactor};
use test_support::FixedClock;

use super::*;
use crate::{
    MockInvitationAcceptance, MockOneTimeTokenRepository,
    repository::DirectoryPerson,
    service::{
        account_test_tools::{Published, a_person, a_token, person_subject, tools},
        test_ports::{Fixture, Mocks, context},
    },
};

const PASSWORD: &str = "Lantern-Wombat-88";

fn invited() -> DirectoryPerson {
    DirectoryPerson { accepted: false, ..a_person() }
}

fn invitations(person: DirectoryPerson, is_pending: bool, used: bool) -> (Invitations, Fixture, SecretString) {
    let now = FixedClock::default().now();
    let (token, text) = a_token(now, TokenPurpose::Invitation, person_subject(), None);
    let mut mocks = Mocks::new();
    mocks.directory.expect_find_person().returning(move |_, _| Ok(Some(person.clone())));
    mocks.credentials.expect_find_hash_for_update().returning(|_, _, _| Ok(None));
    mocks.credentials.expect_set_hash_in().returning(|_, _, _, _, _| Ok(()));
    let mut tokens = MockOneTimeTokenRepository::new();
    tokens.expect_find_token().returning(move |_| Ok(Some(token.clone())));
    tokens.expect_use_token_in().returning(move |_, _, _| Ok(used));
    tokens.expect_revoke_tokens_in().returning(|_, _, _| Ok(0));
    let mut acceptance = MockInvitationAcceptance::new();
    acceptance.expect_accept_in().returning(move |_, _, _, _| Ok(is_pending));
    let (tools, fixture) = tools(mocks, tokens, acceptance);
    (Invitations::new(tools), fixture, text)
}

#[tokio::test]
async fn accepting_sets_the_password_and_tells_the_workshop_in_one_transaction() {
    let (invitations, fixture, token) = invitations(invited(), true, true);
    invitations.accept(&context(), &token, &PASSWORD.into()).await.expect("accepted");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    assert_eq!(fixture.trail.actions(), [("PASSWORD_CHANGED", 200)]);
    assert!(matches!(fixture.trail.subjects()[0], Subject::TenantUser { .. }));
}

#[tokio::test]
async fn an_invitation_that_is_not_pending_or_was_used_is_refused() {
    let closed = DirectoryPerson { tenant_status: TenantStatus::Suspended, ..invited() };
    let removed = DirectoryPerson { is_active: false, ..invited() };
    for (person, is_pending, used) in
        [(invited(), false, true), (invited(), true, false), (closed, true, true), (removed, true, true)]
    {
        let (invitations, fixture, token) = invitations(person, is_pending, used);
        let error = invitations.accept(&context(), &token, &PASSWORD.into()).await.expect_err("refused");
        assert_eq!(error.fields()[0].code, "TOKEN_INVALID");
        assert!(!fixture.transactor.log().contains(&"COMMIT".to_owned()));
    }
}

#[tokio::test]
async fn a_bad_password_does_not_cost_the_invitation() {
    let (invitations, fixture, token) = invitations(invited(), true, true);
    let error = invitations.accept(&context(), &token, &"Wattle-and-2".into()).await.expect_err("her name");
    assert_eq!((error.fields()[0].field.as_ref(), error.fields()[0].code.as_ref()), ("password", "CONTAINS_PERSONAL"));
    assert!(fixture.transactor.log().is_empty());
}

#[tokio::test]
async fn issuing_kills_older_links_and_mails_the_token() {
    let mut mocks = Mocks::new().with_rates();
    let published = Published::by(&mut mocks);
    mocks.credentials.expect_find_hash_for_update().returning(|_, _, _| Ok(None));
    let mut tokens = MockOneTimeTokenRepository::new();
    tokens.expect_revoke_tokens_in().once().returning(|_, _, _| Ok(1));
    tokens
        .expect_insert_token_in()
        .once()
        .withf(|_, token| (token.expires_at - token.created_at).num_days() == 7)
        .returning(|_, _| Ok(()));
    let (tools, fixture) = tools(mocks, tokens, MockInvitationAcceptance::new());
    let person = a_person();
    let to = Recipient::tenant_user(
        person.tenant_id,
        person.user_id,
        person.email,
        person.first_name,
        person.tenant_name,
        person.subdomain,
    );
    let mut tx = fixture.transactor.begin().await.expect("begins");
    Invitations::new(tools).issue_in(&mut tx, &to).await.expect("issued");
    let (message, written_to, token) = fixture.mailed.only();
    assert_eq!((message, written_to, token.len()), (AccountMessage::Invitation, to, 43));
    assert!(published.is_empty(), "no event has it");
}

#[tokio::test]
async fn one_message_too_many_is_refused_and_says_when_to_come_back() {
    // The person's count, the address's, the workshop's: whichever is reached.
    for (full, limit, window) in [(0, 5, 3_600), (1, 5, 3_600), (2, 200, 86_400)] {
        let mut mocks = Mocks::new();
        let ends_at = FixedClock::default().now() + chrono::TimeDelta::minutes(7);
        let mut asked = 0;
        mocks.rates.expect_count_in().returning(move |_, key, length| {
            assert_eq!((key.len() <= 64, asked < 2 || length.as_secs() == 86_400), (true, true));
            let count = if asked == full { limit + 1 } else { 1 };
            assert!(asked != full || length.as_secs() == window);
            asked += 1;
            Ok(kernel::rate::Counted { count, ends_at })
        });
        let (tools, fixture) = tools(mocks, MockOneTimeTokenRepository::new(), MockInvitationAcceptance::new());
        let person = a_person();
        let to = Recipient::tenant_user(person.tenant_id, person.user_id, person.email, "Bea", "Bea's", "beas");
        let mut tx = fixture.transactor.begin().await.expect("begins");
        let refused = Invitations::new(tools).issue_in(&mut tx, &to).await.expect_err("too many");
        assert_eq!(
            (refused.code(), refused.retry_after().map(|it| it.as_secs())),
            (kernel::ErrorCode::RateLimited, Some(420))
        );
        assert!(fixture.mailed.is_empty());
    }
}
