//! Idempotency keys on both databases: of many requests with one key one is carried out, and its answer is
//! given to the others, whatever dies when.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures::future::join_all;
use kernel::{
    OsEntropy, Transactor,
    idempotency::{
        BodyHash, Claim, IdempotencyError, IdempotencyKeys, IdempotencyOptions, KeyIdentity, Lease, StoredAnswer,
    },
    sealed::{KeyRing, Reseal, Resealed},
};
use platform::{Database, store::SeaIdempotency};
use sea_orm::{ConnectionTrait, Statement};
use test_support::{FixedClock, SeededEntropy, on_each_database};
use uuid::Uuid;

const RING: &str = "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";

fn keys(db: &Database, clock: &Arc<FixedClock>) -> Arc<SeaIdempotency> {
    let ring = KeyRing::parse(RING, OsEntropy).expect("a ring");
    let entropy = Arc::new(SeededEntropy::default());
    let clock = Arc::<FixedClock>::clone(clock);
    Arc::new(SeaIdempotency::new(db.clone(), clock, entropy, ring, IdempotencyOptions::default()))
}

fn identity(key: &str) -> KeyIdentity {
    KeyIdentity::new("admin:1", "POST /api/admin/tenants", key).expect("a key")
}

fn answer() -> StoredAnswer {
    StoredAnswer {
        status: 201,
        headers: vec![("location".into(), "/api/admin/tenants/1".into()), ("etag".into(), "\"1\"".into())],
        body: b"{\"temporaryPassword\":\"hush\"}".to_vec(),
    }
}

async fn win(keys: &SeaIdempotency, key: &str, body: &BodyHash) -> Lease {
    let claim = keys.claim(&identity(key), body).await.expect("claimed");
    let lease = if let Claim::Won(lease) = claim { Some(lease) } else { None };
    lease.expect("the key was free")
}

async fn complete(db: &Database, keys: &SeaIdempotency, lease: &Lease) -> Result<(), IdempotencyError> {
    let mut tx = db.begin().await.expect("a transaction");
    keys.complete_in(&mut tx, lease, &answer()).await?;
    Ok(tx.commit().await?)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_fifty_at_once_one_wins() {
    on_each_database(async |test| {
        let keys = keys(test.database(), &Arc::new(FixedClock::default()));
        let body = BodyHash::of(b"{}");
        let claims = (0..50).map(|_| {
            let keys = Arc::clone(&keys);
            tokio::spawn(async move { keys.claim(&identity("k"), &body).await.expect("claimed") })
        });
        let claims: Vec<_> = join_all(claims).await.into_iter().map(|claim| claim.expect("joined")).collect();
        assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::Won(_))).count(), 1);
        assert_eq!(claims.iter().filter(|claim| matches!(claim, Claim::InFlight { .. })).count(), 49);
    })
    .await;
}

#[tokio::test]
async fn a_completed_key_gives_its_answer_for_a_day_and_to_the_same_request_only() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let keys = keys(db, &clock);
        let (body, other) = (BodyHash::of(b"{}"), BodyHash::of(b"[]"));
        let lease = win(&keys, "k", &body).await;
        let claim = keys.claim(&identity("k"), &body).await.expect("claimed");
        assert_eq!(claim, Claim::InFlight { retry_after: Duration::from_secs(60) });
        assert_eq!(keys.claim(&identity("k"), &other).await.expect("claimed"), Claim::OtherBody);
        complete(db, &keys, &lease).await.expect("completed");

        assert_eq!(keys.claim(&identity("k"), &body).await.expect("claimed"), Claim::Replay(answer()));
        assert_eq!(keys.claim(&identity("k"), &other).await.expect("claimed"), Claim::OtherBody);
        win(&keys, "another", &other).await;
        let other_admin = KeyIdentity::new("admin:2", "POST /api/admin/tenants", "k").expect("a key");
        assert!(matches!(keys.claim(&other_admin, &other).await.expect("claimed"), Claim::Won(_)));

        clock.advance(TimeDelta::hours(23));
        assert_eq!(keys.claim(&identity("k"), &body).await.expect("claimed"), Claim::Replay(answer()));
        clock.advance(TimeDelta::hours(1));
        win(&keys, "k", &other).await;
    })
    .await;
}

