//! The ports: what the services need of databases, files and other crates.

use std::collections::HashMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use kernel::{
    AdminId, AuditEntryId, StoreError, TenantId, Tx,
    page::{Page, PageRequest},
};
use uuid::Uuid;

use crate::{
    domain::{
        archive::Archive,
        chain::{Head, PersonKey},
        checkpoint::{Checkpoint, Identity},
        entry::{ActorName, ActorRef, Entry, Seal},
        filter::{AuditFilter, AuditSort},
        keys::Digest,
    },
    error::{AuditError, DirectoryError},
};

/// Where a batch of entries, in the order of their time, begins: right after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// Time of the last entry of the batch before.
    pub created_at: DateTime<Utc>,
    /// Its id.
    pub id: AuditEntryId,
}

/// An entry, or what is left of one whose columns do not parse any more.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly all are whole")]
pub enum Stored {
    /// As written.
    Whole(Entry),
    /// Somebody put something into it that no entry has.
    Unreadable {
        /// Its place in the chain, if it has one that can be read.
        sequence: Option<i64>,
        /// Its id, if that much can be read.
        id: Option<AuditEntryId>,
    },
}

/// The last sealed entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Latest {
    /// Its place and hash.
    pub head: Head,
    /// Its time; `None` when it cannot be read.
    pub created_at: Option<DateTime<Utc>>,
}

/// The numbers of a summary.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Entries of the last 24 hours.
    pub last_24h: u64,
    /// Entries of the last 7 days.
    pub last_7d: u64,
    /// Entries of the last 24 hours with a status of 400 or more.
    pub failures_24h: u64,
}

/// Entries, as readers and writers see them.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait EntryStore: Send + Sync {
    /// Writes an entry (one statement).
    async fn insert_in(&self, tx: &mut Tx, entry: &Entry) -> Result<(), StoreError>;
    /// One page, with the exact total.
    async fn list(&self, filter: &AuditFilter, page: &PageRequest<AuditSort>) -> Result<Page<Entry>, AuditError>;
    /// Up to `limit` entries from before `until`, oldest first, after `after`.
    async fn batch(
        &self,
        filter: &AuditFilter,
        after: Option<Position>,
        until: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<Entry>, StoreError>;
    /// How many entries there were before `now`, of one tenant or all.
    async fn counts(&self, tenant: Option<TenantId>, now: DateTime<Utc>) -> Result<Counts, StoreError>;
    /// The members of staff with the most entries since `since`, most first.
    async fn top_admins(
        &self,
        tenant: Option<TenantId>,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<(AdminId, u64)>, StoreError>;
    /// The actions with the most entries since `since`, most first.
    async fn top_actions(
        &self,
        tenant: Option<TenantId>,
        since: DateTime<Utc>,
        limit: u64,
    ) -> Result<Vec<(String, u64)>, StoreError>;
}

/// The times that entries may have which are to be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// From this one on; without it, however old.
    pub from: Option<DateTime<Utc>>,
    /// Before this one.
    pub to: DateTime<Utc>,
}

/// The hash chain. Whoever writes to it holds its lock, across nodes, to the end of the transaction.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ChainStore: Send + Sync {
    /// Takes the lock, waiting for it.
    async fn lock_in(&self, tx: &mut Tx) -> Result<(), StoreError>;
    /// Takes the lock if it is free.
    async fn try_lock_in(&self, tx: &mut Tx) -> Result<bool, StoreError>;
    /// Which database this is; `None` when it does not know (any more).
    async fn find_identity(&self) -> Result<Option<Identity>, StoreError>;
    /// Notes the hash of the chain's first entry, unless there is a note already.
    async fn set_genesis_in(&self, tx: &mut Tx, genesis: &Digest) -> Result<(), StoreError>;
    /// Whether anything of this time waits to be sealed.
    async fn has_unsealed(&self, window: Window) -> Result<bool, StoreError>;
    /// The time of the oldest entry without a place.
    async fn oldest_unsealed(&self) -> Result<Option<DateTime<Utc>>, StoreError>;
    /// An entry without a place that has a hash all the same: none of ours ever does.
    async fn find_sealed_without_place(&self) -> Result<Option<AuditEntryId>, StoreError>;
    /// The oldest entry without a place whose time is before `from` or not before `to`, or cannot be read.
    async fn find_unsealed_outside(
        &self,
        from: DateTime<Utc>,
        to: DateTime<Utc>,
    ) -> Result<Option<AuditEntryId>, StoreError>;
    /// The last sealed entry that is still in the database; `None` when there is none.
    async fn find_head(&self) -> Result<Option<Latest>, StoreError>;
    /// As [`ChainStore::find_head`], in the transaction.
    async fn find_head_in(&self, tx: &mut Tx) -> Result<Option<Latest>, StoreError>;
    /// The hash of the entry with this place, if it is in the database.
    async fn find_hash(&self, sequence: i64) -> Result<Option<Digest>, StoreError>;
    /// How many sealed entries there are up to this place.
    async fn count_through(&self, sequence: i64) -> Result<u64, StoreError>;
    /// The sealed entry with the lowest place, if that is not above `sequence`.
    async fn find_sealed_through(&self, sequence: i64) -> Result<Option<(i64, AuditEntryId)>, StoreError>;
    /// The oldest entries of this time that wait to be sealed, but for the first `skip`.
    async fn list_unsealed_in(
        &self,
        tx: &mut Tx,
        window: Window,
        skip: u64,
        limit: u64,
    ) -> Result<Vec<Stored>, StoreError>;
    /// Gives entries their places (one statement).
    async fn seal_in(&self, tx: &mut Tx, seals: &[(AuditEntryId, Seal)]) -> Result<(), StoreError>;
    /// Up to `limit` sealed entries with a higher sequence than `after`, lowest first.
    async fn list_chain(&self, after: i64, limit: u64) -> Result<Vec<Stored>, StoreError>;
    /// The keys of these people, in the transaction; absent ones are left out.
    async fn person_keys_in(&self, tx: &mut Tx, people: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, StoreError>;
    /// The keys of these people; absent ones are left out.
    async fn person_keys(&self, people: &[Uuid]) -> Result<HashMap<Uuid, PersonKey>, StoreError>;
    /// Stores the salts (32 bytes each) of new people.
    async fn insert_salts_in(
        &self,
        tx: &mut Tx,
        salts: &[(Uuid, [u8; 32])],
        now: DateTime<Utc>,
    ) -> Result<(), StoreError>;
    /// Takes addresses and user agents out of these entries.
    async fn forget_personal_in(&self, tx: &mut Tx, entries: &[AuditEntryId]) -> Result<(), StoreError>;
    /// Takes a person's salt away, and their address and user agent out of all entries. Answers how many entries.
    async fn erase_person_in(
        &self,
        tx: &mut Tx,
        person: Uuid,
        proof: &str,
        now: DateTime<Utc>,
    ) -> Result<u64, StoreError>;
}

