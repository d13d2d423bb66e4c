use kernel::{EmailAddress, PrincipalKind, RequestContext, outbox::NewEvent};
use serde::{Deserialize, Serialize};

use super::Passwords;
use crate::{AuthError, repository::TenantRef, service::TriedAccount};

/// Somebody asked for a reset link; whether the address is anybody's is found out afterwards.
pub const PASSWORD_RESET_ASKED: &str = "auth.password_reset_asked";

/// What the event says.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResetAsked {
    pub(super) door: Door,
    pub(super) email: EmailAddress,
    pub(super) request_id: String,
    pub(super) ip: Option<std::net::IpAddr>,
    pub(super) user_agent: Option<String>,
}

impl ResetAsked {
    /// What this is counted by.
    fn account(&self) -> TriedAccount {
        let (kind, tenant) = match &self.door {
            Door::Admin => (PrincipalKind::Admin, String::new()),
            Door::Subdomain(name) => (PrincipalKind::Tenant, name.clone()),
            Door::TenantId(id) => (PrincipalKind::Tenant, id.to_string()),
        };
        TriedAccount { kind, tenant, email: self.email.clone() }
    }
}

/// Where they asked.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Door {
    Admin,
    Subdomain(String),
    TenantId(kernel::TenantId),
}

impl Passwords {
    /// Notes that a member of staff, or whoever gives this address, asks for a reset link. Nothing is looked up here: a
    /// known address must not answer differently, nor later, than an unknown one. Who asks too often is not told either.
    ///
    /// # Errors
    /// What the store says.
    pub async fn forgot_admin(&self, context: &RequestContext, email: EmailAddress) -> Result<(), AuthError> {
        self.ask(context, Door::Admin, email).await
    }

    /// [`Passwords::forgot_admin`] for a workshop's person.
    ///
    /// # Errors
    /// What the store says.
    pub async fn forgot_tenant(
        &self,
        context: &RequestContext,
        tenant: TenantRef,
        email: EmailAddress,
    ) -> Result<(), AuthError> {
        let door = match tenant {
            TenantRef::Subdomain(name) => Door::Subdomain(name),
            TenantRef::Id(id) => Door::TenantId(id),
        };
        self.ask(context, door, email).await
    }

    async fn ask(&self, context: &RequestContext, door: Door, email: EmailAddress) -> Result<(), AuthError> {
        let asked = ResetAsked {
            door,
            email,
            request_id: context.request_id.clone(),
            ip: context.ip,
            user_agent: context.user_agent.clone(),
        };
        let mut tx = self.tools.ports.transactor.begin().await?;
        let may = self.tools.throttle.may_ask_for_link_in(&mut tx, &asked.account(), context.ip).await?;
        let outcome = if may { "taken" } else { "limited" };
        metrics::counter!("auth_reset_links_asked_total", "outcome" => outcome).increment(1);
        if !may {
            return Ok(tx.commit().await?);
        }
        let payload = serde_json::to_value(asked).map_err(|error| AuthError::Event(error.to_string()))?;
        let event = NewEvent::new(PASSWORD_RESET_ASKED, &context.request_id, payload);
        self.tools.ports.outbox.publish_in(&mut tx, event).await?;
        Ok(tx.commit().await?)
    }
}
