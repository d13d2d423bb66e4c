//! Sessions, refresh tokens and revocations on real databases.

mod fixture;

use std::{sync::Arc, time::Duration};

use auth::{AdminRepository, AdminStore, AuthError, OwnSession, PasswordHash, RevocationRepository, SessionRepository};
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::{Audience, Clock, Entropy, OsEntropy, SessionProof, Transactor};
use secrecy::ExposeSecret;
use test_support::{FixedClock, eventually, on_each_database, within};

use fixture::{Node, PASSWORD, add_ada, add_ada_with, context};

const HERE: [u8; 4] = [203, 0, 113, 7];

/// A node with Ada signed in: her refresh and access tokens.
async fn signed_in(db: &platform::Database, clock: &Arc<FixedClock>) -> (Node, String, String) {
    add_ada(db, clock).await;
    let node = Node::start(db, clock).await;
    let tokens = node.sign_in(PASSWORD, HERE).await.expect("signs in").tokens;
    (node, tokens.refresh_token.expose_secret().to_owned(), tokens.access_token.expose_secret().to_owned())
}

fn own_session(node: &Node, access: &str) -> OwnSession {
    OwnSession::of(&node.auth.tokens.verify(Audience::Admin, access).expect("good")).expect("their own")
}

#[tokio::test]
async fn a_sign_in_leaves_its_rows() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let me = own_session(&node, &access);
        let sessions = node.auth.sessions.list(me.account).await.expect("lists");
        let [session] = sessions.as_slice() else { panic!("{sessions:?}") };
        assert_eq!((session.id, session.counter), (me.id, 0));
        assert_eq!(session.ip, Some(HERE.into()));
        assert_eq!(session.expires_at, clock.now() + TimeDelta::days(7));
        assert_eq!(session.ends_at, clock.now() + TimeDelta::days(30));
        let ada = AdminStore::new(db.database().clone()).find_admin(me.account.id().into()).await.expect("reads");
        assert_eq!(ada.expect("there").last_login_at, Some(clock.now()));
        assert_eq!(node.trail.count("LOGIN_SUCCESS"), 1);
    })
    .await;
}

#[tokio::test]
async fn ten_parallel_refreshes_all_succeed_with_one_successor() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, first, _) = signed_in(db.database(), &clock).await;
        let outcomes = join_all((0..10).map(|_| node.refresh(&first))).await;
        let successors: std::collections::BTreeSet<_> =
            outcomes.into_iter().map(|outcome| outcome.expect("refreshes")).collect();
        assert_eq!(successors.len(), 1);
        assert_eq!(node.trail.count("TOKEN_REFRESHED"), 1);
        assert_eq!(node.trail.count("REFRESH_REUSE_DETECTED"), 0);
    })
    .await;
}

#[tokio::test]
async fn reuse_ends_the_session_everywhere_and_for_good() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, first, access) = signed_in(db.database(), &clock).await;
        let second = node.refresh(&first).await.expect("refreshes");
        let third = node.refresh(&second).await.expect("refreshes");
        // The successor has been used, so the grace is over although no time has passed.
        assert!(matches!(node.refresh(&first).await, Err(AuthError::RefreshReused)));
        assert!(matches!(node.refresh(&third).await, Err(AuthError::RefreshReused)), "its owner's token is dead too");
        // Another node, or this one after a restart, reads it from the database.
        let other = Node::start(db.database(), &clock).await;
        assert!(matches!(other.auth.tokens.verify(Audience::Admin, &access), Err(AuthError::TokenRevoked)));
        assert!(matches!(other.refresh(&third).await, Err(AuthError::RefreshReused)));
        assert_eq!(node.trail.count("REFRESH_REUSE_DETECTED"), 1, "once, not at each try");
    })
    .await;
}

#[tokio::test]
async fn the_grace_ends_with_time_and_with_sign_out() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, first, _) = signed_in(db.database(), &clock).await;
        let second = node.refresh(&first).await.expect("refreshes");
        clock.advance(TimeDelta::seconds(30));
        assert_eq!(node.refresh(&first).await.expect("in the grace"), second);
        clock.advance(TimeDelta::seconds(1));
        assert!(matches!(node.refresh(&first).await, Err(AuthError::RefreshReused)));

        let again = node.sign_in(PASSWORD, HERE).await.expect("signs in").tokens;
        let first = again.refresh_token.expose_secret();
        let second = node.refresh(first).await.expect("refreshes");
        let kind = Audience::Admin;
        assert_eq!(node.auth.sign_out.sign_out(&context(), kind, Some(first), None).await.expect("signs out"), 1);
        for token in [first, second.as_str()] {
            assert!(matches!(node.refresh(token).await, Err(AuthError::TokenRevoked)));
        }
        assert_eq!(node.auth.sign_out.sign_out(&context(), kind, Some(first), None).await.expect("fine"), 0);
    })
    .await;
}

