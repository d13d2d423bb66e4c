//! Numbers for workshops and for NextCRM's staff: revenue, activity, churn risk, retention.
//!
//! This room is laid out and not built yet; README.md tells what it is for.
#![deny(missing_docs)]
