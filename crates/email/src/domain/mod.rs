//! Pure types and rules: what mail says, how it looks, and what may become of it.

mod brand;
mod delivery_event;
mod filter;
mod mail;
mod notification;
mod render;
pub mod samples;
pub(crate) mod secret;
mod suppression;
mod template;

pub use brand::{Brand, Color, InvalidColor};
pub use delivery_event::DeliveryEvent;
pub use filter::{ByTime, NotificationFilter, SuppressionFilter};
pub use mail::{
    AdminWelcome, Invoice, Mail, PasswordReset, PaymentFailed, TenantSuspended, TenantWelcome, TicketAssigned,
    TicketConfirmation, TicketReply, TrialExpiryWarning, Variables,
};
pub use notification::{Notification, NotificationId, NotificationStatus};
pub use render::{RenderError, Rendered, render, subject};
pub use suppression::{Suppression, SuppressionReason};
pub use template::Template;