#[tokio::test]
async fn sessions_end_by_idleness_and_by_age() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, mut token, _) = signed_in(db.database(), &clock).await;
        for _ in 0..4 {
            clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
            token = node.refresh(&token).await.expect("kept alive");
        }
        clock.advance(TimeDelta::days(3));
        assert!(matches!(node.refresh(&token).await, Err(AuthError::TokenExpired)), "30 days are enough");
        let idle = node.sign_in(PASSWORD, HERE).await.expect("signs in").tokens;
        clock.advance(TimeDelta::days(7));
        let outcome = node.refresh(idle.refresh_token.expose_secret()).await;
        assert!(matches!(outcome, Err(AuthError::TokenExpired)));
        let mut tx = node.db.begin().await.expect("begins");
        clock.advance(TimeDelta::days(31));
        assert_eq!(node.auth.sessions.purge_in(&mut tx).await.expect("purges"), 2);
    })
    .await;
}

#[tokio::test]
async fn ending_sessions_spares_the_excepted_one_and_other_accounts() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let other = node.sign_in(PASSWORD, HERE).await.expect("signs in").tokens;
        let me = own_session(&node, &access);
        let other_account = auth::AccountId::Admin(uuid::Uuid::from_u128(9).into());
        let refused = node.auth.sessions.revoke(&context(), other_account, me.id).await;
        assert!(matches!(refused, Err(AuthError::SessionNotFound)));
        let ended = node.auth.sessions.revoke_all(&context(), me.account, Some(me.id)).await.expect("ends");
        assert_eq!(ended, 1);
        node.auth.revocations.load().await.expect("reads");
        assert!(node.auth.tokens.verify(Audience::Admin, &access).is_ok());
        let dead = node.auth.tokens.verify(Audience::Admin, other.access_token.expose_secret());
        assert!(matches!(dead, Err(AuthError::TokenRevoked)));
        node.auth.sessions.revoke(&context(), me.account, me.id).await.expect("ends");
        assert!(node.auth.sessions.list(me.account).await.expect("lists").is_empty());
    })
    .await;
}

#[tokio::test]
async fn every_node_hears_of_a_revocation_within_a_second() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let other = Node::start(db.database(), &clock).await;
        let stop = tokio_util::sync::CancellationToken::new();
        let feeds: Vec<_> = [&node, &other]
            .map(|node| {
                let (revocations, stop) = (Arc::clone(&node.auth.revocations), stop.clone());
                tokio::spawn(async move { revocations.run(stop).await })
            })
            .into();
        assert!(other.auth.tokens.verify(Audience::Admin, &access).is_ok());
        let me = own_session(&node, &access);
        let mut tx = node.db.begin().await.expect("begins");
        node.auth.revocations.revoke_principal_in(&mut tx, me.account, 2, None).await.expect("writes");
        assert!(node.auth.tokens.verify(Audience::Admin, &access).is_ok(), "not before the commit");
        tx.commit().await.expect("commits");
        for node in [&node, &other] {
            let revoked = async || {
                matches!(node.auth.tokens.verify(Audience::Admin, &access), Err(AuthError::TokenRevoked)).then_some(())
            };
            // A second, and some more on a busy machine.
            within(Duration::from_secs(5), "the node hears of it", revoked).await;
        }
        stop.cancel();
        for feed in feeds {
            feed.await.expect("ends");
        }
    })
    .await;
}

