//! The support desk: tickets, their messages, assignment and service levels.
//!
//! This room is laid out and not built yet; README.md tells what it is for.
#![deny(missing_docs)]
