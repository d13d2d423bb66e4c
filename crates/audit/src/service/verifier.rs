use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use kernel::{AuditEntryId, StoreError};
use uuid::Uuid;

use crate::{
    domain::{
        archive::Archive,
        chain::{self, Head, PersonKey},
        entry::Entry,
        keys::{AuditKeys, Digest},
    },
    error::AuditError,
    ports::Ports,
    repository::{ChainStore, Stored},
};

/// Entries that are in memory at a time.
const BATCH: u64 = 1_000;

/// The first entry that is not what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Its place in the chain.
    pub sequence: i64,
    /// Its id; `None` when it is missing.
    pub id: Option<AuditEntryId>,
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries of the database that were checked and found right.
    pub checked: u64,
    /// The first broken entry.
    pub first_broken: Option<Broken>,
    /// Checkpoints of this database that the chain was held against.
    pub checkpoints: usize,
    /// Lines of the checkpoint file that are not ours.
    pub damaged_checkpoints: usize,
}

impl Verification {
    /// Whether everything is as it was sealed.
    #[must_use]
    pub fn verified(&self) -> bool {
        self.first_broken.is_none() && self.damaged_checkpoints == 0
    }
}

/// Checks the whole chain in the database, from the archived head on, in constant memory.
#[derive(Debug, Clone)]
pub struct Verifier {
    ports: Ports,
    // Verifications read everything; one at a time is enough.
    turn: Arc<tokio::sync::Mutex<()>>,
}

/// What the checkpoints say of places in the chain.
#[derive(Default)]
pub(super) struct Expected {
    heads: BTreeMap<i64, Digest>,
    // Two genuine checkpoints that contradict each other: entries after the earlier one were exchanged.
    contradiction: Option<i64>,
    genuine: usize,
    damaged: usize,
}

impl Verifier {
    /// Over these ports.
    #[must_use]
    pub fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), turn: Arc::default() }
    }

    /// Verifies everything that is sealed.
    ///
    /// # Errors
    /// [`AuditError::Store`], [`AuditError::File`]; a broken chain is a finding, not an error.
    pub async fn verify(&self) -> Result<Verification, AuditError> {
        let _turn = self.turn.lock().await;
        loop {
            // Before the entries: the chain is then at least as long as they say.
            let expected = self.expected().await?;
            let anchor = self.ports.archives.find_last().await?;
            let (checked, first_broken) = self.walk(anchor.as_ref(), &expected).await?;
            let moved = self.ports.archives.find_last().await? != anchor;
            if first_broken.is_some() && moved {
                continue; // The archiver took entries away under our hands.
            }
            return Ok(Verification {
                checked,
                first_broken,
                checkpoints: expected.genuine,
                damaged_checkpoints: expected.damaged,
            });
        }
    }

    async fn expected(&self) -> Result<Expected, AuditError> {
        let mut expected = Expected::default();
        for line in self.ports.checkpoints.read().await? {
            match line {
                Ok(checkpoint) if checkpoint.is_genuine(&self.ports.keys) => {
                    if checkpoint.database != self.ports.database {
                        continue;
                    }
                    expected.genuine += 1;
                    let count = checkpoint.count;
                    let other = expected.heads.insert(count, checkpoint.head.clone());
                    if other.is_some_and(|other| other != checkpoint.head) {
                        expected.contradiction = Some(expected.contradiction.map_or(count, |known| known.min(count)));
                    }
                }
                _ => expected.damaged += 1,
            }
        }
        Ok(expected)
    }

    async fn walk(&self, anchor: Option<&Archive>, expected: &Expected) -> Result<(u64, Option<Broken>), AuditError> {
        let mut head = match anchor {
            None => Head::genesis(),
            Some(archive) if archive.is_genuine(&self.ports.keys) => {
                Head { sequence: archive.last, hash: archive.head_hash.clone() }
            }
            Some(archive) => return Ok((0, Some(Broken { sequence: archive.first, id: None }))),
        };
        if expected.heads.get(&head.sequence).is_some_and(|hash| *hash != head.hash) {
            return Ok((0, Some(Broken { sequence: head.sequence, id: None })));
        }
        let mut checked = 0;
        loop {
            let rows = self.ports.chain.list_chain(head.sequence, BATCH).await?;
            if rows.is_empty() {
                break;
            }
            let people = people(self.ports.chain.as_ref(), &rows).await?;
            for row in &rows {
                if let Some(broken) = check(&self.ports.keys, &mut head, row, &people, expected) {
                    return Ok((checked, Some(broken)));
                }
                checked += 1;
            }
            // A batch is some milliseconds of hashing; others may want the thread.
            tokio::task::yield_now().await;
        }
        let promised = expected.heads.last_key_value().map_or(0, |(count, _)| *count);
        let cut = (promised > head.sequence).then_some(Broken { sequence: head.sequence + 1, id: None });
        Ok((checked, cut))
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
) -> Option<Broken> {
    let next = head.sequence + 1;
    let entry: &Entry = match row {
        Stored::Whole(entry) => entry,
        Stored::Unreadable { sequence, id } => {
            let id = if *sequence == next { *id } else { None };
            return Some(Broken { sequence: next, id });
        }
    };
    let Some(seal) = entry.seal.as_ref().filter(|seal| seal.sequence == next) else {
        return Some(Broken { sequence: next, id: None });
    };
    let person = entry.person().map(|id| (id, people.get(&id).unwrap_or(&PersonKey::Missing)));
    let right = seal.previous_hash == head.hash
        && chain::entry_intact(keys, entry, seal)
        && chain::personal_intact(keys, entry, seal, person)
        && expected.contradiction != Some(next)
        && expected.heads.get(&next).is_none_or(|hash| *hash == seal.hash);
    if !right {
        return Some(Broken { sequence: next, id: Some(entry.id) });
    }
    *head = Head { sequence: next, hash: seal.hash.clone() };
    None
}
