use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    domain::{
        chain::{self, Head, PersonKey},
        checkpoint::Checkpoint,
        entry::{Entry, Seal},
    },
    error::AuditError,
    ports::Ports,
};

/// Entries of one transaction.
const BATCH: u64 = 1_000;
/// How long entries may gather before they are sealed together.
const GATHER: Duration = Duration::from_millis(150);
/// How often another node's entries are looked for.
const POLL: Duration = Duration::from_millis(500);
/// A checkpoint is due after so many entries, ...
const CHECKPOINT_ENTRIES: i64 = 1_000;
/// ... or so long after the first entry it does not cover.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(2);
/// How long the last round may take when the process stops.
const LAST_ROUND: Duration = Duration::from_secs(3);

/// Gives committed entries their places in the chain, in the background: writers never queue for it. Of several
/// nodes, the one that holds the database's lock seals.
#[derive(Debug, Clone)]
pub struct Sealer {
    ports: Ports,
}

/// What of the chain the checkpoints cover.
#[derive(Debug, Default)]
struct Covered {
    sequence: i64,
    behind_since: Option<Instant>,
}

impl Sealer {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Seals until cancelled, then seals what is left. Failures are logged and tried again.
    pub async fn run(&self, cancelled: CancellationToken) {
        let mut covered = Covered::default();
        while !cancelled.is_cancelled() {
            if let Err(error) = self.round(&mut covered).await {
                tracing::warn!(error = &error as &dyn std::error::Error, "audit entries wait to be sealed");
            }
            tokio::select! {
                () = cancelled.cancelled() => break,
                () = sleep(POLL) => {}
                () = async { self.ports.wake.notified().await; sleep(GATHER).await } => {}
            }
        }
        if let Ok(Err(error)) = timeout(LAST_ROUND, self.finish()).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the last audit entries are sealed at the next start"
            );
        }
    }

    /// Seals everything that waits, and leaves a checkpoint. Answers how many entries were sealed.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::File`].
    pub async fn finish(&self) -> Result<u64, AuditError> {
        let sealed = self.seal_pending().await?;
        self.checkpoint().await?;
        Ok(sealed)
    }

    /// Seals everything that waits, unless another node is at it. Answers how many entries were sealed.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn seal_pending(&self) -> Result<u64, AuditError> {
        let mut total = 0;
        while self.ports.chain.has_unsealed().await? {
            let sealed = self.seal_batch().await?;
            total += sealed;
            if sealed < BATCH {
                break;
            }
        }
        Ok(total)
    }

    /// Notes the head of the chain outside the database, if the newest note tells of another. Answers the head.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::File`].
    pub async fn checkpoint(&self) -> Result<i64, AuditError> {
        let Some(head) = self.ports.chain.find_head().await? else { return Ok(0) };
        let known = self.ports.checkpoints.read().await?;
        let newest = known.iter().rev().flatten().find(|checkpoint| checkpoint.database == self.ports.database);
        if newest.is_none_or(|newest| newest.count != head.sequence || newest.head != head.hash) {
            let now = self.ports.clock.now();
            let checkpoint = Checkpoint::sign(&self.ports.keys, &self.ports.database, &head, now);
            self.ports.checkpoints.append(&checkpoint).await?;
        }
        Ok(head.sequence)
    }

    /// Whether there is no chain yet, in the database or in archives.
    ///
    /// # Errors
    /// [`AuditError::Store`].
    pub async fn has_sealed_nothing(&self) -> Result<bool, AuditError> {
        Ok(self.ports.chain.find_head().await?.is_none() && self.ports.archives.find_last().await?.is_none())
    }

    async fn round(&self, covered: &mut Covered) -> Result<(), AuditError> {
        let mut sealed = 0;
        while self.ports.chain.has_unsealed().await? {
            let batch = self.seal_batch().await?;
            if batch > 0 {
                sealed += batch;
                covered.behind_since.get_or_insert_with(Instant::now);
            }
            if batch < BATCH {
                break;
            }
        }
        let many = sealed >= CHECKPOINT_ENTRIES.unsigned_abs();
        // At the start nothing is known to be covered.
        let due = covered.behind_since.is_some_and(|since| since.elapsed() >= CHECKPOINT_AFTER);
        if many || due || covered.sequence == 0 {
            covered.sequence = self.checkpoint().await?;
            covered.behind_since = None;
        }
        Ok(())
    }

    async fn seal_batch(&self) -> Result<u64, AuditError> {
        let Ports { transactor, chain, archives, keys, .. } = &self.ports;
        let mut tx = transactor.begin().await?;
        if !chain.try_lock_in(&mut tx).await? {
            return Ok(0);
        }
        let mut head = match chain.find_head_in(&mut tx).await? {
            Some(head) => head,
            None => archives
                .find_last_in(&mut tx)
                .await?
                .map_or_else(Head::genesis, |archive| Head { sequence: archive.last, hash: archive.head_hash }),
        };
        let entries = chain.list_unsealed_in(&mut tx, BATCH).await?;
        if entries.is_empty() {
            return Ok(0);
        }
        let people = self.people_in(&mut tx, &entries).await?;
        let mut seals = Vec::with_capacity(entries.len());
        for entry in &entries {
            let person = entry.person().and_then(|id| people.salts.get(&id).map(|salt| (id, salt.as_slice())));
            let seal: Seal = chain::seal(keys, &head, entry, person);
            head = Head { sequence: seal.sequence, hash: seal.hash.clone() };
            seals.push((entry.id, seal));
        }
        chain.seal_in(&mut tx, &seals).await?;
        let erased = |entry: &&Entry| entry.person().is_some_and(|id| people.erased.contains(&id));
        let late: Vec<_> = entries.iter().filter(erased).map(|entry| entry.id).collect();
        if !late.is_empty() {
            chain.forget_personal_in(&mut tx, &late).await?;
        }
        tx.commit().await?;
        metrics::counter!("audit_entries_sealed_total").increment(seals.len() as u64);
        Ok(seals.len() as u64)
    }

    /// The salts of the entries' people; new people get one. Someone who was erased gets one that nobody keeps.
    async fn people_in(&self, tx: &mut kernel::Tx, entries: &[Entry]) -> Result<People, AuditError> {
        let ids: HashSet<Uuid> = entries.iter().filter_map(Entry::person).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let known = self.ports.chain.person_keys_in(tx, &ids).await?;
        let mut people = People::default();
        let mut new = Vec::new();
        for id in ids {
            let salt = match known.get(&id) {
                Some(PersonKey::Salt(salt)) => salt.clone(),
                other => {
                    let mut salt = [0; 32];
                    self.ports.entropy.fill(&mut salt);
                    match other {
                        None => new.push((id, salt)),
                        Some(_) => drop(people.erased.insert(id)),
                    }
                    salt.to_vec()
                }
            };
            people.salts.insert(id, salt);
        }
        if !new.is_empty() {
            self.ports.chain.insert_salts_in(tx, &new, self.ports.clock.now()).await?;
        }
        Ok(people)
    }
}

#[derive(Default)]
struct People {
    salts: HashMap<Uuid, Vec<u8>>,
    erased: HashSet<Uuid>,
}
