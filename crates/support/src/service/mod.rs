//! The use cases. [`StaffTickets`] is for staff, [`WorkshopTickets`] for a workshop's people, and has
//! no way to a note among staff; [`SlaWatch`] notes what was missed.

mod announce;
mod assign;
mod dependencies;
mod edit;
mod erasure;
mod open;
mod parties;
mod read;
mod sla_watch;
mod staff;
#[cfg(test)]
mod test_ports;
mod workshop;

pub use dependencies::Dependencies;
pub use erasure::Erasure;
pub use sla_watch::SlaWatch;
pub use staff::{StaffMessage, StaffTicket, StaffTickets};
pub use workshop::{WorkshopMessage, WorkshopTicket, WorkshopTickets};
