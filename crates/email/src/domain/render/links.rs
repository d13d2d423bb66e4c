use kernel::EmailAddress;
use url::form_urlencoded::byte_serialize;

use super::{Brand, RenderError, Variables};
use crate::domain::{TicketConfirmation, TicketReply};

/// Where a mail's button leads: a page of the web app, or, for those who cannot sign in, a message to the support.
pub(super) fn main<'a>(
    variables: &Variables,
    brand: &Brand,
    secret: impl Fn() -> Result<&'a str, RenderError>,
) -> Result<String, RenderError> {
    let link = match variables {
        Variables::AdminWelcome(_) => brand.link(&["login"], &[]),
        Variables::TenantWelcome(it) => {
            brand.link(&["accept-invitation"], &[("subdomain", it.subdomain.as_str()), ("token", secret()?)])
        }
        Variables::PasswordReset(it) => {
            let subdomain = it.subdomain.as_deref().map(|subdomain| ("subdomain", subdomain));
            let query: Vec<_> = subdomain.into_iter().chain([("token", secret()?)]).collect();
            brand.link(&["reset-password"], &query)
        }
        Variables::TrialExpiryWarning(it) => brand.link(&["billing", "plans"], &[("subdomain", &it.subdomain)]),
        Variables::PaymentFailed(it) => brand.link(&["billing"], &[("subdomain", &it.subdomain)]),
        Variables::TicketConfirmation(TicketConfirmation { ticket_number, .. })
        | Variables::TicketReply(TicketReply { ticket_number, .. }) => {
            brand.link(&["support", "tickets", ticket_number], &[])
        }
        Variables::TicketAssigned(it) => brand.link(&["admin", "support", "tickets", &it.ticket_number], &[]),
        Variables::TenantSuspended(_) => return Ok(mailto(&brand.support)),
        Variables::Invoice(it) => {
            brand.link(&["billing", "invoices", &it.invoice_number], &[("subdomain", &it.subdomain)])
        }
    };
    Ok(link.into())
}

/// The link to write to an address. `?`, `&` and `%` may be part of one.
pub(super) fn mailto(address: &EmailAddress) -> String {
    let name = address.local_part();
    let domain = address.as_str().get(name.len()..).unwrap_or_default();
    format!("mailto:{}{domain}", byte_serialize(name.as_bytes()).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_adds_nothing_to_its_link() {
        let link = |address: &str| mailto(&address.parse().expect("an address"));
        assert_eq!(link("support@nextcrm.example"), "mailto:support@nextcrm.example");
        assert_eq!(link("a?cc=b&c%d+e@nextcrm.example"), "mailto:a%3Fcc%3Db%26c%25d%2Be@nextcrm.example");
    }
}
