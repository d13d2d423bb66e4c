use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use chrono::TimeDelta;
use kernel::StoreError;
use uuid::Uuid;

use super::{
    sealer::{LATE, Sealer, oldest_in_time},
    verdict::{Finding, Reason, Verification},
};
use crate::{
    dependencies::Dependencies,
    domain::{
        archive::Archive,
        chain::{self, Head, PersonKey},
        checkpoint::Identity,
        entry::Entry,
        keys::{AuditKeys, Digest},
    },
    error::AuditError,
    repository::{ChainStore, Stored},
};

/// Entries that are in memory at a time.
const BATCH: u64 = 1_000;
/// How long an entry may wait for its place, when the sealer was just asked to give it one.
const WAITING: TimeDelta = TimeDelta::minutes(1);

/// Checks the whole chain in the database, from the archived head on, in constant memory.
#[derive(Debug, Clone)]
pub struct Verifier {
    deps: Dependencies,
    // Verifications read everything; one at a time is enough.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// What the checkpoints say of places in the chain.
#[derive(Default)]
pub(super) struct Expected {
    heads: BTreeMap<i64, Digest>,
    // Two genuine checkpoints that contradict each other: entries after the earlier one were exchanged.
    contradiction: Option<i64>,
    genesis: Option<Digest>,
    applicable: usize,
    damaged: usize,
    foreign: usize,
    nobody: bool,
}

impl Expected {
    fn add(&mut self, count: i64, head: &Digest) {
        self.applicable += 1;
        let other = self.heads.insert(count, head.clone());
        if other.is_some_and(|other| other != *head) {
            self.contradiction = Some(self.contradiction.map_or(count, |known| known.min(count)));
        }
    }

    /// What is wrong with the checkpoints themselves.
    fn finding(&self) -> Option<Finding> {
        let reasons = [
            (self.damaged > 0, Reason::CheckpointChanged),
            (self.nobody, Reason::NoIdentity),
            (self.foreign > 0, Reason::OtherDatabase),
            (self.applicable == 0, Reason::NoCheckpoint),
        ];
        reasons.into_iter().find(|(holds, _)| *holds).map(|(_, reason)| reason.into())
    }
}

impl Verifier {
    /// Over these dependencies.
    #[must_use]
    pub fn new(deps: &Dependencies) -> Self {
        Self { deps: deps.clone(), turn: Arc::default() }
    }

    /// Seals what waits, as the sealer would, then verifies everything.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::File`]; a broken chain is a finding, not an error.
    pub async fn verify(&self) -> Result<Verification, AuditError> {
        let _turn = self.turn.lock().await;
        // Whatever keeps it from sealing is told below by what has no place.
        if let Err(error) = Sealer::new(&self.deps).seal_pending().await {
            tracing::warn!(error = &error as &dyn std::error::Error, "audit entries wait to be sealed");
        }
        loop {
            // Before the entries: the chain is then at least as long as they say.
            let expected = self.expected().await?;
            let anchor = self.deps.archives.find_last().await?;
            let (checked, found) = self.look(anchor.as_ref(), &expected).await?;
            if found.is_some() && self.deps.archives.find_last().await? != anchor {
                continue; // The archiver took entries away under our hands.
            }
            let found = found.or_else(|| expected.finding());
            return Ok(Verification {
                checked,
                checkpoints: expected.applicable,
                first_broken: found.and_then(|found| found.broken),
                reason: found.map(|found| found.reason),
            });
        }
    }

    async fn expected(&self) -> Result<Expected, AuditError> {
        let identity = self.deps.chain.find_identity().await?;
        let mut expected = Expected { nobody: identity.is_none(), ..Expected::default() };
        let identity = identity.unwrap_or(Identity { id: Uuid::nil(), genesis: None });
        for line in self.deps.checkpoints.read().await? {
            match line {
                Ok(checkpoint) if checkpoint.is_genuine(&self.deps.keys) => {
                    match checkpoint.is_of(&identity, &self.deps.former_name) {
                        Some(true) => expected.add(checkpoint.count, &checkpoint.head),
                        Some(false) => expected.foreign += 1,
                        None => {}
                    }
                }
                _ => expected.damaged += 1,
            }
        }
        expected.genesis = identity.genesis;
        Ok(expected)
    }

    /// Every entry is reached from the anchor by counting, and nothing else is there.
    async fn look(&self, anchor: Option<&Archive>, expected: &Expected) -> Result<(u64, Option<Finding>), AuditError> {
        if let Some(found) = self.look_at_archives(anchor, expected).await? {
            return Ok((0, Some(found)));
        }
        let anchor = Head::after(anchor);
        let (checked, head, broken) = self.walk(anchor.clone(), expected).await?;
        let found = match broken {
            Some(found) => Some(found),
            None => match self.look_for_strays(&anchor, &head).await? {
                Some(found) => Some(found),
                None => self.look_for_unsealed().await?,
            },
        };
        Ok((checked, found))
    }

