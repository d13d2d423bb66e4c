use std::sync::Arc;

use auth::{Permission, TenantPermission};
use futures::future::{OptionFuture, try_join3};
use kernel::{AdminRole, TenantId, TenantRole};
use support::service::WorkshopTickets;
use tenancy::{
    domain::{IntegrationView, MetricType, UsageTotal},
    service::{Integrations, Usage},
};

use crate::http::Problem;

/// Gathers what other parts of the system know about a workshop, for its single view.
#[derive(Clone)]
pub struct ViewWorkshop {
    /// Connections to other services.
    pub integrations: Arc<Integrations>,
    /// What it uses.
    pub usage: Arc<Usage>,
    /// Its tickets.
    pub tickets: Arc<WorkshopTickets>,
}

/// What the caller may read of it.
#[derive(Debug, Clone, Copy)]
pub struct MayRead {
    integrations: bool,
    usage: bool,
    tickets: bool,
}

impl From<AdminRole> for MayRead {
    fn from(role: AdminRole) -> Self {
        Self {
            integrations: Permission::IntegrationsRead.granted_to(role),
            usage: Permission::UsageRead.granted_to(role),
            tickets: Permission::SupportRead.granted_to(role),
        }
    }
}

impl From<TenantRole> for MayRead {
    fn from(role: TenantRole) -> Self {
        Self {
            integrations: TenantPermission::IntegrationsRead.granted_to(role),
            usage: TenantPermission::UsageRead.granted_to(role),
            tickets: TenantPermission::TicketsRead.granted_to(role),
        }
    }
}

/// What is known about a workshop beside itself; `None` for what the caller may not read.
#[derive(Debug)]
pub struct Surroundings {
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
        let integrations = async { Ok::<_, Problem>(self.integrations.list(tenant).await?) };
        let usage = async { Ok::<_, Problem>(self.usage.last_30_days(tenant).await?) };
        let tickets = async { Ok::<_, Problem>(self.tickets.summary(tenant).await?.active()) };
        let (integrations, usage, open_tickets) =
            try_join3(when(may.integrations, integrations), when(may.usage, usage), when(may.tickets, tickets)).await?;
        Ok(Surroundings { integrations, usage, open_tickets })
    }
}

async fn when<T>(may: bool, read: impl Future<Output = Result<T, Problem>>) -> Result<Option<T>, Problem> {
    OptionFuture::from(may.then_some(read)).await.transpose()
}
