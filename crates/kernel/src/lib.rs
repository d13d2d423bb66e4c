//! What every NextCRM crate shares, and nothing more: typed ids, an injected clock and source of
//! randomness, who acts ([`Actor`], [`RequestContext`]), pages and cursors, the unit of work
//! ([`Tx`], [`Transactor`]), store and domain errors, the audit port, the transactional outbox with
//! its relay, scheduled jobs, rate limits, idempotency keys, sealed secrets, [`Money`] and [`EmailAddress`].
//!
//! The rule of the house: domain crates depend on this one and never on each other.
#![deny(missing_docs)]

mod actor;
mod audit;
mod backoff;
mod clock;
mod codes;
mod database;
mod email_address;
mod entropy;
mod error;
pub mod fold;
pub mod idempotency;
mod ids;
pub mod jobs;
mod maintenance;
pub mod moment;
mod money;
pub mod net;
mod outage;
pub mod outbox;
pub mod page;
mod postgres;
pub mod rate;
mod reader;
pub mod refusals;
pub mod scope;
pub mod sealed;
pub mod store;
mod store_error;
pub mod text;
mod tx;
mod tx_executor;
pub mod work;

pub use actor::{Actor, AdminRole, PrincipalKind, RequestContext, TenantRole, UnknownRole};
#[cfg(any(test, feature = "mock"))]
pub use audit::MockAuditTrail;
pub use audit::{AuditEntry, AuditTrail, Changes, LeavingPerson};
pub use backoff::Backoff;
pub use clock::{Clock, SystemClock};
pub use codes::{ErrorCode, FieldCode};
pub use database::{Database, DatabaseOptions, Engine};
pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use entropy::{Entropy, OsEntropy};
pub use error::{DomainError, ErrorKind, FieldError};
pub use ids::{AdminId, AuditEntryId, EventId, SessionId, TenantId, TenantUserId};
pub use maintenance::Maintenance;
pub use money::{Currency, Money, MoneyError};
pub use reader::Reader;
pub use store_error::StoreError;
pub use tx::{Transactor, Tx, VersionMatch};
pub use tx_executor::TxExecutor;

/// Runs the README's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
