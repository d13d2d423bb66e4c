//! The ports: what the services need from a database, and what they must ask of other parts of the system.
//!
//! Reads without a transaction come from the pool. Every write and every locking read takes the transaction first.
//! Whatever may be seen by a workshop is only ever reached through an [`Audience`](crate::domain::Audience) or through
//! the workshop's id.
//!
//! Locks are taken in one order, so that nobody waits in a circle: tickets (by their ids), then the workshop, then its
//! person, then the member of staff.

mod customers;
mod erasure;
mod history;
mod messages;
mod staff;
mod tickets;

#[cfg(any(test, feature = "mock"))]
pub use customers::MockCustomers;
pub use customers::{CustomerPerson, Customers, Workshop};
#[cfg(any(test, feature = "mock"))]
pub use erasure::MockErasureRepository;
pub use erasure::{ErasureRepository, Party};
pub use history::HistoryRepository;
#[cfg(any(test, feature = "mock"))]
pub use history::MockHistoryRepository;
pub use messages::MessageRepository;
#[cfg(any(test, feature = "mock"))]
pub use messages::MockMessageRepository;
#[cfg(any(test, feature = "mock"))]
pub use staff::MockStaff;
pub use staff::{Staff, StaffMember, StaffName};
#[cfg(any(test, feature = "mock"))]
pub use tickets::MockTicketRepository;
pub use tickets::{Overdue, TicketRepository};
