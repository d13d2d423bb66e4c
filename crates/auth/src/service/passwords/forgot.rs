use kernel::{Audience, EmailAddress, RequestContext};
use platform::queue::NewItem;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Passwords;
use crate::{AuthError, repository::TenantRef, service::TriedAccount};

/// Somebody asked for a reset link; whether the address is anybody's is found out afterwards.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResetAsked {
    /// The id of the token that comes of it, so that it is one however often this is tried.
    pub(super) id: Uuid,
    pub(super) realm: Realm,
    pub(super) email: EmailAddress,
    pub(super) request_id: String,
    pub(super) ip: Option<std::net::IpAddr>,
    pub(super) user_agent: Option<String>,
}

impl ResetAsked {
    /// What this is counted by.
    fn account(&self) -> TriedAccount {
        let (kind, tenant) = match &self.realm {
            Realm::Admin => (Audience::Admin, String::new()),
            Realm::Subdomain(name) => (Audience::Tenant, name.clone()),
            Realm::TenantId(id) => (Audience::Tenant, id.to_string()),
        };
        TriedAccount { kind, tenant, email: self.email.clone() }
    }
}

/// Where they asked.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Realm {
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
        self.ask(context, Realm::Admin, email).await
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
        let realm = match tenant {
            TenantRef::Subdomain(name) => Realm::Subdomain(name),
            TenantRef::Id(id) => Realm::TenantId(id),
        };
        self.ask(context, realm, email).await
    }

    async fn ask(&self, context: &RequestContext, realm: Realm, email: EmailAddress) -> Result<(), AuthError> {
        let deps = &self.tools.deps;
        let asked = ResetAsked {
            id: deps.entropy.uuid_v7(deps.clock.now()),
            realm,
            email,
            request_id: context.request_id.clone(),
            ip: context.ip,
            user_agent: context.user_agent.clone(),
        };
        let mut tx = deps.transactor.begin().await?;
        let may = self.tools.throttle.may_ask_for_link_in(&mut tx, &asked.account(), context.ip).await?;
        let outcome = if may { "taken" } else { "limited" };
        metrics::counter!("auth_reset_links_asked_total", "outcome" => outcome).increment(1);
        if !may {
            return Ok(tx.commit().await?);
        }
        self.asked.push_in(&mut tx, NewItem::new(asked)).await?;
        Ok(tx.commit().await?)
    }
}
