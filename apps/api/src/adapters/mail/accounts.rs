use async_trait::async_trait;
use auth::{AccountMail, AccountMessage, Recipient, TokenPurpose};
use email::domain::{AdminWelcome, PasswordReset, TenantWelcome, Variables};
use kernel::{StoreError, Tx};
use secrecy::SecretString;

use super::{Addressed, MailingOutbox};

/// auth's [`AccountMail`]: mails with a secret.
#[async_trait]
impl<O: Send + Sync> AccountMail for MailingOutbox<O> {
    async fn send_in(
        &self,
        tx: &mut Tx,
        message: AccountMessage,
        to: &Recipient,
        secret: &SecretString,
    ) -> Result<(), StoreError> {
        let mail = Addressed::new(to.email.clone(), variables(message, to)?);
        self.queue_in(tx, None, to.subject.tenant_id(), mail, Some(secret.clone())).await
    }
}

fn variables(message: AccountMessage, to: &Recipient) -> Result<Variables, StoreError> {
    let (first_name, workshop) = (to.first_name.clone(), to.workshop.clone());
    Ok(match message {
        AccountMessage::Welcome => Variables::AdminWelcome(AdminWelcome { first_name, email: to.email.clone() }),
        AccountMessage::PasswordReset => {
            // Both kinds of reset links live equally long.
            let valid_minutes = u32::try_from(TokenPurpose::TenantReset.lifetime().num_minutes()).unwrap_or_default();
            let (tenant_name, subdomain) = workshop.unzip();
            Variables::PasswordReset(PasswordReset { first_name, tenant_name, subdomain, valid_minutes })
        }
        AccountMessage::Invitation => {
            let valid_days = u32::try_from(TokenPurpose::Invitation.lifetime().num_days()).unwrap_or_default();
            let Some((tenant_name, subdomain)) = workshop else {
                return Err(StoreError::corrupt("notification_log", "an invitation without its tenant"));
            };
            Variables::TenantWelcome(TenantWelcome { first_name, tenant_name, subdomain, valid_days })
        }
    })
}

#[cfg(test)]
mod tests {
    use kernel::{TenantId, TenantUserId};
    use serde_json::Value;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn mails_say_where_and_for_how_long_a_secret_is_good() {
        let email = "bo@garage.test".parse().expect("an address");
        let (tenant, user) = (TenantId(Uuid::nil()), TenantUserId(Uuid::nil()));
        let person = Recipient::tenant_user(tenant, user, email, "Bo", "Garage", "garage");
        let staff = Recipient { workshop: None, ..person.clone() };
        let said = |message, to: &Recipient| variables(message, to).expect("a mail").to_value().expect("an object");
        let welcome = said(AccountMessage::Welcome, &staff);
        assert_eq!((&welcome["firstName"], &welcome["email"]), (&"Bo".into(), &"bo@garage.test".into()));
        let reset = said(AccountMessage::PasswordReset, &staff);
        assert_eq!((&reset["validMinutes"], &reset["subdomain"]), (&60.into(), &Value::Null));
        assert_eq!(said(AccountMessage::PasswordReset, &person)["subdomain"], "garage");
        let invitation = said(AccountMessage::Invitation, &person);
        assert_eq!((&invitation["validDays"], &invitation["tenantName"]), (&7.into(), &"Garage".into()));
        let nowhere = variables(AccountMessage::Invitation, &staff);
        assert!(matches!(nowhere, Err(StoreError::Corrupt { .. })), "{nowhere:?}");
    }
}