#[tokio::test]
async fn nothing_of_body_or_answer_is_stored_in_clear() {
    on_each_database(async |test| {
        let db = test.database();
        let keys = keys(db, &Arc::new(FixedClock::default()));
        let body = BodyHash::of(b"password");
        let lease = win(&keys, "k", &body).await;
        complete(db, &keys, &lease).await.expect("completed");
        let query = "SELECT body, body_hash FROM idempotency_keys";
        let query = Statement::from_string(db.reader().get_database_backend(), query);
        let row = db.reader().query_one_raw(query).await.expect("reads").expect("a row");
        for column in ["body", "body_hash"] {
            let text: String = row.try_get("", column).expect("text");
            assert!(text.starts_with("v1.k1.") && !text.contains("hush"), "{column}: {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_lease_that_ended_is_won_by_another_and_the_first_cannot_complete() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let keys = keys(db, &clock);
        let body = BodyHash::of(b"{}");
        let first = win(&keys, "k", &body).await;
        clock.advance(TimeDelta::seconds(59));
        let claim = keys.claim(&identity("k"), &body).await.expect("claimed");
        assert_eq!(claim, Claim::InFlight { retry_after: Duration::from_secs(1) });
        clock.advance(TimeDelta::seconds(1));
        let second = win(&keys, "k", &body).await;

        let lost = complete(db, &keys, &first).await.expect_err("lost");
        assert!(matches!(lost, IdempotencyError::LeaseLost), "{lost}");
        keys.release(&first).await.expect("harmless");
        complete(db, &keys, &second).await.expect("completed");
        let again = complete(db, &keys, &second).await.expect_err("once only");
        assert!(matches!(again, IdempotencyError::LeaseLost), "{again}");
    })
    .await;
}

#[tokio::test]
async fn a_change_that_rolls_back_or_is_refused_leaves_the_key_free() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let keys = keys(db, &clock);
        let (body, mended) = (BodyHash::of(b"{}"), BodyHash::of(b"{\"name\":1}"));
        let lease = win(&keys, "k", &body).await;
        let mut tx = db.begin().await.expect("a transaction");
        keys.complete_in(&mut tx, &lease, &answer()).await.expect("completed");
        tx.rollback().await.expect("rolled back");
        assert!(matches!(keys.claim(&identity("k"), &body).await.expect("claimed"), Claim::InFlight { .. }));
        keys.release(&lease).await.expect("released");

        let lease = win(&keys, "k", &mended).await;
        complete(db, &keys, &lease).await.expect("completed");
        keys.release(&lease).await.expect("harmless");
        assert_eq!(keys.claim(&identity("k"), &mended).await.expect("claimed"), Claim::Replay(answer()));
    })
    .await;
}

#[tokio::test]
async fn sweeping_takes_only_keys_whose_life_has_ended() {
    on_each_database(async |test| {
        let clock = Arc::new(FixedClock::default());
        let keys = keys(test.database(), &clock);
        let body = BodyHash::of(b"{}");
        for key in ["a", "b", "c"] {
            win(&keys, key, &body).await;
            clock.advance(TimeDelta::hours(10));
        }
        assert_eq!(keys.sweep(10).await.expect("swept"), 1, "30 hours old; the others 20 and 10");
        clock.advance(TimeDelta::days(2));
        assert_eq!(keys.sweep(1).await.expect("swept"), 1);
        assert_eq!(keys.sweep(10).await.expect("swept"), 1);
    })
    .await;
}

#[tokio::test]
async fn rotating_keys_keeps_answers_readable_without_the_old_key() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let before = keys(db, &clock);
        let body = BodyHash::of(b"{}");
        for key in ["a", "b"] {
            let lease = win(&before, key, &body).await;
            complete(db, &before, &lease).await.expect("completed");
        }
        win(&before, "in-flight", &body).await;
        let ring = |text: &str| KeyRing::parse(text, OsEntropy).expect("a ring");
        let new_key = "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
        let both = ring(&format!("{new_key},{RING}"));
        assert_eq!(before.reseal(&both).await.expect("resealed"), Resealed { done: 3, refused: 0 });
        assert_eq!(before.reseal(&both).await.expect("resealed"), Resealed::default());

        let entropy = Arc::new(SeededEntropy::new(1));
        let options = IdempotencyOptions::default();
        let after = SeaIdempotency::new(db.clone(), Arc::<FixedClock>::clone(&clock), entropy, ring(new_key), options);
        for key in ["a", "b"] {
            assert_eq!(after.claim(&identity(key), &body).await.expect("claimed"), Claim::Replay(answer()));
        }
        assert!(matches!(after.claim(&identity("in-flight"), &body).await.expect("claimed"), Claim::InFlight { .. }));
    })
    .await;
}

/// The lease of somebody who answers for what was made, and what that is.
fn named(claim: Claim) -> (Lease, Uuid) {
    let named = if let Claim::Named { lease, subject } = claim { Some((lease, subject)) } else { None };
    named.expect("it was made")
}

#[tokio::test]
async fn a_named_key_stands_for_what_was_made() {
    on_each_database(async |test| {
        let (db, clock) = (test.database(), Arc::new(FixedClock::default()));
        let keys = keys(db, &clock);
        let (body, subject) = (BodyHash::of(b"{}"), Uuid::from_u128(7));
        let claim = async || keys.claim(&identity("n"), &body).await.expect("claimed");
        let lease = win(&keys, "n", &body).await;
        let mut tx = db.begin().await.expect("a transaction");
        keys.name_in(&mut tx, &lease, subject).await.expect("named");
        tx.commit().await.expect("committed");
        assert!(matches!(claim().await, Claim::InFlight { .. }), "it is being answered");

        // Whoever was at work dies; of those that ask then one answers.
        clock.advance(TimeDelta::seconds(61));
        let (second, made) = named(claim().await);
        assert_eq!(made, subject);
        assert!(matches!(claim().await, Claim::InFlight { .. }));
        assert_eq!(keys.claim(&identity("n"), &BodyHash::of(b"[]")).await.expect("claimed"), Claim::OtherBody);
        assert!(matches!(complete(db, &keys, &lease).await, Err(IdempotencyError::LeaseLost)));

        // Given back, it still stands for what was made.
        keys.release(&second).await.expect("released");
        let (third, made) = named(claim().await);
        assert_eq!(made, subject);
        complete(db, &keys, &third).await.expect("completed");
        assert_eq!(claim().await, Claim::Replay(answer()));
    })
    .await;
}
