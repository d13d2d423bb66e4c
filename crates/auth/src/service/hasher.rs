use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use argon2::{
    Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version,
    password_hash::phc::PasswordHash as Phc,
};
use kernel::Entropy;
use rayon::{ThreadPool, ThreadPoolBuilder};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::{AuthError, domain::PasswordHash};

/// Longer texts are nobody's password; they are not even normalised.
const MAX_TYPED_BYTES: usize = 1024;
/// bcrypt reads no further.
const BCRYPT_MAX_BYTES: usize = 72;
const SALT_BYTES: usize = 16;

/// How passwords are hashed, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HasherConfig {
    /// argon2id memory, KiB.
    pub memory_kib: u32,
    /// argon2id passes.
    pub iterations: u32,
    /// argon2id lanes.
    pub parallelism: u32,
    /// Hashes computed at once; each takes a core and `memory_kib`.
    pub concurrency: usize,
    /// Callers that may wait for a free place; the next is refused at once.
    pub max_waiting: usize,
    /// How long a caller waits for a free place.
    pub max_wait: Duration,
}

impl Default for HasherConfig {
    /// OWASP's m=19456 t=2 p=1, a hash per core, 5 s, and as many waiting callers as have their turn within that time
    /// where a hash takes 20 ms.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            memory_kib: 19_456,
            iterations: 2,
            parallelism: 1,
            concurrency: cores,
            max_waiting: cores * 256,
            max_wait: Duration::from_secs(5),
        }
    }
}

/// What a verification found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Verified {
    /// Whether the password is the right one.
    pub ok: bool,
    /// Whether it should be hashed anew: an old algorithm, or weaker parameters than today's.
    pub needs_rehash: bool,
}

/// Hashes and verifies passwords on threads of its own, a bounded number at once, behind a bounded queue. These threads give
/// way to all others: a rush of sign-ins takes every core that is idle, and delays no other request.
///
/// ```
/// # use std::sync::Arc;
/// # use auth::{HasherConfig, PasswordHasher};
/// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
/// let hasher = PasswordHasher::new(HasherConfig { memory_kib: 64, ..HasherConfig::default() }, Arc::new(kernel::OsEntropy))?;
/// let hash = hasher.hash(&"correct horse battery".into()).await?;
/// assert!(hasher.verify(&"correct horse battery".into(), Some(&hash)).await?.ok);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    entropy: Arc<dyn Entropy>,
    threads: Arc<ThreadPool>,
    places: Arc<Semaphore>,
    waiting: Arc<AtomicUsize>,
    max_waiting: usize,
    max_wait: Duration,
}

impl std::fmt::Debug for PasswordHasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordHasher").field("params", self.argon2.params()).finish_non_exhaustive()
    }
}

impl PasswordHasher {
    /// A pool of its own; share it by cloning.
    ///
    /// # Errors
    /// [`AuthError::Hashing`] when argon2 does not allow the parameters.
    pub fn new(config: HasherConfig, entropy: Arc<dyn Entropy>) -> Result<Self, AuthError> {
        let params = Params::new(config.memory_kib, config.iterations, config.parallelism, None)
            .map_err(|error| AuthError::Hashing(error.to_string()))?;
        let concurrency = config.concurrency.max(1);
        let threads = ThreadPoolBuilder::new()
            .num_threads(concurrency)
            .thread_name(|number| format!("hash-{number}"))
            .start_handler(|_| give_way())
            .build()
            .map_err(|error| AuthError::Hashing(error.to_string()))?;
        Ok(Self {
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            entropy,
            threads: Arc::new(threads),
            places: Arc::new(Semaphore::new(concurrency)),
            waiting: Arc::new(AtomicUsize::new(0)),
            max_waiting: config.max_waiting,
            max_wait: config.max_wait,
        })
    }

    /// Hashes a password, after NFKC, as an argon2id PHC string.
    ///
    /// # Errors
    /// [`AuthError::HashQueueFull`], or [`AuthError::Hashing`] for a fault of ours.
    pub async fn hash(&self, password: &SecretString) -> Result<PasswordHash, AuthError> {
        let argon2 = self.argon2.clone();
        let password = normalised(password);
        let mut salt = [0_u8; SALT_BYTES];
        self.entropy.fill(&mut salt);
        self.run(move || {
            let hash: Phc = argon2
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map_err(|error| AuthError::Hashing(error.to_string()))?;
            Ok(PasswordHash::new(hash.to_string()))
        })
        .await
    }