    /// Archives follow each other from the first entry on, and the last one is ours.
    async fn look_at_archives(
        &self,
        last: Option<&Archive>,
        expected: &Expected,
    ) -> Result<Option<Finding>, AuditError> {
        let Some(last) = last else { return Ok(None) };
        let changed = |archive: &Archive| Some(Finding::at(Reason::ArchiveChanged, archive.first, None));
        if !last.is_genuine(&self.deps.keys) {
            return Ok(changed(last));
        }
        if let Some((first, entries)) = self.deps.archives.find_first().await?
            && (!first.is_genuine(&self.deps.keys) || first.first != 1 || entries != last.last)
        {
            return Ok(changed(&first));
        }
        let contradicted = expected.heads.get(&last.last).is_some_and(|hash| *hash != last.head_hash);
        Ok(contradicted.then_some(Finding::at(Reason::CheckpointContradicted, last.last, None)))
    }

    async fn walk(&self, mut head: Head, expected: &Expected) -> Result<(u64, Head, Option<Finding>), AuditError> {
        let mut checked = 0;
        loop {
            let rows = self.deps.chain.list_chain(head.sequence, BATCH).await?;
            if rows.is_empty() {
                break;
            }
            let people = people(self.deps.chain.as_ref(), &rows).await?;
            for row in &rows {
                if let Some(found) = check(&self.deps.keys, &mut head, row, &people, expected) {
                    return Ok((checked, head, Some(found)));
                }
                checked += 1;
            }
            // A batch is some milliseconds of hashing; others may want the thread.
            tokio::task::yield_now().await;
        }
        let promised = expected.heads.last_key_value().map_or(0, |(count, _)| *count);
        let cut = promised > head.sequence;
        let cut = cut.then(|| Finding::at(Reason::EntryMissing, head.sequence + 1, None));
        Ok((checked, head, cut))
    }

    /// The walk has seen one entry for each place after the anchor. If there are more, they are not of the chain.
    async fn look_for_strays(&self, anchor: &Head, head: &Head) -> Result<Option<Finding>, AuditError> {
        let chain = &self.deps.chain;
        if i64::try_from(chain.count_through(head.sequence).await?) == Ok(head.sequence - anchor.sequence) {
            return Ok(None);
        }
        Ok(Some(match chain.find_sealed_through(anchor.sequence).await? {
            Some((sequence, id)) => Finding::at(Reason::EntryAdded, sequence, Some(id)),
            None => Reason::EntryAdded.into(),
        }))
    }

    async fn look_for_unsealed(&self) -> Result<Option<Finding>, AuditError> {
        let (chain, now) = (&self.deps.chain, self.deps.clock.now());
        if let Some(id) = chain.find_sealed_without_place().await? {
            return Ok(Some(Finding::aside(Reason::EntryChanged, id)));
        }
        let latest = chain.find_head().await?;
        if let Some(since) = latest.and_then(|latest| oldest_in_time(&latest, now))
            && let Some(id) = chain.find_unsealed_outside(since, now + LATE).await?
        {
            return Ok(Some(Finding::aside(Reason::EntryBackDated, id)));
        }
        let waiting = chain.find_unsealed_outside(now - WAITING, now + LATE).await?;
        Ok(waiting.map(|id| Finding::aside(Reason::EntryUnsealed, id)))
    }
}

/// The keys of everyone whose values the rows hold.
pub(super) async fn people(chain: &dyn ChainStore, rows: &[Stored]) -> Result<HashMap<Uuid, PersonKey>, StoreError> {
    let ids: HashSet<Uuid> = rows
        .iter()
        .filter_map(|row| match row {
            Stored::Whole(entry) => entry.person(),
            Stored::Unreadable { .. } => None,
        })
        .collect();
    chain.person_keys(&ids.into_iter().collect::<Vec<_>>()).await
}

/// Checks one row against the head before it, and makes it the head.
pub(super) fn check(
    keys: &AuditKeys,
    head: &mut Head,
    row: &Stored,
    people: &HashMap<Uuid, PersonKey>,
    expected: &Expected,
) -> Option<Finding> {
    let next = head.sequence + 1;
    let entry: &Entry = match row {
        Stored::Whole(entry) => entry,
        Stored::Unreadable { sequence, id } if *sequence == Some(next) => {
            return Some(Finding::at(Reason::EntryChanged, next, *id));
        }
        Stored::Unreadable { .. } => return Some(Finding::at(Reason::EntryMissing, next, None)),
    };
    let Some(seal) = entry.seal.as_ref().filter(|seal| seal.sequence == next) else {
        return Some(Finding::at(Reason::EntryMissing, next, None));
    };
    let person = entry.person().map(|id| (id, people.get(&id).unwrap_or(&PersonKey::Missing)));
    let right = seal.previous_hash == head.hash
        && chain::entry_intact(keys, entry, seal)
        && chain::personal_intact(keys, entry, seal, person);
    if !right {
        return Some(Finding::at(Reason::EntryChanged, next, Some(entry.id)));
    }
    let foretold = expected.contradiction != Some(next)
        && expected.heads.get(&next).is_none_or(|hash| *hash == seal.hash)
        && (next > 1 || expected.genesis.as_ref().is_none_or(|genesis| *genesis == seal.hash));
    if !foretold {
        return Some(Finding::at(Reason::CheckpointContradicted, next, Some(entry.id)));
    }
    *head = Head { sequence: next, hash: seal.hash.clone() };
    None
}
