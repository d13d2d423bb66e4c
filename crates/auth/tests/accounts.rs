//! Accounts, credentials and one-time tokens on both databases, and the races that only a database decides.

mod fixture;

use std::sync::Arc;

use auth::{
    AccountId, AdminAccount, AdminAccounts, AdminFilter, AdminPatch, AdminPatchInput, AdminRepository, AdminSort,
    AdminStore, AuthError, CredentialRepository, CredentialStore, NewAdmin, NewAdminInput, NewCredential, OneTimeToken,
    OneTimeTokenRepository, OneTimeTokenStore, PasswordHash, TokenPurpose,
};
use chrono::TimeDelta;
use fixture::{EMAIL, Node, add_ada, add_ada_with, context};
use futures::future::join_all;
use kernel::{
    AdminId, AdminRole, Audience, Clock, OsEntropy, RequestContext, Subject, TenantId, TenantUserId, Transactor, Tx,
    VersionMatch,
    page::{Cursor, Direction, PageRequest, Sort, Start},
};
use platform::Database;
use secrecy::ExposeSecret;
use test_support::{FixedClock, on_each_database};
use uuid::Uuid;

async fn accounts(db: &Database, clock: &Arc<FixedClock>) -> Arc<AdminAccounts> {
    Node::start(db, clock).await.auth.admins
}

fn named(number: usize, role: &str) -> NewAdmin {
    let input = NewAdminInput {
        first_name: format!("Anna{number}"),
        last_name: format!("Z{}", number % 3),
        email: format!("a{number}@nextcrm.test"),
        role: role.to_owned(),
        ..NewAdminInput::default()
    };
    NewAdmin::parse(&input).expect("a right input")
}

fn by(id: AdminId) -> RequestContext {
    context().acting_as(auth::caller_of(Subject::Admin { id, role: AdminRole::SuperAdmin }))
}

async fn add(accounts: &AdminAccounts, count: usize, role: &str) -> Vec<AdminAccount> {
    let mut added = Vec::new();
    for number in 0..count {
        let context = RequestContext::system("test", "t");
        added.push(accounts.create(&context, named(number, role)).await.expect("created"));
    }
    added
}

async fn in_tx<T>(db: &Database, work: impl AsyncFnOnce(&mut Tx) -> T) -> T {
    let mut tx = db.begin().await.expect("begins");
    let outcome = work(&mut tx).await;
    tx.commit().await.expect("commits");
    outcome
}

#[tokio::test]
async fn an_account_is_read_as_it_was_written() {
    on_each_database(async |db| {
        let db = db.database();
        let clock = FixedClock::default();
        let (ada, store) = (add_ada(db, &clock).await, AdminStore::new(db.clone()));
        assert_eq!(store.find_admin(ada.id).await.expect("reads").as_ref(), Some(&ada));
        assert_eq!(store.find_admin_by_email(&ada.email).await.expect("reads").as_ref(), Some(&ada));
        let locked = in_tx(db, async |tx| store.find_admin_for_update(tx, ada.id).await).await;
        assert_eq!(locked.expect("reads").as_ref(), Some(&ada));

        let twin = AdminAccount { id: Uuid::from_u128(7).into(), ..ada.clone() };
        let mut tx = db.begin().await.expect("begins");
        let taken = store.insert_admin_in(&mut tx, &twin).await.expect_err("taken");
        assert_eq!(taken.unique_constraint(), Some("uq_admin_users_email"));
    })
    .await;
}

#[tokio::test]
async fn only_the_version_that_was_read_is_changed() {
    on_each_database(async |db| {
        let db = db.database();
        let ada = add_ada(db, &FixedClock::default()).await;
        let store = AdminStore::new(db.clone());
        let next = AdminAccount { version: 2, last_name: "Lake".to_owned(), is_active: false, ..ada.clone() };
        assert!(in_tx(db, async |tx| store.update_admin_in(tx, &next).await).await.expect("updates"));
        assert!(!in_tx(db, async |tx| store.update_admin_in(tx, &next).await).await.expect("stale"));
        assert_eq!(store.find_admin(ada.id).await.expect("reads"), Some(next));
    })
    .await;
}

