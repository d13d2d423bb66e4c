//! Pure types and rules: what mail says, how it looks, and what may become of it.

mod brand;
mod filter;
mod letter;
mod news;
mod notification;
mod render;
pub mod samples;
pub(crate) mod secret;
mod suppression;
mod template;

pub use brand::{Brand, Color, InvalidColor};
pub use filter::{ByTime, NotificationFilter, SuppressionFilter};
pub use letter::{
    AdminWelcome, Invoice, Letter, PasswordReset, PaymentFailed, TenantSuspended, TenantWelcome, TicketAssigned,
    TicketConfirmation, TicketReply, TrialExpiryWarning, Variables,
};
pub use news::News;
pub use notification::{Notification, NotificationId, NotificationStatus, UnknownStatus};
pub use render::{RenderError, Rendered, render, subject};
pub use suppression::{Suppression, SuppressionReason};
pub use template::{Template, UnknownTemplate};
