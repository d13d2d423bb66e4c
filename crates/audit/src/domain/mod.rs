//! Pure types and rules: no I/O, no async.

pub mod archive;
pub mod canonical;
pub mod chain;
pub mod checkpoint;
pub mod csv;
pub mod entry;
pub mod filter;
pub mod keys;
pub mod line;
pub mod vault;
