//! Counting and locking on real databases.

mod fixture;

use std::{sync::Arc, time::Duration};

use auth::AuthError;
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::{Audience, Transactor};
use test_support::{FixedClock, on_each_database};

use fixture::{EMAIL, Node, PASSWORD, add_ada};

const HERE: [u8; 4] = [203, 0, 113, 7];
const NEIGHBOUR: [u8; 4] = [203, 0, 113, 99];
const ELSEWHERE: [u8; 4] = [198, 51, 100, 1];

#[tokio::test]
async fn ten_failures_lock_the_account_for_that_network_only() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        add_ada(db.database(), &clock).await;
        let node = Node::start(db.database(), &clock).await;
        for _ in 0..10 {
            assert!(matches!(node.sign_in("wrong", HERE).await, Err(AuthError::InvalidCredentials)));
            clock.advance(TimeDelta::seconds(1));
        }
        // The right password does not reveal itself, and the lock does not grow by trying.
        for password in [PASSWORD, "wrong"] {
            let Err(AuthError::AccountLocked { retry_after }) = node.sign_in(password, NEIGHBOUR).await else {
                panic!("not locked");
            };
            assert_eq!(retry_after, Duration::from_secs(15 * 60 - 1));
        }
        // Another node (or this one after a restart) knows, the owner elsewhere gets in.
        let other = Node::start(db.database(), &clock).await;
        assert!(matches!(other.sign_in(PASSWORD, HERE).await, Err(AuthError::AccountLocked { .. })));
        other.sign_in(PASSWORD, ELSEWHERE).await.expect("signs in from elsewhere");
        assert!(matches!(other.sign_in(PASSWORD, HERE).await, Err(AuthError::AccountLocked { .. })));
        clock.advance(TimeDelta::seconds(15 * 60));
        node.sign_in(PASSWORD, HERE).await.expect("the lock is over");
    })
    .await;
}

#[tokio::test]
async fn unknown_addresses_lock_alike() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let node = Node::start(db.database(), &clock).await;
        for _ in 0..10 {
            assert!(matches!(node.sign_in("wrong", HERE).await, Err(AuthError::InvalidCredentials)));
        }
        assert!(matches!(node.sign_in("wrong", HERE).await, Err(AuthError::AccountLocked { .. })));
    })
    .await;
}

#[tokio::test]
async fn a_hundred_parallel_tries_are_all_counted() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let node = Node::start(db.database(), &clock).await;
        let account = auth::TriedAccount {
            kind: Audience::Admin,
            tenant: String::new(),
            email: EMAIL.parse().expect("an address"),
        };
        let tries = join_all((0..100).map(|_| node.auth.throttle.count(&account, Some(HERE.into())))).await;
        let passed = tries.iter().filter(|outcome| outcome.is_ok()).count();
        let locked = tries.iter().filter(|outcome| matches!(outcome, Err(AuthError::AccountLocked { .. }))).count();
        assert_eq!((passed, locked), (10, 90));
    })
    .await;
}

#[tokio::test]
async fn a_success_forgets_the_failures_and_counts_as_none() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        add_ada(db.database(), &clock).await;
        let node = Node::start(db.database(), &clock).await;
        for _ in 0..3 {
            for _ in 0..9 {
                assert!(matches!(node.sign_in("wrong", HERE).await, Err(AuthError::InvalidCredentials)));
            }
            node.sign_in(PASSWORD, HERE).await.expect("the tenth try may still be right");
        }
        // 27 failures from this network so far; signing in often is no failure.
        for _ in 0..30 {
            node.sign_in(PASSWORD, HERE).await.expect("signs in");
        }
    })
    .await;
}

#[tokio::test]
async fn failures_count_for_a_quarter_of_an_hour() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let node = Node::start(db.database(), &clock).await;
        for _ in 0..3 {
            for _ in 0..9 {
                assert!(matches!(node.sign_in("wrong", HERE).await, Err(AuthError::InvalidCredentials)));
            }
            clock.advance(TimeDelta::minutes(15));
        }
        let mut tx = node.db.begin().await.expect("begins");
        clock.advance(TimeDelta::minutes(1));
        assert_eq!(node.auth.throttle.purge_in(&mut tx).await.expect("purges"), 3);
    })
    .await;
}

#[tokio::test]
async fn whoever_holds_a_48_of_ipv6_does_not_get_50_tries_for_each_of_its_networks() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let node = Node::start(db.database(), &clock).await;
        let try_from = async |n: u16, site: u16| {
            let account = auth::TriedAccount {
                kind: Audience::Tenant,
                tenant: "garage".to_owned(),
                email: format!("person{n}@garage.test").parse().expect("an address"),
            };
            let ip = std::net::Ipv6Addr::new(0x2001, 0xdb8, site, n, 0, 0, 0, 1);
            node.auth.throttle.count(&account, Some(ip.into())).await
        };
        for n in 0..200 {
            let _counted = try_from(n, 1).await.expect("may try");
        }
        let refused = try_from(200, 1).await;
        assert!(matches!(refused, Err(AuthError::TooManyFailures { .. })), "{refused:?}");
        let _counted = try_from(200, 2).await.expect("others may try");
    })
    .await;
}

#[tokio::test]
async fn one_network_may_not_try_many_accounts() {
    on_each_database(async |db| {
        let clock = Arc::new(FixedClock::default());
        let node = Node::start(db.database(), &clock).await;
        let account = |n: u32| auth::TriedAccount {
            kind: Audience::Tenant,
            tenant: "garage".to_owned(),
            email: format!("person{n}@garage.test").parse().expect("an address"),
        };
        for n in 0..50 {
            let _counted = node.auth.throttle.count(&account(n), Some(HERE.into())).await.expect("may try");
        }
        let refused = node.auth.throttle.count(&account(50), Some(NEIGHBOUR.into())).await;
        assert!(matches!(refused, Err(AuthError::TooManyFailures { .. })), "{refused:?}");
        let _counted = node.auth.throttle.count(&account(50), Some(ELSEWHERE.into())).await.expect("others may try");
    })
    .await;
}
