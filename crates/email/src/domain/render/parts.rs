//! The templates under `templates/`, each as HTML and as plain text. What a template uses and does not get fails the build.

use askama::Template;

use super::{links, words};
use crate::domain::{
    AdminWelcome, Brand, Invoice, PasswordReset, PaymentFailed, TenantSuspended, TenantWelcome, TicketAssigned,
    TicketConfirmation, TicketReply, TrialExpiryWarning,
};

/// What surrounds every mail.
pub(super) struct Frame<'a> {
    pub subject: &'a str,
    pub brand: &'a Brand,
    /// Where the button leads.
    pub link: &'a str,
}

impl Frame<'_> {
    fn support_link(&self) -> String {
        links::mailto(&self.brand.support)
    }

    /// The letter of the sign in the head, if the name has one.
    fn initial(&self) -> Option<char> {
        self.brand.name.chars().find(|c| c.is_alphanumeric())
    }
}

/// Values are escaped.
#[derive(Template)]
pub(super) enum Html<'a> {
    #[template(path = "admin_welcome.html")]
    AdminWelcome { mail: &'a Frame<'a>, it: &'a AdminWelcome, temporary_password: &'a str },
    #[template(path = "tenant_welcome.html")]
    TenantWelcome { mail: &'a Frame<'a>, it: &'a TenantWelcome },
    #[template(path = "password_reset.html")]
    PasswordReset { mail: &'a Frame<'a>, it: &'a PasswordReset },
    #[template(path = "trial_expiry_warning.html")]
    TrialExpiryWarning { mail: &'a Frame<'a>, it: &'a TrialExpiryWarning },
    #[template(path = "payment_failed.html")]
    PaymentFailed { mail: &'a Frame<'a>, it: &'a PaymentFailed },
    #[template(path = "ticket_confirmation.html")]
    TicketConfirmation { mail: &'a Frame<'a>, it: &'a TicketConfirmation },
    #[template(path = "ticket_reply.html")]
    TicketReply { mail: &'a Frame<'a>, it: &'a TicketReply },
    #[template(path = "ticket_assigned.html")]
    TicketAssigned { mail: &'a Frame<'a>, it: &'a TicketAssigned },
    #[template(path = "tenant_suspended.html")]
    TenantSuspended { mail: &'a Frame<'a>, it: &'a TenantSuspended },
    #[template(path = "invoice.html")]
    Invoice { mail: &'a Frame<'a>, it: &'a Invoice },
}

/// Values stand as they are, so one that people typed goes through `line`, `name` or `quote` first.
#[derive(Template)]
pub(super) enum Text<'a> {
    #[template(path = "admin_welcome.txt")]
    AdminWelcome { mail: &'a Frame<'a>, it: &'a AdminWelcome, temporary_password: &'a str },
    #[template(path = "tenant_welcome.txt")]
    TenantWelcome { mail: &'a Frame<'a>, it: &'a TenantWelcome },
    #[template(path = "password_reset.txt")]
    PasswordReset { mail: &'a Frame<'a>, it: &'a PasswordReset },
    #[template(path = "trial_expiry_warning.txt")]
    TrialExpiryWarning { mail: &'a Frame<'a>, it: &'a TrialExpiryWarning },
    #[template(path = "payment_failed.txt")]
    PaymentFailed { mail: &'a Frame<'a>, it: &'a PaymentFailed },
    #[template(path = "ticket_confirmation.txt")]
    TicketConfirmation { mail: &'a Frame<'a>, it: &'a TicketConfirmation },
    #[template(path = "ticket_reply.txt")]
    TicketReply { mail: &'a Frame<'a>, it: &'a TicketReply },
    #[template(path = "ticket_assigned.txt")]
    TicketAssigned { mail: &'a Frame<'a>, it: &'a TicketAssigned },
    #[template(path = "tenant_suspended.txt")]
    TenantSuspended { mail: &'a Frame<'a>, it: &'a TenantSuspended },
    #[template(path = "invoice.txt")]
    Invoice { mail: &'a Frame<'a>, it: &'a Invoice },
}
