use kernel::RequestContext;
use secrecy::SecretString;

use super::AdminAccounts;
use crate::{
    AuthError,
    domain::{AdminAccount, NewAdmin, NewPassword},
};

impl AdminAccounts {
    /// Registers an admin from the command line: with the given password, which stands, or with a temporary one, which
    /// is answered for the caller to show once. No message is sent.
    ///
    /// # Errors
    /// [`AuthError::EmailTaken`]; [`AuthError::Invalid`] for a password that nobody may have.
    pub async fn bootstrap(
        &self,
        context: &RequestContext,
        admin: NewAdmin,
        password: Option<&SecretString>,
    ) -> Result<(AdminAccount, Option<SecretString>), AuthError> {
        let personal = admin.personal_words();
        let (password, is_temporary) = match password {
            Some(given) => (NewPassword::parse("password", given, &personal)?, false),
            None => (NewPassword::temporary(self.tools.deps.entropy.as_ref(), &personal), true),
        };
        let told = is_temporary.then(|| password.secret().clone());
        let prepared = self.prepare_with(admin, password, is_temporary).await?;
        let mut tx = self.tools.deps.transactor.begin().await?;
        let account = self.insert_in(&mut tx, context, &prepared).await?;
        tx.commit().await?;
        Ok((account, told))
    }
}
