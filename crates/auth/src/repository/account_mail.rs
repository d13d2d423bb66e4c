use async_trait::async_trait;
use kernel::{AdminId, EmailAddress, StoreError, TenantId, TenantUserId, Tx};
use secrecy::SecretString;

use crate::domain::{AccountId, AdminAccount};

/// A message to one person, with a secret only that person may read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountMessage {
    /// To a new member of staff; the secret is a temporary password.
    Welcome,
    /// A link to set a new password, asked for or sent by staff; the secret is its token.
    PasswordReset,
    /// A link to come into a tenant; the secret is its token.
    Invitation,
}

/// Whom a message goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names of the fields say it")]
pub struct Recipient {
    pub subject: AccountId,
    pub email: EmailAddress,
    /// How to address them.
    pub first_name: String,
    /// The tenant's name and subdomain; absent for staff.
    pub workshop: Option<(String, String)>,
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
            subject: AccountId::Tenant { tenant_id, user_id },
            email,
            first_name: first_name.into(),
            workshop: Some((tenant_name.into(), subdomain.into())),
        }
    }

    /// A member of staff.
    #[must_use]
    pub(crate) fn admin(id: AdminId, email: EmailAddress, first_name: impl Into<String>) -> Self {
        Self { subject: AccountId::Admin(id), email, first_name: first_name.into(), workshop: None }
    }
}

impl From<&AdminAccount> for Recipient {
    fn from(admin: &AdminAccount) -> Self {
        Self::admin(admin.id, admin.email.clone(), admin.first_name.clone())
    }
}

/// Writes to people about their accounts.
#[cfg_attr(any(test, feature = "mock"), mockall::automock)]
#[async_trait]
pub trait AccountMail: Send + Sync {
    /// Queues the message, which is sent if and only if the transaction commits. The secret goes nowhere but into it.
    ///
    /// # Errors
    /// What the store says; the caller must then let the transaction roll back.
    async fn send_in(
        &self,
        tx: &mut Tx,
        message: AccountMessage,
        to: &Recipient,
        secret: &SecretString,
    ) -> Result<(), StoreError>;
}

/// For programs that write to nobody: the log says what would have been sent, without its secret.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAccountMail;

#[async_trait]
impl AccountMail for NoAccountMail {
    async fn send_in(
        &self,
        _: &mut Tx,
        message: AccountMessage,
        to: &Recipient,
        _: &SecretString,
    ) -> Result<(), StoreError> {
        tracing::warn!(?message, subject = %to.subject.id(), "there is nobody who sends this message");
        Ok(())
    }
}