#[tokio::test]
async fn a_password_is_replaced_and_its_hash_upgraded_only_while_it_is_the_same() {
    on_each_database(async |db| {
        let db = db.database();
        let clock = FixedClock::default();
        let (ada, store) = (add_ada(db, &clock).await, AdminStore::new(db.clone()));
        let better = PasswordHash::new("better");
        let upgrade = async |from: &PasswordHash| {
            in_tx(db, async |tx| store.upgrade_hash_in(tx, ada.id, from, &better).await).await.expect("runs")
        };
        assert!(!upgrade(&PasswordHash::new("another")).await);
        assert!(upgrade(&ada.password_hash).await);
        let at = clock.now() + TimeDelta::hours(1);
        let credential = NewCredential { hash: PasswordHash::new("new"), must_change: true, at };
        in_tx(db, async |tx| store.set_password_in(tx, ada.id, &credential).await).await.expect("sets");
        let bumped = in_tx(db, async |tx| store.bump_generation_in(tx, ada.id).await).await.expect("bumps");
        let nobody = in_tx(db, async |tx| store.bump_generation_in(tx, Uuid::from_u128(7).into()).await).await;
        assert_eq!((bumped, nobody.expect("runs")), (Some(2), None));
        let after = store.find_admin(ada.id).await.expect("reads").expect("is there");
        assert!(after.must_change_password && after.password_hash == PasswordHash::new("new"));
        assert_eq!((after.version, after.generation), (2, 2));
    })
    .await;
}

#[tokio::test]
async fn lists_filter_search_and_page_in_total_order() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let accounts = accounts(db.database(), &clock).await;
        add(&accounts, 7, "SALES").await;
        let special = NewAdminInput {
            first_name: "100%_sure".into(),
            last_name: "Ölund".into(),
            email: "sure@nextcrm.test".into(),
            role: "FINANCE".into(),
            ..NewAdminInput::default()
        };
        let special = NewAdmin::parse(&special).unwrap_or_else(|errors| panic!("{errors:?}"));
        accounts.create(&RequestContext::system("test", "t"), special).await.expect("created");

        let page = |start, field, direction| PageRequest { limit: 3, start, sort: Sort { field, direction } };
        for field in [AdminSort::CreatedAt, AdminSort::Email, AdminSort::LastName] {
            for direction in [Direction::Ascending, Direction::Descending] {
                let (mut start, mut seen) = (Start::Offset(0), Vec::new());
                loop {
                    let list = accounts.list(&AdminFilter::default(), &page(start, field, direction)).await;
                    let list = list.expect("lists");
                    assert_eq!(list.total, 8);
                    seen.extend(list.items.iter().map(|admin| admin.id));
                    let Some((value, id)) = list.next else { break };
                    start = Start::After(Cursor::new(String::new(), value, id, 0));
                }
                assert_eq!(seen.len(), 8, "{field:?} {direction:?}");
                let at_once = PageRequest { limit: 10, ..page(Start::Offset(0), field, direction) };
                let all = accounts.list(&AdminFilter::default(), &at_once).await.expect("lists");
                assert_eq!(seen, all.items.iter().map(|admin| admin.id).collect::<Vec<_>>());
            }
        }
        let first = page(Start::Offset(0), AdminSort::CreatedAt, Direction::Ascending);
        let count = async |filter: AdminFilter| accounts.list(&filter, &first).await.expect("lists").total;
        let search = |text: &str| AdminFilter { search: Some(text.to_owned()), ..AdminFilter::default() };
        assert_eq!(count(search("ANNA")).await, 7);
        assert_eq!(count(search("%_s")).await, 1, "wildcards are taken literally");
        assert_eq!(count(search("Ölun")).await, 1);
        assert_eq!(count(search("' OR 1=1 --")).await, 0);
        assert_eq!(count(AdminFilter { role: Some(AdminRole::Finance), ..AdminFilter::default() }).await, 1);
        assert_eq!(count(AdminFilter { is_active: Some(false), ..AdminFilter::default() }).await, 0);
    })
    .await;
}

