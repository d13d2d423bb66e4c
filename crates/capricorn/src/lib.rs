//! Parts ordering through Capricorn: search, stock, quotes, orders and their reconciliation.
//!
//! This room is laid out and not built yet; README.md tells what it is for.
#![deny(missing_docs)]
