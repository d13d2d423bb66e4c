use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::checkpointer::Noted;
use crate::{
    dependencies::Dependencies,
    domain::{
        chain::{self, Head, PersonKey},
        entry::{Entry, Seal},
    },
    error::AuditError,
    repository::{Latest, Stored, Window},
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
/// An entry that is dated so long before what is sealed already was not written by us: no transaction takes so long,
/// no two clocks are so far apart.
pub(super) const LATE: TimeDelta = TimeDelta::hours(1);
/// How long the last round may take when the process stops.
const LAST_ROUND: Duration = Duration::from_secs(3);

/// Gives committed entries their places in the chain, in the background: writers never queue for it. Of several
/// nodes, the one that holds the database's lock seals.
#[derive(Debug, Clone)]
pub struct Sealer {
    pub(super) deps: Dependencies,
}

/// What of the chain the checkpoints of this process cover.
#[derive(Debug, Default)]
struct Covered {
    /// `None` until the first checkpoint.
    sequence: Option<i64>,
    behind_since: Option<Instant>,
    contradicted: bool,
}

impl Sealer {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies) -> Self {
        Self { deps: deps.clone() }
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
                () = async { self.deps.wake.notified().await; sleep(GATHER).await } => {}
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
    /// [`AuditError::Store`], [`AuditError::File`], [`AuditError::NoIdentity`].
    pub async fn finish(&self) -> Result<u64, AuditError> {
        let sealed = self.seal_pending().await?;
        self.checkpoint().await?;
        Ok(sealed)
    }

    /// Seals everything that waits, unless another node is at it. Answers how many entries were sealed. A chain that
    /// begins so gets its first checkpoint at once.
    ///
    /// What lies further back than an hour, or further ahead, stays without a place, as does what no entry looks like: nothing
    /// of ours commits so late, and a seal would vouch for it. Verification names it.
    ///
    /// # Errors
    /// [`AuditError::Store`]; of a chain's beginning also what [`Sealer::checkpoint`] fails with.
    pub async fn seal_pending(&self) -> Result<u64, AuditError> {
        let latest = self.deps.chain.find_head().await?;
        let now = self.deps.clock.now();
        let from = latest.as_ref().and_then(|latest| oldest_in_time(latest, now));
        let window = Window { from, to: now + LATE };
        let begins = latest.is_none() && self.deps.archives.find_last().await?.is_none();
        let mut total = 0;
        let mut unreadable = 0;
        while self.deps.chain.has_unsealed(window).await? {
            let batch = self.seal_batch(window, unreadable).await?;
            total += batch.sealed;
            unreadable += batch.unreadable;
            if batch.sealed + batch.unreadable < BATCH {
                break;
            }
        }
        if begins && total > 0 {
            self.first_checkpoint().await?;
        }
        Ok(total)
    }

    async fn round(&self, covered: &mut Covered) -> Result<(), AuditError> {
        self.seal_pending().await?;
        self.tell_of_waiting().await?;
        let head = self.deps.chain.find_head().await?.map_or(0, |latest| latest.head.sequence);
        let behind = covered.sequence.map(|sequence| head - sequence);
        if behind.is_some_and(|behind| behind != 0) {
            covered.behind_since.get_or_insert_with(Instant::now);
        }
        let many = behind.is_some_and(|behind| behind >= CHECKPOINT_ENTRIES);
        let due = covered.behind_since.is_some_and(|since| since.elapsed() >= CHECKPOINT_AFTER);
        if !many && !due && covered.sequence.is_some() {
            return Ok(());
        }
        covered.behind_since = None;
        match self.checkpoint().await? {
            Noted::Head(sequence) => *covered = Covered { sequence: Some(sequence), ..Covered::default() },
            Noted::Contradicted(sequence) => {
                if !std::mem::replace(&mut covered.contradicted, true) {
                    tracing::error!(sequence, "the audit chain is not the one that its checkpoints tell of");
                }
                metrics::gauge!("audit_chain_verified").set(0.0);
                covered.sequence = Some(sequence);
            }
        }
        Ok(())
    }

    async fn tell_of_waiting(&self) -> Result<(), AuditError> {
        let oldest = self.deps.chain.oldest_unsealed().await?;
        let age = oldest.map_or(TimeDelta::zero(), |oldest| self.deps.clock.now() - oldest);
        metrics::gauge!("audit_oldest_unsealed_age_seconds").set(age.as_seconds_f64().max(0.0));
        Ok(())
    }

    async fn seal_batch(&self, window: Window, skip: u64) -> Result<Batch, AuditError> {
        let Dependencies { transactor, chain, archives, keys, .. } = &self.deps;
        let mut tx = transactor.begin().await?;
        if !chain.try_lock_in(&mut tx).await? {
            return Ok(Batch::default());
        }
        let mut head = match chain.find_head_in(&mut tx).await? {
            Some(latest) => latest.head,
            None => Head::after(archives.find_last_in(&mut tx).await?.as_ref()),
        };
        let rows = chain.list_unsealed_in(&mut tx, window, skip, BATCH).await?;
        let count = rows.len() as u64;
        let entries: Vec<Entry> = rows
            .into_iter()
            .filter_map(|row| match row {
                Stored::Whole(entry) => Some(entry),
                Stored::Unreadable { .. } => None,
            })
            .collect();
        let batch = Batch { sealed: entries.len() as u64, unreadable: count - entries.len() as u64 };
        if entries.is_empty() {
            return Ok(batch);
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
        metrics::counter!("audit_entries_sealed_total").increment(batch.sealed);
        Ok(batch)
    }

    /// The salts of the entries' people; new people get one. Someone who was erased gets one that nobody keeps.
    async fn people_in(&self, tx: &mut kernel::Tx, entries: &[Entry]) -> Result<People, AuditError> {
        let ids: HashSet<Uuid> = entries.iter().filter_map(Entry::person).collect();
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let known = self.deps.chain.person_keys_in(tx, &ids).await?;
        let mut people = People::default();
        let mut new = Vec::new();
        for id in ids {
            let salt = match known.get(&id) {
                Some(PersonKey::Salt(salt)) => salt.clone(),
                other => {
                    let mut salt = [0; 32];
                    self.deps.entropy.fill(&mut salt);
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
            self.deps.chain.insert_salts_in(tx, &new, self.deps.clock.now()).await?;
        }
        Ok(people)
    }
}

#[derive(Default)]
struct People {
    salts: HashMap<Uuid, Vec<u8>>,
    erased: HashSet<Uuid>,
}

/// What a transaction of the sealer found.
#[derive(Default)]
struct Batch {
    sealed: u64,
    unreadable: u64,
}

/// The earliest time that an entry may have that is to be sealed now. A head from the future, left by a clock that went
/// back since, does not stop what comes.
pub(super) fn oldest_in_time(latest: &Latest, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    latest.created_at.map(|head| head.min(now) - LATE)
}