    /// Verifies a password. Without a hash (unknown or inactive account) the same work is done and the answer is no,
    /// so that the time tells nothing.
    ///
    /// # Errors
    /// As [`PasswordHasher::hash`]; a stored hash that cannot be read is [`AuthError::Hashing`].
    pub async fn verify(&self, password: &SecretString, hash: Option<&PasswordHash>) -> Result<Verified, AuthError> {
        let argon2 = self.argon2.clone();
        let password = password.clone();
        let hash = hash.cloned();
        self.run(move || verify_blocking(&argon2, &password, hash.as_ref())).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, AuthError> + Send + 'static,
    ) -> Result<T, AuthError> {
        let place = self.place().await?;
        let (done, outcome) = oneshot::channel();
        self.threads.spawn(move || {
            metrics::gauge!("hash_pool_in_use").increment(1.0);
            let outcome = catch_unwind(AssertUnwindSafe(work));
            metrics::gauge!("hash_pool_in_use").decrement(1.0);
            // The place is held by the work, not by the caller: a caller who goes away must not let more
            // hashes run at once than there are places.
            drop(place);
            // Such a caller does not wait for the outcome either.
            let _ = done.send(outcome);
        });
        match outcome.await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) | Err(_) => Err(AuthError::Hashing("the hash function panicked".to_owned())),
        }
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, AuthError> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let _waiting = Waiting::enter(&self.waiting, self.max_waiting).ok_or(AuthError::HashQueueFull)?;
        match tokio::time::timeout(self.max_wait, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(AuthError::HashQueueFull),
        }
    }
}

/// Lowers the priority of this thread, so that hashes take what requests leave. Where the system does not let it, they share.
fn give_way() {
    const NICENESS: i32 = 10;
    let lowered = rustix::process::setpriority_process(None, NICENESS);
    if let Err(error) = lowered {
        tracing::debug!(%error, "the priority of a hashing thread stays as it is");
    }
}

/// Counts a waiting caller for as long as it waits, also when it goes away.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn enter(counter: &Arc<AtomicUsize>, max: usize) -> Option<Self> {
        let entered = counter.fetch_add(1, Ordering::Relaxed) < max;
        let waiting = Self(Arc::clone(counter));
        metrics::gauge!("hash_queue_depth").increment(1.0);
        entered.then_some(waiting)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
        metrics::gauge!("hash_queue_depth").decrement(1.0);
    }
}

fn normalised(password: &SecretString) -> Zeroizing<String> {
    Zeroizing::new(password.expose_secret().nfkc().collect())
}

fn verify_blocking(
    argon2: &Argon2<'_>,
    password: &SecretString,
    hash: Option<&PasswordHash>,
) -> Result<Verified, AuthError> {
    let typed = password.expose_secret();
    let fault = |error: &dyn std::fmt::Display| AuthError::Hashing(error.to_string());
    let hash = if typed.len() > MAX_TYPED_BYTES { None } else { hash };
    match hash {
        None => {
            let mut output = [0_u8; Params::DEFAULT_OUTPUT_LEN];
            let typed = &typed.as_bytes()[..typed.len().min(MAX_TYPED_BYTES)];
            argon2.hash_password_into(typed, &[0; SALT_BYTES], &mut output).map_err(|error| fault(&error))?;
            std::hint::black_box(output);
            Ok(Verified { ok: false, needs_rehash: false })
        }
        Some(hash) if hash.is_bcrypt() => {
            // The old system did not normalise, so neither may this. bcrypt ignores what comes after 72 bytes;
            // to accept that would make any continuation of a long password right.
            let same = bcrypt::verify(typed.as_bytes(), hash.as_str()).map_err(|error| fault(&error))?;
            let ok = same && typed.len() <= BCRYPT_MAX_BYTES;
            Ok(Verified { ok, needs_rehash: ok })
        }
        Some(hash) => {
            let phc = Phc::new(hash.as_str()).map_err(|error| fault(&error))?;
            let ok = argon2.verify_password(normalised(password).as_bytes(), &phc).is_ok();
            Ok(Verified { ok, needs_rehash: ok && is_weaker(&phc, argon2.params()) })
        }
    }
}

fn is_weaker(phc: &Phc, today: &Params) -> bool {
    let Ok(params) = Params::try_from(phc) else { return true };
    phc.algorithm.as_str() != Algorithm::Argon2id.as_str()
        || params.m_cost() < today.m_cost()
        || params.t_cost() < today.t_cost()
        || params.p_cost() < today.p_cost()
}

#[cfg(test)]
#[path = "hasher_tests.rs"]
mod tests;
