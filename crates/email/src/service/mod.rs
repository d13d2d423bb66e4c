//! The use cases.

mod courier;
mod erasure;
mod feedback;
mod housekeeping;
mod notifications;
mod pace;
mod ports;
mod suppressions;
mod templates;
#[cfg(test)]
mod test_ports;

pub use courier::{Courier, CourierOptions};
pub use erasure::Erasure;
pub use feedback::Feedback;
pub use housekeeping::Housekeeping;
pub use notifications::{NewNotification, Notifications};
pub use ports::Ports;
pub use suppressions::Suppressions;
pub use templates::Templates;