#[tokio::test]
async fn a_tenant_users_password_is_only_reached_through_their_tenant() {
    on_each_database(async |db| {
        let db = db.database();
        let (store, at) = (CredentialStore::new(db.clone()), FixedClock::default().now());
        let tenant = |number| TenantId(Uuid::from_u128(number));
        let person = TenantUserId(Uuid::from_u128(9));
        let (first, second) = (PasswordHash::new("first"), PasswordHash::new("second"));
        assert_eq!(store.find_hash(tenant(1), person).await.expect("reads"), None);
        for hash in [&first, &second] {
            in_tx(db, async |tx| store.set_hash_in(tx, tenant(1), person, hash, at).await).await.expect("sets");
            assert_eq!(store.find_hash(tenant(1), person).await.expect("reads").as_ref(), Some(hash));
        }
        assert_eq!(store.find_hash(tenant(2), person).await.expect("reads"), None);
        let locked = in_tx(db, async |tx| store.find_hash_for_update(tx, tenant(2), person).await).await;
        assert_eq!(locked.expect("reads"), None);
        let foreign = in_tx(db, async |tx| store.upgrade_hash_in(tx, tenant(2), person, &second, &first).await).await;
        assert!(!foreign.expect("runs"));
        let mut tx = db.begin().await.expect("begins");
        let _ = store.set_hash_in(&mut tx, tenant(2), person, &first, at).await;
        drop(tx);
        assert_eq!(store.find_hash(tenant(1), person).await.expect("reads"), Some(second));
    })
    .await;
}

#[tokio::test]
async fn a_token_is_used_once_and_not_after_its_time() {
    on_each_database(async |db| {
        let db = db.database();
        let (store, now) = (OneTimeTokenStore::new(db.clone()), FixedClock::default().now());
        let subject = AccountId::Tenant { tenant_id: Uuid::from_u128(1).into(), user_id: Uuid::from_u128(2).into() };
        let issue = async || {
            let bound_to = PasswordHash::fingerprint(None);
            let (token, text) = OneTimeToken::issue(&OsEntropy, now, TokenPurpose::Invitation, subject, bound_to);
            in_tx(db, async |tx| store.insert_token_in(tx, &token).await).await.expect("stores");
            assert_eq!(token.token_hash, OneTimeToken::hash_of(&text));
            assert_eq!(store.find_token(&token.token_hash).await.expect("reads").as_ref(), Some(&token));
            token
        };
        let used = async |token: &OneTimeToken, at| {
            in_tx(db, async |tx| store.use_token_in(tx, token.id, at).await).await.expect("runs")
        };
        let (first, second, third) = (issue().await, issue().await, issue().await);
        assert!(!used(&first, first.expires_at).await, "over");
        assert!(used(&first, now).await);
        assert!(!used(&first, now).await, "used");
        let revoked = in_tx(db, async |tx| store.revoke_tokens_in(tx, subject, now).await).await;
        assert_eq!(revoked.expect("runs"), 2);
        assert!(!used(&second, now).await && !used(&third, now).await, "revoked");
        let made = in_tx(db, async |tx| store.count_tokens_since(tx, subject, now).await).await;
        assert_eq!(made.expect("counts"), 3);
        let before = now + TimeDelta::days(8);
        assert_eq!(in_tx(db, async |tx| store.purge_tokens_in(tx, before).await).await.expect("runs"), 3);
    })
    .await;
}

#[tokio::test]
async fn a_reset_link_works_once_under_twenty_parallel_uses() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let passwords = Node::start(db.database(), &clock).await.auth.passwords;
        let ada = add_ada(db.database(), &clock).await;
        let bound_to = PasswordHash::fingerprint(Some(&ada.password_hash));
        let subject = AccountId::Admin(ada.id);
        let (token, text) = OneTimeToken::issue(&OsEntropy, clock.now(), TokenPurpose::AdminReset, subject, bound_to);
        let tokens = OneTimeTokenStore::new(db.database().clone());
        in_tx(db.database(), async |tx| tokens.insert_token_in(tx, &token).await).await.expect("stores");

        let uses = (0..20).map(|number| {
            let (passwords, text) = (passwords.clone(), text.clone());
            tokio::spawn(async move {
                let new = format!("Lantern-Wombat-{number}").into();
                passwords.reset(&context(), Audience::Admin, &text, &new).await
            })
        });
        let outcomes: Vec<_> = join_all(uses).await.into_iter().map(|outcome| outcome.expect("runs")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1, "{outcomes:?}");
        let lost = |outcome: &&Result<(), AuthError>| matches!(outcome, Err(AuthError::OneTimeTokenInvalid));
        assert_eq!(outcomes.iter().filter(lost).count(), 19, "{outcomes:?}");
    })
    .await;
}

