//! What needs two domains at once: one transaction, and each domain's `_in` twins inside it.

mod add_person;
mod change_staff;
mod erase_person;
mod invite_again;
mod open_ticket;
mod open_workshop;
mod view_quota;
mod view_workshop;

pub use add_person::{AddPerson, PreparedPerson};
pub use change_staff::ChangeStaff;
pub use erase_person::ErasePerson;
pub use invite_again::InviteAgain;
pub use open_ticket::OpenTicket;
pub use open_workshop::OpenWorkshop;
pub use view_quota::{QuotaUse, ViewQuota};
pub use view_workshop::{TenantParts, ViewWorkshop};

use auth::Recipient;
use tenancy::domain::{Person, Tenant};

/// Where an invitation goes.
fn recipient(person: &Person, tenant: &Tenant) -> Recipient {
    Recipient::tenant_user(
        person.tenant_id,
        person.id,
        person.email.clone(),
        person.first_name.as_str(),
        tenant.name.as_str(),
        tenant.subdomain.as_str(),
    )
}
