//! Messages to a person, with a secret only that person may read.

use kernel::Tx;
use secrecy::SecretString;

use super::{AccountTools, accounts::Account};
use crate::{
    AuthError,
    domain::OneTimeToken,
    repository::{AccountMessage, Recipient},
};

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

/// Stores a one-time token in place of all older ones of its owner, and sends its text on its way.
pub(crate) async fn send_token_in(
    tools: &AccountTools,
    tx: &mut Tx,
    message: AccountMessage,
    to: &Recipient,
    (token, text): (&OneTimeToken, &SecretString),
) -> Result<(), AuthError> {
    tools.tokens.revoke_tokens_in(tx, to.subject, token.created_at).await?;
    tools.tokens.insert_token_in(tx, token).await?;
    Ok(tools.mail.send_in(tx, message, to, text).await?)
}