#[tokio::test]
async fn one_super_admin_stays_however_they_turn_on_each_other() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let accounts = accounts(db.database(), &clock).await;
        let admins = add(&accounts, 6, "SUPER_ADMIN").await;
        let turns = (0..admins.len()).map(|number| {
            let (accounts, actor) = (accounts.clone(), by(admins[number].id));
            let target = admins[(number + 1) % admins.len()].id;
            tokio::spawn(async move {
                if number % 2 == 0 {
                    accounts.deactivate(&actor, target, &VersionMatch::Any).await
                } else {
                    let role = AdminPatchInput { role: Some("SALES".into()), ..AdminPatchInput::default() };
                    let patch = AdminPatch::parse(&role).unwrap_or_default();
                    accounts.update(&actor, target, &VersionMatch::Any, patch).await
                }
            })
        });
        let outcomes: Vec<_> = join_all(turns).await.into_iter().map(|outcome| outcome.expect("runs")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 5, "{outcomes:?}");
        assert!(outcomes.iter().any(|outcome| matches!(outcome, Err(AuthError::LastSuperAdmin))));
        let store = AdminStore::new(db.database().clone());
        let left = in_tx(db.database(), async |tx| store.lock_active_super_admins(tx).await).await;
        assert_eq!(left.expect("reads").len(), 1);
    })
    .await;
}

#[tokio::test]
async fn of_two_changes_of_one_version_one_wins() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let accounts = accounts(db.database(), &clock).await;
        let admin = add(&accounts, 1, "SALES").await.remove(0);
        let boss = by(Uuid::from_u128(99).into());
        let changes = ["One", "Two", "Three", "Four"].map(|last_name| {
            let (accounts, boss, id) = (accounts.clone(), boss.clone(), admin.id);
            tokio::spawn(async move {
                let name = AdminPatchInput { last_name: Some(last_name.into()), ..AdminPatchInput::default() };
                let patch = AdminPatch::parse(&name).unwrap_or_default();
                accounts.update(&boss, id, &VersionMatch::OneOf(vec![1]), patch).await
            })
        });
        let outcomes: Vec<_> = join_all(changes).await.into_iter().map(|outcome| outcome.expect("runs")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let stale = |outcome: &&Result<_, _>| matches!(outcome, Err(AuthError::PreconditionFailed));
        assert_eq!(outcomes.iter().filter(stale).count(), 3, "{outcomes:?}");
    })
    .await;
}

#[tokio::test]
async fn an_address_is_registered_once_under_parallel_tries() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let accounts = accounts(db.database(), &clock).await;
        let tries = (0..10).map(|_| {
            let accounts = accounts.clone();
            tokio::spawn(async move { accounts.create(&RequestContext::system("test", "t"), named(1, "SALES")).await })
        });
        let outcomes: Vec<_> = join_all(tries).await.into_iter().map(|outcome| outcome.expect("runs")).collect();
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
        let taken = |outcome: &&Result<_, _>| matches!(outcome, Err(AuthError::EmailTaken));
        assert_eq!(outcomes.iter().filter(taken).count(), 9, "{outcomes:?}");
    })
    .await;
}

/// bcrypt of `Workshop-2019!`, cost 10, as the old system stored it.
const LEGACY: &str = "$2b$10$U70l25osrvG3IuZglisVHuM124z.klJjoNuNC0nLwOjxop.FsL3sS";

#[tokio::test]
async fn a_sign_in_replaces_a_hash_of_the_old_system() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let ada = add_ada_with(db.database(), &clock, PasswordHash::new(LEGACY)).await;
        assert_eq!(ada.email.as_str(), EMAIL);
        let node = Node::start(db.database(), &clock).await;
        let signed_in = node.sign_in("Workshop-2019!", [203, 0, 113, 7]).await.expect("signs in");
        assert!(!signed_in.tokens.refresh_token.expose_secret().is_empty());
        let stored = node.stored.admins.find_admin(ada.id).await.expect("reads").expect("is there");
        assert!(stored.password_hash.as_str().starts_with("$argon2id$"));
        node.sign_in("Workshop-2019!", [203, 0, 113, 7]).await.expect("signs in again");
        assert!(node.sign_in("Workshop-2019?", [203, 0, 113, 7]).await.is_err());
    })
    .await;
}
