//! Events that become messages to a person, with a secret only that person may read.

use kernel::{
    AdminId, EmailAddress, TenantId, TenantUserId, Tx,
    outbox::{NewEvent, secret_purpose},
};
use secrecy::SecretString;
use serde_json::json;

use super::{AccountTools, accounts::Account};
use crate::{
    AuthError,
    domain::{AdminAccount, OneTimeToken, Subject},
};

/// A new admin, with a temporary password.
pub const ADMIN_WELCOME: &str = "auth.admin_welcome";
/// Somebody who asked for it, or whose password staff has reset, gets a link; with the token.
pub const PASSWORD_RESET_LINK: &str = "auth.password_reset_link";
/// Somebody was invited into a workshop; with the token.
pub const INVITATION_ISSUED: &str = "auth.invitation_issued";

/// Whom a message goes to.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient {
    pub(crate) subject: Subject,
    pub(crate) email: EmailAddress,
    pub(crate) first_name: String,
    /// Name and subdomain.
    pub(crate) workshop: Option<(String, String)>,
}

impl Recipient {
    /// A person of a workshop.
    #[must_use]
    pub fn tenant_user(
        tenant_id: TenantId,
        user_id: TenantUserId,
        email: EmailAddress,
        first_name: impl Into<String>,
        tenant_name: impl Into<String>,
        subdomain: impl Into<String>,
    ) -> Self {
        Self {
            subject: Subject::Tenant { tenant_id, user_id },
            email,
            first_name: first_name.into(),
            workshop: Some((tenant_name.into(), subdomain.into())),
        }
    }

    /// A member of staff.
    #[must_use]
    pub(crate) fn admin(id: AdminId, email: EmailAddress, first_name: impl Into<String>) -> Self {
        Self { subject: Subject::Admin(id), email, first_name: first_name.into(), workshop: None }
    }
}

impl From<&AdminAccount> for Recipient {
    fn from(admin: &AdminAccount) -> Self {
        Self::admin(admin.id, admin.email.clone(), admin.first_name.clone())
    }
}

impl From<&Account> for Recipient {
    fn from(account: &Account) -> Self {
        match account {
            Account::Admin(admin) => admin.as_ref().into(),
            Account::Tenant(person) => Self::tenant_user(
                person.tenant_id,
                person.user_id,
                person.email.clone(),
                person.first_name.clone(),
                person.tenant_name.clone(),
                person.subdomain.clone(),
            ),
        }
    }
}

/// The event with its secret sealed for exactly this event.
pub(crate) fn message(
    tools: &AccountTools,
    kind: &'static str,
    to: &Recipient,
    secret: &SecretString,
) -> Result<NewEvent, AuthError> {
    let (audience, owner) = match to.subject.tenant_id() {
        None => ("admin", String::new()),
        Some(tenant_id) => ("tenant", tenant_id.to_string()),
    };
    let subject = to.subject.id().to_string();
    let sealed = tools.key_ring.seal_text(&secret_purpose(&owner, &subject, kind), secret)?;
    let mut payload = json!({ "email": to.email, "firstName": to.first_name, "audience": audience });
    if let Some((name, subdomain)) = &to.workshop {
        payload["tenantName"] = json!(name);
        payload["subdomain"] = json!(subdomain);
    }
    let event = NewEvent::new(kind, subject, payload).secret(sealed);
    Ok(match to.subject.tenant_id() {
        None => event,
        Some(tenant_id) => event.tenant(tenant_id),
    })
}

/// Stores a one-time token in place of all older ones of its owner, and sends its text on its way.
pub(crate) async fn send_token_in(
    tools: &AccountTools,
    tx: &mut Tx,
    kind: &'static str,
    to: &Recipient,
    (token, text): (&OneTimeToken, &SecretString),
) -> Result<(), AuthError> {
    let event = message(tools, kind, to, text)?;
    tools.tokens.revoke_tokens_in(tx, to.subject, token.created_at).await?;
    tools.tokens.insert_token_in(tx, token).await?;
    tools.ports.outbox.publish_in(tx, event).await?;
    Ok(())
}
