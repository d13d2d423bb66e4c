use kernel::AuditEntryId;

/// The first entry that is not what was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Broken {
    /// Its place in the chain; `None` when it has none that counts.
    pub sequence: Option<i64>,
    /// Its id; `None` when it is missing.
    pub id: Option<AuditEntryId>,
}

/// Why a trail does not verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// An entry is not what was sealed, or was exchanged.
    EntryChanged,
    /// An entry is gone.
    EntryMissing,
    /// An entry lies where the chain has no place for it.
    EntryAdded,
    /// An entry without a place is dated long before what is sealed already.
    EntryBackDated,
    /// An entry waits for a place and does not get one.
    EntryUnsealed,
    /// A record of archived entries is not what was written, or missing.
    ArchiveChanged,
    /// A line of the checkpoint file is not ours.
    CheckpointChanged,
    /// The chain is not the one that a checkpoint tells of.
    CheckpointContradicted,
    /// No checkpoint tells of this database.
    NoCheckpoint,
    /// The checkpoints tell of another database than this one.
    OtherDatabase,
    /// The database holds no identity, or more than one.
    NoIdentity,
}

impl Reason {
    /// The name on the wire.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::EntryChanged => "ENTRY_CHANGED",
            Self::EntryMissing => "ENTRY_MISSING",
            Self::EntryAdded => "ENTRY_ADDED",
            Self::EntryBackDated => "ENTRY_BACK_DATED",
            Self::EntryUnsealed => "ENTRY_UNSEALED",
            Self::ArchiveChanged => "ARCHIVE_CHANGED",
            Self::CheckpointChanged => "CHECKPOINT_CHANGED",
            Self::CheckpointContradicted => "CHECKPOINT_CONTRADICTED",
            Self::NoCheckpoint => "NO_CHECKPOINT",
            Self::OtherDatabase => "OTHER_DATABASE",
            Self::NoIdentity => "NO_IDENTITY",
        }
    }

    /// What it means, in words.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::EntryChanged => "it is not what was sealed",
            Self::EntryMissing => "it is missing, or was replaced",
            Self::EntryAdded => "it was added: the chain has no place for it",
            Self::EntryBackDated => "it has no place in the chain and is dated before what is sealed already",
            Self::EntryUnsealed => "it waits for a place in the chain and does not get one",
            Self::ArchiveChanged => "the record of what was archived was changed",
            Self::CheckpointChanged => "lines of the checkpoint file are not ours",
            Self::CheckpointContradicted => "the chain is not the one that a checkpoint tells of",
            Self::NoCheckpoint => "no checkpoint of this database is under DATA_DIR, so a cut tail would not show",
            Self::OtherDatabase => {
                "the checkpoints under DATA_DIR tell of another database; if it was replaced on purpose, move them away"
            }
            Self::NoIdentity => "the database has lost its identity, which checkpoints go by",
        }
    }
}

impl std::fmt::Display for Reason {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    /// Entries of the database that were checked and found right.
    pub checked: u64,
    /// Checkpoints of this database that the chain was held against.
    pub checkpoints: usize,
    /// The first broken entry, if it is an entry that is broken.
    pub first_broken: Option<Broken>,
    /// Why it does not verify.
    pub reason: Option<Reason>,
}

impl Verification {
    /// Whether everything is as it was sealed, and a checkpoint outside the database vouches for it.
    #[must_use]
    pub fn verified(&self) -> bool {
        self.reason.is_none()
    }
}

/// Something that is not as it was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) reason: Reason,
    pub(super) broken: Option<Broken>,
}

impl Finding {
    /// At a place of the chain.
    pub(super) fn at(reason: Reason, sequence: i64, id: Option<AuditEntryId>) -> Self {
        Self { reason, broken: Some(Broken { sequence: Some(sequence), id }) }
    }

    /// An entry that has no place.
    pub(super) fn aside(reason: Reason, id: AuditEntryId) -> Self {
        Self { reason, broken: Some(Broken { sequence: None, id: Some(id) }) }
    }
}

impl From<Reason> for Finding {
    fn from(reason: Reason) -> Self {
        Self { reason, broken: None }
    }
}
