use std::sync::Arc;

use auth::{Permission, TenantPermission};
use futures::{future::OptionFuture, try_join};
use kernel::{AdminRole, TenantId, TenantRole};
use support::service::WorkshopTickets;
use tenancy::{
    domain::{IntegrationView, MetricType, Person, Subscription, UsageTotal},
    service::{Integrations, People, Subscriptions, Usage},
};

use crate::http::Problem;

/// Gathers what belongs to a workshop, for its single view.
#[derive(Clone)]
pub struct ViewWorkshop {
    /// Its people.
    pub people: Arc<People>,
    /// What it has agreed to pay.
    pub subscriptions: Arc<Subscriptions>,
    /// Connections to other services.
    pub integrations: Arc<Integrations>,
    /// What it uses.
    pub usage: Arc<Usage>,
    /// Its tickets.
    pub tickets: Arc<WorkshopTickets>,
}

/// Which parts the caller may read: those whose own routes would answer.
#[derive(Debug, Clone, Copy)]
pub struct MayRead {
    people: bool,
    subscription: bool,
    integrations: bool,
    usage: bool,
    tickets: bool,
}

impl From<AdminRole> for MayRead {
    fn from(role: AdminRole) -> Self {
        Self {
            people: Permission::TenantUsersRead.granted_to(role),
            subscription: Permission::SubscriptionsRead.granted_to(role),
            integrations: Permission::IntegrationsRead.granted_to(role),
            usage: Permission::UsageRead.granted_to(role),
            tickets: Permission::SupportRead.granted_to(role),
        }
    }
}

impl From<TenantRole> for MayRead {
    fn from(role: TenantRole) -> Self {
        Self {
            people: TenantPermission::UsersRead.granted_to(role),
            // It has no route of its own on this side: it belongs to the workshop's profile.
            subscription: TenantPermission::WorkspaceRead.granted_to(role),
            integrations: TenantPermission::IntegrationsRead.granted_to(role),
            usage: TenantPermission::UsageRead.granted_to(role),
            tickets: TenantPermission::TicketsRead.granted_to(role),
        }
    }
}

/// What is known about a workshop beside itself; `None` for what the caller may not read.
#[derive(Debug)]
pub struct Surroundings {
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
    pub async fn surroundings(&self, tenant: TenantId, may: MayRead) -> Result<Surroundings, Problem> {
        let people = async { Ok::<_, Problem>(self.people.list_first(tenant).await?) };
        let subscription = async { Ok::<_, Problem>(self.subscriptions.find(tenant).await?) };
        let integrations = async { Ok::<_, Problem>(self.integrations.list(tenant).await?) };
        let usage = async { Ok::<_, Problem>(self.usage.last_30_days(tenant).await?) };
        let tickets = async { Ok::<_, Problem>(self.tickets.summary(tenant).await?.active()) };
        let (people, subscription, integrations, usage, open_tickets) = try_join!(
            when(may.people, people),
            when(may.subscription, subscription),
            when(may.integrations, integrations),
            when(may.usage, usage),
            when(may.tickets, tickets),
        )?;
        Ok(Surroundings { people, subscription, integrations, usage, open_tickets })
    }
}

async fn when<T>(may: bool, read: impl Future<Output = Result<T, Problem>>) -> Result<Option<T>, Problem> {
    OptionFuture::from(may.then_some(read)).await.transpose()
}
