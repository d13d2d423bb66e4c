use super::{
    Brand, Variables,
    words::{cut, line},
};

/// The most characters of a subject; mail programs show fewer.
const MOST: usize = 120;

/// The subject line of a mail with these variables; one line, without secrets.
#[must_use]
pub fn subject(variables: &Variables, brand: &Brand) -> String {
    let product = &brand.name;
    let subject = match variables {
        Variables::AdminWelcome(_) => format!("Welcome to {product}"),
        // The workshop's name stays out: whoever is invited knows neither it nor who chose it.
        Variables::TenantWelcome(_) => format!("You are invited to a workshop on {product}"),
        Variables::PasswordReset(it) => {
            format!("Reset your {} password", it.tenant_name.as_deref().unwrap_or(product))
        }
        Variables::TrialExpiryWarning(it) => {
            format!("Your trial of {product} ends {}", super::words::ahead(it.days_left))
        }
        Variables::PaymentFailed(_) => "We could not collect your payment".to_owned(),
        Variables::TicketConfirmation(it) => format!("Ticket {}: {}", it.ticket_number, it.ticket_subject),
        Variables::TicketReply(it) => format!("Reply to ticket {}: {}", it.ticket_number, it.ticket_subject),
        Variables::TicketAssigned(it) => format!("Ticket {} is yours now: {}", it.ticket_number, it.ticket_subject),
        Variables::TenantSuspended(it) => format!("{} is suspended", it.tenant_name),
        Variables::Invoice(it) => format!("Invoice {} from {product}", it.invoice_number),
    };
    cut(&line(&subject), MOST)
}