#[tokio::test]
async fn a_temporary_password_ends_after_seven_days() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let ada = add_ada(db.database(), &clock).await;
        let node = Node::start(db.database(), &clock).await;
        let temporary = auth::NewCredential { hash: ada.password_hash.clone(), must_change: true, at: clock.now() };
        let mut tx = node.db.begin().await.expect("begins");
        node.stored.admins.set_password_in(&mut tx, ada.id, &temporary).await.expect("sets");
        tx.commit().await.expect("commits");
        clock.advance(TimeDelta::days(7) - TimeDelta::seconds(1));
        node.sign_in(PASSWORD, HERE).await.expect("still good");
        clock.advance(TimeDelta::seconds(1));
        assert!(matches!(node.sign_in(PASSWORD, HERE).await, Err(AuthError::InvalidCredentials)));
        // One of their own has no end.
        let own = auth::NewCredential { must_change: false, ..temporary };
        let mut tx = node.db.begin().await.expect("begins");
        node.stored.admins.set_password_in(&mut tx, ada.id, &own).await.expect("sets");
        tx.commit().await.expect("commits");
        node.sign_in(PASSWORD, HERE).await.expect("signs in");
    })
    .await;
}

#[tokio::test]
async fn parallel_sign_ins_of_one_account_do_not_block_each_other() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        // An old hash, so that all of them want to replace it.
        let weak = PasswordHash::new(bcrypt::hash(PASSWORD, 4).expect("hashes"));
        let ada = add_ada_with(db.database(), &clock, weak).await;
        let node = Node::start(db.database(), &clock).await;
        let outcomes = join_all((0..4).map(|_| node.sign_in(PASSWORD, HERE))).await;
        for outcome in outcomes {
            outcome.expect("signs in");
        }
        let ada = node.stored.admins.find_admin(ada.id).await.expect("reads").expect("there");
        assert!(ada.password_hash.as_str().starts_with("$argon2id$"));
        assert_eq!(node.auth.sessions.list(auth::AccountId::Admin(ada.id)).await.expect("lists").len(), 4);
    })
    .await;
}

/// Opens sessions as a sign-in would, many in one transaction.
async fn open_many(node: &Node, like: &auth::Session, count: usize) -> Vec<kernel::SessionId> {
    let mut tx = node.db.begin().await.expect("begins");
    let mut opened = Vec::new();
    for number in 0..count {
        let id = OsEntropy.uuid_v7(node.clock.now()).into();
        let created_at = like.created_at + TimeDelta::milliseconds(i64::try_from(number).expect("small"));
        let session = auth::Session { id, created_at, ..like.clone() };
        node.stored.sessions.insert_session_in(&mut tx, &session).await.expect("inserts");
        opened.push(id);
    }
    tx.commit().await.expect("commits");
    opened
}

#[tokio::test]
async fn an_account_with_thousands_of_sessions_is_ended_by_one_row() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let me = own_session(&node, &access);
        let mine = node.auth.sessions.list(me.account).await.expect("lists").remove(0);
        let others = open_many(&node, &mine, 7_200).await;
        let subject = node.auth.tokens.verify(Audience::Admin, &access).expect("good").subject;
        let of = |session_id| {
            let proof =
                SessionProof { session_id, generation: 1, tenant_generation: None, must_change_password: false };
            auth::caller_of(subject).in_session(proof)
        };
        let token = |session| node.auth.tokens.sign(&of(session)).expect("signs");
        let (first, last) = (token(others[0]), token(others[7_199]));

        let ended = node.auth.sessions.revoke_all(&context(), me.account, Some(me.id)).await.expect("ends");
        assert_eq!(ended, 7_200);
        node.auth.revocations.load().await.expect("reads");
        assert_eq!(node.auth.revocations.live().len(), 1);
        for token in [&first, &last] {
            let dead = node.auth.tokens.verify(Audience::Admin, token.expose_secret());
            assert!(matches!(dead, Err(AuthError::TokenRevoked)));
        }
        assert!(node.auth.tokens.verify(Audience::Admin, &access).is_ok(), "the caller's own goes on");
        let again = node.sign_in(PASSWORD, HERE).await.expect("signs in").tokens;
        assert!(node.auth.tokens.verify(Audience::Admin, again.access_token.expose_secret()).is_ok());
    })
    .await;
}

