//! Made-up variables for previews, examples and tests.

use kernel::Currency;
use secrecy::SecretString;

use super::{
    AdminWelcome, Brand, Color, Invoice, Mail, PasswordReset, PaymentFailed, Template, TenantSuspended, TenantWelcome,
    TicketAssigned, TicketConfirmation, TicketReply, TrialExpiryWarning, Variables,
};

/// A mail of this template, with a masked secret.
#[must_use]
pub fn mail(template: Template) -> Mail {
    Mail { variables: variables(template), secret: template.secret_variable().map(|_| SecretString::from(MASK)) }
}

/// What stands in place of a secret.
pub const MASK: &str = "********";

/// Variables of this template.
#[must_use]
pub fn variables(template: Template) -> Variables {
    let first_name = || "Jo".to_owned();
    let tenant_name = || "Jo's Garage".to_owned();
    let subdomain = || "jos-garage".to_owned();
    let ticket_number = || "TKT-01JQ3W8Z5K7M".to_owned();
    let ticket_subject = || "Brake pads arrive twice".to_owned();
    match template {
        Template::AdminWelcome => {
            let email = address("jo@example.com");
            Variables::AdminWelcome(AdminWelcome { first_name: first_name(), email })
        }
        Template::TenantWelcome => Variables::TenantWelcome(TenantWelcome {
            first_name: first_name(),
            tenant_name: tenant_name(),
            subdomain: subdomain(),
            valid_days: 7,
        }),
        Template::PasswordReset => Variables::PasswordReset(PasswordReset {
            first_name: first_name(),
            tenant_name: Some(tenant_name()),
            subdomain: Some(subdomain()),
            valid_minutes: 60,
        }),
        Template::TrialExpiryWarning => Variables::TrialExpiryWarning(TrialExpiryWarning {
            first_name: first_name(),
            tenant_name: tenant_name(),
            subdomain: subdomain(),
            days_left: 3,
            ends_on: day(2026, 3, 31),
        }),
        Template::PaymentFailed => Variables::PaymentFailed(PaymentFailed {
            first_name: first_name(),
            tenant_name: tenant_name(),
            subdomain: subdomain(),
            amount_cents: 19_900,
            currency: Currency::AUD,
        }),
        Template::TicketConfirmation => Variables::TicketConfirmation(TicketConfirmation {
            first_name: Some(first_name()),
            ticket_number: ticket_number(),
            ticket_subject: ticket_subject(),
        }),
        Template::TicketReply => Variables::TicketReply(TicketReply {
            first_name: Some(first_name()),
            ticket_number: ticket_number(),
            ticket_subject: ticket_subject(),
        }),
        Template::TicketAssigned => Variables::TicketAssigned(TicketAssigned {
            first_name: first_name(),
            ticket_number: ticket_number(),
            ticket_subject: ticket_subject(),
            priority: "URGENT".to_owned(),
        }),
        Template::TenantSuspended => Variables::TenantSuspended(TenantSuspended {
            first_name: first_name(),
            tenant_name: tenant_name(),
            reason: "The invoices of two months are open.".to_owned(),
        }),
        Template::Invoice => Variables::Invoice(Invoice {
            first_name: first_name(),
            tenant_name: tenant_name(),
            subdomain: subdomain(),
            invoice_number: "INV-20260301-7K2M9Q".to_owned(),
            amount_cents: 19_900,
            currency: Currency::AUD,
            period_start: day(2026, 3, 1),
            period_end: day(2026, 4, 1),
        }),
    }
}

/// A brand with an address of no one.
#[must_use]
pub fn brand() -> Brand {
    Brand {
        name: "NextCRM".to_owned(),
        sender: address("no-reply@nextcrm.example"),
        sender_name: None,
        support: address("support@nextcrm.example"),
        color: Color::default(),
        logo: None,
        #[expect(clippy::expect_used, reason = "a constant")]
        app_url: "https://app.nextcrm.example".parse().expect("a constant address"),
    }
}

#[expect(clippy::expect_used, reason = "constants")]
fn address(text: &str) -> kernel::EmailAddress {
    text.parse().expect("a constant address")
}

#[expect(clippy::expect_used, reason = "constants")]
fn day(year: i32, month: u32, day: u32) -> chrono::NaiveDate {
    chrono::NaiveDate::from_ymd_opt(year, month, day).expect("a constant day")
}
