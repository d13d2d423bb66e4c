//! The use cases. [`StaffTickets`] is the door for staff, [`WorkshopTickets`] the one for a workshop's people, which has
//! no way to a note among staff; [`SlaWatch`] notes what was missed.

mod announce;
mod assign;
mod edit;
mod erasure;
mod open;
mod parties;
mod ports;
mod read;
mod sla_watch;
mod staff;
#[cfg(test)]
mod test_ports;
mod workshop;

pub use erasure::Erasure;
pub use ports::Ports;
pub use sla_watch::SlaWatch;
pub use staff::{StaffMessage, StaffTicket, StaffTickets};
pub use workshop::{WorkshopMessage, WorkshopTicket, WorkshopTickets};
