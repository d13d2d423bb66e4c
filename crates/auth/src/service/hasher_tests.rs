use kernel::OsEntropy;

use super::*;

/// bcrypt of `Workshop-2019!`, cost 10, as the old system stored it.
const LEGACY: &str = "$2b$10$U70l25osrvG3IuZglisVHuM124z.klJjoNuNC0nLwOjxop.FsL3sS";

fn config() -> HasherConfig {
    HasherConfig { memory_kib: 256, concurrency: 2, ..HasherConfig::default() }
}

fn hasher(config: HasherConfig) -> PasswordHasher {
    PasswordHasher::new(config, Arc::new(OsEntropy)).expect("allowed parameters")
}

#[tokio::test]
async fn a_hash_verifies_its_password_and_no_other() {
    let hasher = hasher(config());
    let hash = hasher.hash(&"Ünïcode-Pass-1".into()).await.expect("hashes");
    assert!(hash.as_str().starts_with("$argon2id$v=19$m=256,t=2,p=1$"));
    let verified = hasher.verify(&"Ünïcode-Pass-1".into(), Some(&hash)).await.expect("verifies");
    assert_eq!(verified, Verified { ok: true, needs_rehash: false });
    assert!(!hasher.verify(&"Ünïcode-Pass-2".into(), Some(&hash)).await.expect("verifies").ok);
    assert!(!hasher.verify(&"Ünïcode-Pass-1".into(), None).await.expect("does the work").ok);
}

#[tokio::test]
async fn different_spellings_of_one_text_are_one_password() {
    let hasher = hasher(config());
    let hash = hasher.hash(&"caf\u{e9} \u{2460} latte".into()).await.expect("hashes");
    assert!(hasher.verify(&"cafe\u{301} 1 latte".into(), Some(&hash)).await.expect("verifies").ok);
}

#[tokio::test]
async fn a_hash_of_the_old_system_verifies_and_asks_for_a_new_one() {
    let hasher = hasher(config());
    let legacy = PasswordHash::new(LEGACY);
    let verified = hasher.verify(&"Workshop-2019!".into(), Some(&legacy)).await.expect("verifies");
    assert_eq!(verified, Verified { ok: true, needs_rehash: true });
    let wrong = hasher.verify(&"Workshop-2019?".into(), Some(&legacy)).await.expect("verifies");
    assert_eq!(wrong, Verified { ok: false, needs_rehash: false });

    let upgraded = hasher.hash(&"Workshop-2019!".into()).await.expect("hashes");
    let verified = hasher.verify(&"Workshop-2019!".into(), Some(&upgraded)).await.expect("verifies");
    assert_eq!(verified, Verified { ok: true, needs_rehash: false });
}

#[tokio::test]
async fn bcrypt_never_ignores_the_end_of_a_password() {
    let hasher = hasher(config());
    let exact = "x".repeat(BCRYPT_MAX_BYTES);
    let hash = PasswordHash::new(bcrypt::hash(&exact, 4).expect("hashes"));
    assert!(hasher.verify(&exact.clone().into(), Some(&hash)).await.expect("verifies").ok);
    let longer = format!("{exact}y");
    assert!(!hasher.verify(&longer.into(), Some(&hash)).await.expect("verifies").ok);
}

#[tokio::test]
async fn weaker_parameters_ask_for_a_new_hash() {
    let weak = hasher(HasherConfig { memory_kib: 64, ..config() });
    let hash = weak.hash(&"Some-Pass-1".into()).await.expect("hashes");
    let strong = hasher(config());
    assert!(strong.verify(&"Some-Pass-1".into(), Some(&hash)).await.expect("verifies").needs_rehash);
    assert!(!strong.verify(&"Some-Pass-2".into(), Some(&hash)).await.expect("verifies").needs_rehash);
    let hash = strong.hash(&"Some-Pass-1".into()).await.expect("hashes");
    assert!(!weak.verify(&"Some-Pass-1".into(), Some(&hash)).await.expect("verifies").needs_rehash);
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_empties_by_itself() {
    let hasher = hasher(HasherConfig { concurrency: 1, max_waiting: 1, ..config() });
    let place = hasher.place().await.expect("a free place");
    let queued = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.verify(&"Some-Pass-1".into(), None).await }
    });
    while hasher.waiting.load(Ordering::Relaxed) == 0 {
        tokio::task::yield_now().await;
    }
    assert!(matches!(hasher.hash(&"Some-Pass-1".into()).await, Err(AuthError::HashQueueFull)));
    drop(place);
    assert!(queued.await.expect("runs").is_ok(), "who waited gets the place");
    assert_eq!(hasher.waiting.load(Ordering::Relaxed), 0);
    assert!(hasher.hash(&"Some-Pass-1".into()).await.is_ok());
}

#[tokio::test]
async fn nobody_waits_longer_than_allowed() {
    let hasher = hasher(HasherConfig { concurrency: 1, max_wait: Duration::from_millis(20), ..config() });
    let _place = hasher.place().await.expect("a free place");
    assert!(matches!(hasher.hash(&"Some-Pass-1".into()).await, Err(AuthError::HashQueueFull)));
    assert_eq!(hasher.waiting.load(Ordering::Relaxed), 0);
}

#[test]
fn impossible_parameters_are_refused() {
    let config = HasherConfig { memory_kib: 1, ..config() };
    assert!(PasswordHasher::new(config, Arc::new(OsEntropy)).is_err());
}