/// A name kept for the trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptName {
    /// Whose.
    pub person: Uuid,
    /// The salt of their key.
    pub salt: Vec<u8>,
    /// The name, sealed under that key.
    pub sealed: String,
}

/// Names of people who left, until they are erased.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait NameStore: Send + Sync {
    /// The salt of a person's key, which is `new` if they had none; `None` when they were erased.
    async fn salt_in(
        &self,
        tx: &mut Tx,
        person: Uuid,
        new: [u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<u8>>, StoreError>;
    /// Keeps a sealed name, unless its person was erased.
    async fn keep_name_in(&self, tx: &mut Tx, person: Uuid, sealed: &str) -> Result<(), StoreError>;
    /// The names that are kept of these people.
    async fn list_kept(&self, people: &[Uuid]) -> Result<Vec<KeptName>, StoreError>;
    /// Whether an entry is by or about this person: of the tenant, or else of staff.
    async fn mentions_in(&self, tx: &mut Tx, person: Uuid, tenant: Option<TenantId>) -> Result<bool, StoreError>;
}

/// What was moved to files.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ArchiveStore: Send + Sync {
    /// The latest archive.
    async fn find_last(&self) -> Result<Option<Archive>, StoreError>;
    /// The oldest archive, and how many entries all archives together hold by their own account.
    async fn find_first(&self) -> Result<Option<(Archive, i64)>, StoreError>;
    /// As [`ArchiveStore::find_last`], in the transaction.
    async fn find_last_in(&self, tx: &mut Tx) -> Result<Option<Archive>, StoreError>;
    /// Notes an archive and takes its entries out of the database. Answers how many were taken.
    async fn move_in(&self, tx: &mut Tx, archive: &Archive, now: DateTime<Utc>) -> Result<u64, StoreError>;
}

/// Signed checkpoints, outside the database.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait CheckpointLog: Send + Sync {
    /// Adds a checkpoint so that it survives a power cut.
    async fn append(&self, checkpoint: &Checkpoint) -> Result<(), AuditError>;
    /// All of them as they stand; a line that does not parse is an `Err` with its number (from 1).
    async fn read(&self) -> Result<Vec<Result<Checkpoint, usize>>, AuditError>;
}

/// Who the people of the entries are; other crates know.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait ActorDirectory: Send + Sync {
    /// The names of those who are known, in one batch.
    ///
    /// # Errors
    /// What the other crate says.
    async fn names(&self, actors: &[ActorRef]) -> Result<HashMap<ActorRef, ActorName>, DirectoryError>;
    /// How many members of staff there are.
    ///
    /// # Errors
    /// What the other crate says.
    async fn count_admins(&self) -> Result<u64, DirectoryError>;
}

/// Knows nobody: for programs whose trail is read by ids.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoNames;

#[async_trait]
impl ActorDirectory for NoNames {
    async fn names(&self, _: &[ActorRef]) -> Result<HashMap<ActorRef, ActorName>, DirectoryError> {
        Ok(HashMap::new())
    }

    async fn count_admins(&self) -> Result<u64, DirectoryError> {
        Ok(0)
    }
}
