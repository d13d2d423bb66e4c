//! The use cases.

mod dependencies;
mod dispatcher;
mod erasure;
mod feedback;
mod housekeeping;
mod notifications;
mod suppressions;
mod templates;
#[cfg(test)]
mod test_ports;

pub use dependencies::Dependencies;
pub use dispatcher::{Dispatcher, DispatcherOptions};
pub use erasure::Erasure;
pub use feedback::Feedback;
pub use housekeeping::Housekeeping;
pub use notifications::{NewNotification, Notifications};
pub use suppressions::Suppressions;
pub use templates::Templates;