#[tokio::test]
async fn the_oldest_sessions_end_beyond_a_hundred() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let me = own_session(&node, &access);
        let mine = node.auth.sessions.list(me.account).await.expect("lists").remove(0);
        // From before there was a limit; more than SQLite takes parameters for.
        let others = open_many(&node, &mine, 7_200).await;
        clock.advance(TimeDelta::minutes(1));
        let newest = node.sign_in(PASSWORD, HERE).await.expect("signs in").tokens;
        let live = node.auth.sessions.list(me.account).await.expect("lists");
        assert_eq!(live.len(), 100);
        let stored: std::collections::BTreeSet<_> = live.iter().map(|session| session.id).collect();
        assert!(others[7_200 - 99..].iter().all(|id| stored.contains(id)), "the latest stay");
        node.auth.revocations.load().await.expect("reads");
        assert!(matches!(node.auth.tokens.verify(Audience::Admin, &access), Err(AuthError::TokenRevoked)));
        assert!(node.auth.tokens.verify(Audience::Admin, newest.access_token.expose_secret()).is_ok());
        let ended = node.stored.sessions.find_session(Audience::Admin, others[0]).await.expect("reads");
        assert_eq!(ended.and_then(|session| session.ended).map(|(_, reason)| reason), Some(auth::EndReason::TooMany));
        assert_eq!(node.trail.count("SESSION_REVOKED"), 1);
    })
    .await;
}

#[tokio::test]
async fn parallel_sign_ins_do_not_exceed_the_limit() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let me = own_session(&node, &access);
        let mine = node.auth.sessions.list(me.account).await.expect("lists").remove(0);
        open_many(&node, &mine, 98).await;
        for outcome in join_all((0..4).map(|_| node.sign_in(PASSWORD, HERE))).await {
            outcome.expect("signs in");
        }
        assert_eq!(node.auth.sessions.list(me.account).await.expect("lists").len(), 100);
    })
    .await;
}

#[tokio::test]
async fn a_revocation_that_commits_late_is_not_missed() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let me = own_session(&node, &access);
        let other_account = auth::AccountId::Admin(uuid::Uuid::from_u128(9).into());
        let revocations = &node.stored.revocations;
        let (_, start) = revocations.list_revocations(None).await.expect("reads");
        let mut slow = node.db.begin().await.expect("begins");
        node.auth.revocations.revoke_principal_in(&mut slow, me.account, 2, None).await.expect("writes");
        // On PostgreSQL a later one commits, and is read, before it. On SQLite there is one writer at a time.
        let position = if db.database().engine() == platform::Engine::Postgres {
            let mut quick = node.db.begin().await.expect("begins");
            node.auth.revocations.revoke_principal_in(&mut quick, other_account, 2, None).await.expect("writes");
            quick.commit().await.expect("commits");
            let (read, position) = revocations.list_revocations(Some(start)).await.expect("reads");
            assert_eq!(read.iter().map(|revocation| revocation.subject).collect::<Vec<_>>(), [other_account.id()]);
            position
        } else {
            start
        };
        slow.commit().await.expect("commits");
        let (read, mut position) = revocations.list_revocations(Some(position)).await.expect("reads");
        assert!(read.iter().any(|revocation| revocation.subject == me.account.id()), "{read:?}");
        // On PostgreSQL whatever else runs in the cluster keeps the position back for a while.
        let is_seen = async || {
            let (read, next) = revocations.list_revocations(Some(position)).await.expect("reads");
            position = next;
            read.is_empty().then_some(())
        };
        eventually("each is read until it was seen, and no longer", is_seen).await;
    })
    .await;
}

#[tokio::test]
async fn the_feed_takes_no_notice_of_the_writers_clock() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let (node, _, access) = signed_in(db.database(), &clock).await;
        let (_, start) = node.stored.revocations.list_revocations(None).await.expect("reads");
        // A node whose clock is an hour behind ends the session.
        let behind = Arc::new(FixedClock::default());
        behind.advance(TimeDelta::hours(-1));
        let other = Node::start(db.database(), &behind).await;
        let me = own_session(&node, &access);
        other.auth.sessions.revoke(&context(), me.account, me.id).await.expect("ends");
        let (read, _) = node.stored.revocations.list_revocations(Some(start)).await.expect("reads");
        assert_eq!(read.len(), 1);
        node.auth.revocations.load().await.expect("reads");
        assert!(matches!(node.auth.tokens.verify(Audience::Admin, &access), Err(AuthError::TokenRevoked)));
        // Nor is it deleted because somebody's clock says that its time is over.
        let mut tx = node.db.begin().await.expect("begins");
        assert_eq!(node.auth.revocations.purge_in(&mut tx).await.expect("purges"), 0);
    })
    .await;
}
