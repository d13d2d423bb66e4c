//! The audit trail: who did what, on what, from where and with what result.
//!
//! - [`Trail`] is the [`kernel::AuditTrail`] that every crate writes to, in the transaction of its change.
//! - [`Sealer`] chains what was committed with keyed hashes, in the background, and leaves signed
//!   [`Checkpoint`]s outside the database.
//! - [`AuditLog`] searches and sums up, [`Exporter`] streams, [`Verifier`] finds the first broken entry,
//!   [`verify_file`] does so for a file, [`Archiver`] moves old entries to compressed files, [`Eraser`] takes a
//!   person's address and user agent out without breaking the chain.
//!
//! The README tells the invariants and shows the crate in use without the HTTP shell.
#![deny(missing_docs)]

mod builder;
mod dependencies;
mod domain;
mod error;
pub mod repository;
mod service;
mod store;

pub use builder::{Audit, AuditBuilder};
pub use dependencies::Dependencies;
pub use domain::{
    archive::Archive,
    chain::{Head, PersonKey},
    checkpoint::{Checkpoint, Identity},
    csv::CSV_HEADER,
    entry::{ActorName, ActorRef, ActorType, Entry, FormerName, NamedEntry, Seal},
    filter::{AuditFilter, AuditSort},
    keys::{AuditKeys, GENESIS, KeyUse},
};
pub use error::{AuditError, DirectoryError};
pub use repository::ActorDirectory;
pub use service::{
    archiver::{Archived, Archiver},
    checkpointer::Noted,
    eraser::Eraser,
    exporter::{ExportFormat, Exporter},
    log::AuditLog,
    sealer::Sealer,
    summary::Summary,
    trail::Trail,
    verdict::{Broken, Reason, Verification},
    verifier::Verifier,
    verify_file::{FileProblem, FileReport, verify_file},
};
pub use store::{AuditStore, CheckpointFile};

/// The README's example, kept working.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
