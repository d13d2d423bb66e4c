//! The ports: what the services need from the supplier, of credentials and from a database.

mod accounts;
mod orders;
mod supplier;
mod workshops;

#[cfg(any(test, feature = "mock"))]
pub use accounts::MockAccounts;
pub use accounts::{AccountError, Accounts};
#[cfg(any(test, feature = "mock"))]
pub use orders::MockOrderRepository;
pub use orders::{KeptNews, OrderRepository};
#[cfg(any(test, feature = "mock"))]
pub use supplier::MockPartsSupplier;
pub use supplier::{CircuitState, InventoryPage, PartsPage, PartsSupplier, SupplierError, SupplierFailure};
#[cfg(any(test, feature = "mock"))]
pub use workshops::MockWorkshops;
pub use workshops::{PersonName, Workshops};
