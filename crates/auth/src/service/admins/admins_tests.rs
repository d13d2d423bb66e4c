use kernel::{AdminRole, DomainError, ErrorKind, StoreError};
use rstest::rstest;
use uuid::Uuid;

use super::*;
use crate::{
    MockInvitationAcceptance, MockOneTimeTokenRepository, caller_of,
    domain::{AdminPatch, AdminPatchInput, NewAdmin, NewAdminInput, PasswordHash},
    repository::AccountMessage,
    service::{
        account_test_tools::{Published, tools},
        test_ports::{Fixture, Mocks, an_admin, context},
    },
};

fn target(role: AdminRole) -> AdminAccount {
    AdminAccount { role, version: 3, ..an_admin(PasswordHash::new("$argon2id$old")) }
}

fn boss() -> RequestContext {
    acting(AdminRole::SuperAdmin, 99)
}

fn acting(role: AdminRole, id: u128) -> RequestContext {
    context().acting_as(caller_of(Subject::Admin { id: Uuid::from_u128(id).into(), role }))
}

fn new_admin() -> NewAdmin {
    let input = NewAdminInput {
        first_name: "Kim".into(),
        last_name: "Reid".into(),
        email: "kim@nextcrm.test".into(),
        role: "SUPPORT".into(),
        ..NewAdminInput::default()
    };
    NewAdmin::parse(&input).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn patch(role: Option<&str>, last_name: Option<&str>) -> AdminPatch {
    let input = AdminPatchInput {
        role: role.map(str::to_owned),
        last_name: last_name.map(str::to_owned),
        ..AdminPatchInput::default()
    };
    AdminPatch::parse(&input).unwrap_or_else(|errors| panic!("{errors:?}"))
}

fn accounts(mocks: Mocks, tokens: MockOneTimeTokenRepository) -> (AdminAccounts, Fixture) {
    let (tools, fixture) = tools(mocks, tokens, MockInvitationAcceptance::new());
    (AdminAccounts::new(tools), fixture)
}

/// The account is found and locked; `super_admins` are active.
fn found(account: &AdminAccount, super_admins: &[u128]) -> Mocks {
    let mut mocks = Mocks::new();
    let (account, ids) =
        (account.clone(), super_admins.iter().map(|id| Uuid::from_u128(*id).into()).collect::<Vec<_>>());
    mocks.admins.expect_lock_active_super_admins().returning(move |_| Ok(ids.clone()));
    mocks.admins.expect_find_admin_for_update().returning(move |_, _| Ok(Some(account.clone())));
    mocks
}

#[tokio::test]
async fn a_new_admin_gets_a_temporary_password_that_only_the_message_tells() {
    let mut mocks = Mocks::new().with_rates();
    let published = Published::by(&mut mocks);
    mocks.admins.expect_insert_admin_in().once().returning(|_, _| Ok(()));
    let (accounts, fixture) = accounts(mocks, MockOneTimeTokenRepository::new());

    let account = accounts.create(&boss(), new_admin()).await.expect("created");
    assert!(account.must_change_password && account.is_active);
    let event = published.only();
    assert_eq!((event.kind.as_str(), event.subject.clone()), ("admin.created.v1", account.id.to_string()));
    let (message, to, temporary) = fixture.mailed.only();
    assert_eq!((message, to), (AccountMessage::Welcome, (&account).into()));
    assert!(
        accounts.tools.hasher.verify(&temporary.clone().into(), Some(&account.password_hash)).await.expect("ok").ok
    );
    assert_eq!(event.payload, serde_json::json!({ "role": "SUPPORT" }));
    assert_eq!(fixture.trail.actions(), [("ADMIN_CREATED", 201)]);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn a_taken_address_is_a_conflict_and_leaves_nothing() {
    let mut mocks = Mocks::new();
    mocks.admins.expect_insert_admin_in().returning(|_, _| {
        let source = sea_orm::DbErr::Custom("unique".into());
        Err(StoreError::Unique { constraint: "uq_admin_users_email".into(), source })
    });
    let (accounts, fixture) = accounts(mocks, MockOneTimeTokenRepository::new());
    let outcome = accounts.create(&boss(), new_admin()).await;
    assert!(matches!(outcome, Err(AuthError::EmailTaken)));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
    assert!(fixture.trail.actions().is_empty());
}

#[tokio::test]
async fn nobody_grants_more_than_they_have() {
    let (accounts, fixture) = accounts(Mocks::new(), MockOneTimeTokenRepository::new());
    let outcome = accounts.create(&acting(AdminRole::Finance, 98), new_admin()).await;
    assert!(matches!(outcome, Err(AuthError::Forbidden)));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn a_new_role_kills_the_tokens_of_the_old_one() {
    let before = target(AdminRole::Support);
    let mut mocks = found(&before, &[99]);
    let published = Published::by(&mut mocks);
    mocks
        .admins
        .expect_update_admin_in()
        .once()
        .withf(|_, after| after.role == AdminRole::Sales && after.generation == 2 && after.version == 4)
        .returning(|_, _| Ok(true));
    mocks
        .revocations
        .expect_insert_revocations_in()
        .once()
        .withf(|_, revocations| revocations[0].min_generation == 2)
        .returning(|_, _| Ok(()));
    let (accounts, fixture) = accounts(mocks, MockOneTimeTokenRepository::new());
    let if_match = VersionMatch::OneOf(vec![3]);
    let after = accounts.update(&boss(), before.id, &if_match, patch(Some("SALES"), None)).await.expect("updated");
    assert_eq!(after.version, 4);
    assert_eq!(fixture.trail.actions(), [("ADMIN_UPDATED", 200)]);
    let event = published.only();
    assert_eq!((event.kind.as_str(), &event.payload["fields"]), ("admin.updated.v1", &serde_json::json!(["role"])));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[rstest]
#[case::stale(AdminRole::Support, boss(), VersionMatch::OneOf(vec![2]), "PRECONDITION_FAILED")]
#[case::oneself(AdminRole::SuperAdmin, acting(AdminRole::SuperAdmin, 1), VersionMatch::Any, "CANNOT_CHANGE_SELF")]
#[case::the_last(AdminRole::SuperAdmin, boss(), VersionMatch::Any, "LAST_SUPER_ADMIN")]
#[case::a_higher_one(AdminRole::SuperAdmin, acting(AdminRole::Admin, 97), VersionMatch::Any, "FORBIDDEN")]
#[tokio::test]
async fn what_refuses_a_demotion_refuses_a_deactivation(
    #[case] role: AdminRole,
    #[case] context: RequestContext,
    #[case] if_match: VersionMatch,
    #[case] code: &str,
) {
    let account = target(role);
    let (accounts, fixture) = accounts(found(&account, &[1]), MockOneTimeTokenRepository::new());
    let update = accounts.update(&context, account.id, &if_match, patch(Some("MARKETING"), None)).await;
    assert_eq!(update.expect_err("refused").code(), code);
    let deactivate = accounts.deactivate(&context, account.id, &if_match).await;
    assert_eq!(deactivate.expect_err("refused").code(), code);
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK", "BEGIN", "ROLLBACK"]);
    assert!(fixture.trail.actions().is_empty());
}

#[tokio::test]
async fn nothing_changed_is_no_change() {
    let before = target(AdminRole::Support);
    let (accounts, fixture) = accounts(found(&before, &[]), MockOneTimeTokenRepository::new());
    let after = accounts.update(&boss(), before.id, &VersionMatch::Any, patch(None, Some("Lane"))).await;
    assert_eq!(after.expect("as it was"), before);
    assert!(fixture.trail.actions().is_empty());
}

#[tokio::test]
async fn deactivation_ends_sessions_tokens_and_links() {
    let before = target(AdminRole::Support);
    let mut mocks = found(&before, &[99]);
    let published = Published::by(&mut mocks);
    mocks
        .admins
        .expect_update_admin_in()
        .withf(|_, after| !after.is_active && after.generation == 2)
        .returning(|_, _| Ok(true));
    mocks.sessions.expect_end_sessions_in().once().returning(|_, _, _, _, _| Ok(1));
    mocks.revocations.expect_insert_revocations_in().once().returning(|_, _| Ok(()));
    let mut tokens = MockOneTimeTokenRepository::new();
    tokens.expect_revoke_tokens_in().once().returning(|_, _, _| Ok(1));
    let (accounts, fixture) = accounts(mocks, tokens);
    let after = accounts.deactivate(&boss(), before.id, &VersionMatch::Any).await.expect("deactivated");
    assert!(!after.is_active);
    assert_eq!(fixture.trail.actions(), [("ADMIN_DEACTIVATED", 200)]);
    assert_eq!(published.only().kind, "admin.deactivated.v1");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);

    let again = found(&after, &[99]);
    let (accounts, _) = super::tests::accounts(again, MockOneTimeTokenRepository::new());
    let outcome = accounts.deactivate(&boss(), after.id, &VersionMatch::Any).await;
    assert_eq!(outcome.expect_err("inactive already").kind(), ErrorKind::Conflict);
}

#[tokio::test]
async fn a_reset_by_staff_takes_the_password_away_and_sends_a_link() {
    let account = target(AdminRole::Support);
    let mut mocks = found(&account, &[]).with_rates();
    let published = Published::by(&mut mocks);
    mocks
        .admins
        .expect_set_password_in()
        .once()
        .withf(|_, _, credential| credential.hash != PasswordHash::new("$argon2id$old"))
        .returning(|_, _, _| Ok(()));
    mocks.admins.expect_bump_generation_in().once().returning(|_, _| Ok(Some(2)));
    mocks.sessions.expect_end_sessions_in().once().returning(|_, _, _, _, _| Ok(0));
    mocks.revocations.expect_insert_revocations_in().returning(|_, _| Ok(()));
    let mut tokens = MockOneTimeTokenRepository::new();
    tokens.expect_revoke_tokens_in().once().returning(|_, _, _| Ok(0));
    tokens.expect_insert_token_in().once().returning(|_, _| Ok(()));
    let (accounts, fixture) = accounts(mocks, tokens);
    accounts.reset_password(&boss(), account.id).await.expect("reset");
    assert!(published.is_empty());
    assert_eq!(fixture.mailed.only().0, AccountMessage::PasswordReset);
    assert_eq!(fixture.trail.actions(), [("PASSWORD_RESET_REQUESTED", 200)]);
}

#[rstest]
#[case::temporary(None, true)]
#[case::given(Some("Gravel-Magpie-77"), false)]
#[tokio::test]
async fn the_command_line_shows_a_temporary_password_or_takes_one(#[case] given: Option<&str>, #[case] shown: bool) {
    let mut mocks = Mocks::new();
    let published = Published::by(&mut mocks);
    mocks.admins.expect_insert_admin_in().returning(|_, _| Ok(()));
    let (accounts, fixture) = accounts(mocks, MockOneTimeTokenRepository::new());
    let context = RequestContext::system("create-admin", "cli");
    let given = given.map(secrecy::SecretString::from);
    let (account, recorded) = accounts.bootstrap(&context, new_admin(), given.as_ref()).await.expect("created");
    assert_eq!((account.must_change_password, recorded.is_some()), (shown, shown));
    let password = recorded.or(given).expect("a password");
    assert!(accounts.tools.hasher.verify(&password, Some(&account.password_hash)).await.expect("verifies").ok);
    assert_eq!(fixture.trail.subjects(), [Subject::System("create-admin")]);
    assert_eq!(published.only().kind, "admin.created.v1", "no mail is sent");
}

#[tokio::test]
async fn the_command_line_keeps_to_the_policy() {
    let (accounts, fixture) = accounts(Mocks::new(), MockOneTimeTokenRepository::new());
    let context = RequestContext::system("create-admin", "cli");
    let outcome = accounts.bootstrap(&context, new_admin(), Some(&"Password1!".into())).await;
    assert_eq!(outcome.expect_err("common").fields()[0].code, "TOO_COMMON");
    assert!(fixture.transactor.log().is_empty());
}
