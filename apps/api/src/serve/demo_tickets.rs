//! Tickets of the demo workshops, opened by their owners as over the API: with entry, event and confirmation.

use anyhow::Context as _;
use auth::caller_of;
use kernel::{
    RequestContext, Subject, TenantRole,
    page::{Direction, PageRequest, Sort, Start},
};
use support::domain::{NewTicket, NewTicketInput};
use tenancy::domain::{PersonFilter, PersonSort, TenantFilter, TenantSort, TenantStatus};

use crate::composition::Services;

/// Subject, description, priority, category.
const TICKETS: [(&str, &str, &str, &str); 6] = [
    (
        "Roadworthy certificates print without our logo",
        "Since this morning the certificate shows an empty box where our logo was. We have not changed anything.",
        "HIGH",
        "printing",
    ),
    (
        "A customer's ute is there twice",
        "The same HiLux was booked in under two regos after a plate swap. Can the two histories be joined?",
        "MEDIUM",
        "records",
    ),
    (
        "How do I add an apprentice?",
        "He should see the jobs of the day, but no prices. Which role does he need?",
        "LOW",
        "people",
    ),
    (
        "Brake parts arrive as the wrong order",
        "We ordered DB1170 pads and the confirmation says DB1491. The customer is waiting on the hoist.",
        "URGENT",
        "orders",
    ),
    (
        "Invoice shows GST twice",
        "Labour and parts are both taxed, and then the total once more. The accountant wants it mended before the BAS.",
        "HIGH",
        "billing",
    ),
    (
        "Reminder texts come at 3 in the morning",
        "Customers in Perth get their service reminders at Sydney time. Please send them in ours.",
        "MEDIUM",
        "reminders",
    ),
];

/// Opens one for each of the first workshops.
pub(super) async fn open(services: &Services) -> anyhow::Result<()> {
    let shops = PageRequest { limit: TICKETS.len() as u64, start: Start::Offset(0), sort: tenants_by_age() };
    let active = TenantFilter { status: Some(TenantStatus::Active), ..TenantFilter::default() };
    let owners = PersonFilter { role: Some(TenantRole::Owner), ..PersonFilter::default() };
    let shops = services.tenancy.tenants.list(&active, &shops).await?;
    for (shop, ticket) in shops.items.iter().zip(TICKETS) {
        let tenant = shop.tenant.id;
        let first = PageRequest { limit: 1, start: Start::Offset(0), sort: people_by_age() };
        let people = services.tenancy.people.list(tenant, &owners, &first).await?;
        let person = people.items.first().context("a demo workshop has no owner")?;
        let context = RequestContext {
            caller: caller_of(Subject::TenantUser { tenant_id: tenant, id: person.id, role: person.role }),
            ip: None,
            user_agent: None,
            request_id: "first-start".to_owned(),
        };
        services.support.workshops.create(&context, tenant, parsed(ticket)?).await?;
    }
    Ok(())
}

fn parsed((subject, description, priority, category): (&str, &str, &str, &str)) -> anyhow::Result<NewTicket> {
    let input = NewTicketInput {
        subject: subject.to_owned(),
        description: description.to_owned(),
        priority: Some(priority.to_owned()),
        category: Some(category.to_owned()),
    };
    NewTicket::parse(&input).map_err(|errors| anyhow::anyhow!("{errors:?}"))
}

fn tenants_by_age() -> Sort<TenantSort> {
    Sort { field: TenantSort::CreatedAt, direction: Direction::Ascending }
}

fn people_by_age() -> Sort<PersonSort> {
    Sort { field: PersonSort::CreatedAt, direction: Direction::Ascending }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tickets_are_ones_that_support_takes() {
        for ticket in TICKETS {
            parsed(ticket).expect(ticket.0);
        }
    }
}
