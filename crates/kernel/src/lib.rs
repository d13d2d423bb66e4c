//! What every NextCRM crate shares, and nothing more: types and traits. Typed ids, an injected clock and source of
//! randomness, who calls ([`Caller`], [`RequestContext`]), pages and cursors, the unit of work
//! ([`Tx`], [`Transactor`]), store and domain errors, and the ports to the audit trail, the outbox, rate limits and
//! idempotency keys; sealed secrets, [`Money`] and [`EmailAddress`]. What runs behind them is in `platform`.
//!
//! The rule of the house: domain crates depend on these two and never on each other.
#![deny(missing_docs)]

mod audit;
mod backoff;
mod caller;
mod clock;
mod codes;
mod email_address;
mod entropy;
mod error;
pub mod fold;
pub mod idempotency;
mod ids;
pub mod input;
pub mod moment;
mod money;
pub mod outbox;
pub mod page;
pub mod rate;
pub mod reference;
mod role;
pub mod sealed;
mod store_error;
mod tenant_status;
pub mod text;
mod tx;
mod tx_executor;

#[cfg(any(test, feature = "mock"))]
pub use audit::MockAuditTrail;
pub use audit::{AuditEntry, AuditTrail, Changes, LeavingPerson};
pub use backoff::Backoff;
pub use caller::{
    AccessLevel, Audience, Caller, Grants, OnBehalfOf, Proof, ReadOnlyReason, RequestContext, SessionProof, Subject,
    TenantScope,
};
pub use clock::{Clock, SystemClock};
pub use codes::{ErrorCode, FieldCode};
pub use email_address::{EmailAddress, InvalidEmailAddress};
pub use entropy::{Entropy, OsEntropy};
pub use error::{DomainError, ErrorKind, FieldError};
pub use ids::{AdminId, ApiKeyId, AuditEntryId, EventId, ImpersonationId, SessionId, TenantId, TenantUserId};
pub use money::{Currency, Money, MoneyError};
pub use role::{AdminRole, Role, TenantRole};
pub use store_error::StoreError;
pub use tenant_status::TenantStatus;
pub use tx::{Transactor, Tx, VersionMatch, finished};
pub use tx_executor::{OpenTransaction, TxExecutor};

/// Runs the README's example with the tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
