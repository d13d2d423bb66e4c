use chrono::TimeDelta;
use rstest::rstest;

use super::*;
use crate::{
    repository::Tally,
    service::test_ports::{Fixture, Mocks},
};

fn throttle(fixture: &Fixture) -> Throttle {
    Throttle::new(&fixture.deps, Arc::clone(&fixture.keys), &fixture.config)
}

fn tried(email: &str) -> TriedAccount {
    TriedAccount { kind: Audience::Admin, tenant: String::new(), email: email.parse().expect("an address") }
}

/// Answers the tallies of (account, network), network and account, in this order.
fn tallies(here: i64, network: i64, account: i64) -> Mocks {
    let mut mocks = Mocks::new();
    let mut counts = [here, network, account].into_iter();
    mocks.attempts.expect_count_try_in().returning(move |_, _, rule| {
        let tries = counts.next().expect("three counts");
        let locked_until = (tries >= rule.limit).then(|| rule.now + TimeDelta::minutes(15));
        Ok(Tally { tries, locked_until })
    });
    mocks
}

#[rstest]
#[case::first(1, 1, 0)]
#[case::fifth(5, 5, 0)]
#[case::sixth(6, 6, 200)]
#[case::seventh(7, 7, 400)]
#[case::eighth(8, 8, 800)]
#[case::ninth(9, 9, 1600)]
#[case::tenth(10, 10, 3200)]
#[case::tried_from_everywhere(1, 31, 1000)]
#[case::both(9, 31, 1600)]
#[tokio::test]
async fn tries_wait_longer_and_longer(#[case] here: i64, #[case] account: i64, #[case] millis: u64) {
    let fixture = tallies(here, here, account).deps();
    let counted = throttle(&fixture).count(&tried("a@b.test"), None).await.expect("may try");
    assert_eq!(counted.delay(), Duration::from_millis(millis));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
}

#[tokio::test]
async fn the_eleventh_is_locked_out_and_not_counted() {
    let fixture = tallies(11, 1, 1).deps();
    let refused = throttle(&fixture).count(&tried("a@b.test"), None).await;
    let Err(AuthError::AccountLocked { retry_after }) = refused else { panic!("{refused:?}") };
    assert_eq!(retry_after, Duration::from_secs(15 * 60));
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[tokio::test]
async fn a_network_that_tries_many_accounts_is_stopped() {
    let fixture = tallies(1, 51, 1).deps();
    let refused = throttle(&fixture).count(&tried("a@b.test"), None).await;
    assert!(matches!(refused, Err(AuthError::TooManyFailures { .. })), "{refused:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}

#[test]
fn keys_tell_accounts_audiences_and_networks_apart_but_name_nobody() {
    let fixture = Mocks::new().deps();
    let throttle = throttle(&fixture);
    let here = Some([203, 0, 113, 7].into());
    let keys = |account: &TriedAccount, ip| throttle.keys_of(account, ip);
    let admin = tried("ada@nextcrm.test");
    let tenant = TriedAccount { kind: Audience::Tenant, ..admin.clone() };
    let neighbour = Some([203, 0, 113, 99].into());
    let elsewhere = Some([198, 51, 100, 1].into());
    assert_eq!(keys(&admin, here), keys(&admin, neighbour));
    assert_ne!(keys(&admin, here).account_and_network, keys(&admin, elsewhere).account_and_network);
    assert_eq!(keys(&admin, here).account, keys(&admin, elsewhere).account);
    assert_ne!(keys(&admin, here).account, keys(&tenant, here).account);
    assert_eq!(keys(&admin, here).network, keys(&tenant, here).network);
    assert!(!format!("{:?}", keys(&admin, here)).contains("ada"));
}
