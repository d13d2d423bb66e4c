//! Pure types and rules: what mail says, how it looks, and what may become of it.

mod brand;
mod letter;
mod notification;
mod render;
pub mod samples;
mod template;

pub use brand::{Brand, Color, InvalidColor};
pub use letter::{
    AdminWelcome, Invoice, Letter, PasswordReset, PaymentFailed, TenantSuspended, TenantWelcome, TicketConfirmation,
    TrialExpiryWarning, Variables,
};
pub use notification::{Notification, NotificationId, NotificationStatus};
pub use render::{RenderError, Rendered, render};
pub use template::{Template, UnknownTemplate};
