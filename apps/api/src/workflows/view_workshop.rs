use auth::{Permission, PermissionMarker, admin_permissions as admin, tenant_permissions as tenant};
use futures::{future::OptionFuture, try_join};
use integrations::{domain::IntegrationView, service::Integrations};
use kernel::{Caller, TenantId};
use metering::{
    domain::{MetricType, UsageTotal},
    service::Usage,
};
use support::service::WorkshopTickets;
use tenancy::{
    domain::{Person, Subscription},
    service::{People, Subscriptions},
};

use crate::http::Problem;

/// Gathers what belongs to a workshop, for its single view.
#[derive(Clone)]
pub struct ViewWorkshop {
    /// Its people.
    pub people: People,
    /// What it has agreed to pay.
    pub subscriptions: Subscriptions,
    /// Connections to other services.
    pub integrations: Integrations,
    /// What it uses.
    pub usage: Usage,
    /// Its tickets.
    pub tickets: WorkshopTickets,
}

/// Which parts the caller may read: those whose own routes would answer.
#[derive(Debug, Clone, Copy)]
struct MayRead {
    people: bool,
    subscription: bool,
    integrations: bool,
    usage: bool,
    tickets: bool,
}

impl MayRead {
    fn of(caller: &Caller) -> Self {
        let either =
            |of_staff: &Permission, of_tenant: &Permission| of_staff.held_by(caller) || of_tenant.held_by(caller);
        Self {
            people: either(admin::TenantUsersRead::PERMISSION, tenant::UsersRead::PERMISSION),
            // It has no route of its own on the tenant's side: it belongs to the workshop's profile.
            subscription: either(admin::SubscriptionsRead::PERMISSION, tenant::WorkspaceRead::PERMISSION),
            integrations: either(admin::IntegrationsRead::PERMISSION, tenant::IntegrationsRead::PERMISSION),
            usage: either(admin::UsageRead::PERMISSION, tenant::UsageRead::PERMISSION),
            tickets: either(admin::SupportRead::PERMISSION, tenant::TicketsRead::PERMISSION),
        }
    }
}

/// What is known about a workshop beside itself; `None` for what the caller may not read.
#[derive(Debug)]
pub struct TenantParts {
    /// The first 100 people, oldest first.
    pub people: Option<Vec<Person>>,
    /// The current subscription; `Some(None)` while none is recorded.
    pub subscription: Option<Option<Subscription>>,
    /// Connections to other services, by type.
    pub integrations: Option<Vec<IntegrationView>>,
    /// Sum of each metric over the last 30 days, by name.
    pub usage: Option<Vec<(MetricType, UsageTotal)>>,
    /// Tickets that are neither resolved nor closed.
    pub open_tickets: Option<u64>,
}

impl ViewWorkshop {
    /// What the caller may read, all of it at once.
    ///
    /// # Errors
    /// What the stores say.
    pub async fn parts(&self, caller: &Caller, tenant: TenantId) -> Result<TenantParts, Problem> {
        let may = MayRead::of(caller);
        let people = async { Ok::<_, Problem>(self.people.list_first(tenant).await?) };
        let subscription = async { Ok::<_, Problem>(self.subscriptions.find(tenant).await?) };
        let integrations = async { Ok::<_, Problem>(self.integrations.list_known(tenant).await?) };
        let usage = async { Ok::<_, Problem>(self.usage.last_30_days(tenant).await?) };
        let tickets = async { Ok::<_, Problem>(self.tickets.count_active(tenant).await?) };
        let (people, subscription, integrations, usage, open_tickets) = try_join!(
            when(may.people, people),
            when(may.subscription, subscription),
            when(may.integrations, integrations),
            when(may.usage, usage),
            when(may.tickets, tickets),
        )?;
        Ok(TenantParts { people, subscription, integrations, usage, open_tickets })
    }
}

async fn when<T>(may: bool, read: impl Future<Output = Result<T, Problem>>) -> Result<Option<T>, Problem> {
    OptionFuture::from(may.then_some(read)).await.transpose()
}
