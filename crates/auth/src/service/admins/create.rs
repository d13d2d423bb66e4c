use kernel::{AuditEntry, Changes, RequestContext, Tx, outbox::NewEvent};

use super::{AdminAccounts, check_rank, email_taken};
use crate::{
    AuthError,
    domain::{AdminAccount, NewAdmin, NewPassword, PasswordHash},
    events::AuthEvent,
    repository::{AccountMessage, Recipient},
};

/// A new admin whose password is hashed, ready for a transaction.
#[derive(Clone)]
pub struct PreparedAdmin {
    admin: NewAdmin,
    password: NewPassword,
    hash: PasswordHash,
    is_temporary: bool,
}

impl AdminAccounts {
    /// Registers an admin with a temporary password, which only a message to them tells.
    ///
    /// # Errors
    /// [`AuthError::EmailTaken`]; [`AuthError::Forbidden`] for a role that may more than the actor;
    /// [`AuthError::TooManyMessages`], [`AuthError::HashQueueFull`].
    pub async fn create(&self, context: &RequestContext, admin: NewAdmin) -> Result<AdminAccount, AuthError> {
        let prepared = self.prepare(admin).await?;
        let mut tx = self.tools.deps.transactor.begin().await?;
        let account = self.create_in(&mut tx, context, &prepared).await?;
        tx.commit().await?;
        Ok(account)
    }

    /// Makes and hashes the temporary password: slow, and so done before the transaction begins.
    ///
    /// # Errors
    /// [`AuthError::HashQueueFull`].
    pub async fn prepare(&self, admin: NewAdmin) -> Result<PreparedAdmin, AuthError> {
        let password = NewPassword::temporary(self.tools.deps.entropy.as_ref(), &admin.personal_words());
        self.prepare_with(admin, password, true).await
    }

    /// [`AdminAccounts::create`] in a transaction of the caller's.
    ///
    /// # Errors
    /// As [`AdminAccounts::create`].
    pub async fn create_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        prepared: &PreparedAdmin,
    ) -> Result<AdminAccount, AuthError> {
        let account = self.insert_in(tx, context, prepared).await?;
        let to = Recipient::from(&account);
        self.tools.throttle.count_message_to_in(tx, &to).await?;
        self.tools.mail.send_in(tx, AccountMessage::Welcome, &to, prepared.password.secret()).await?;
        Ok(account)
    }

    pub(super) async fn prepare_with(
        &self,
        admin: NewAdmin,
        password: NewPassword,
        is_temporary: bool,
    ) -> Result<PreparedAdmin, AuthError> {
        let hash = self.tools.hasher.hash(password.secret()).await?;
        Ok(PreparedAdmin { admin, password, hash, is_temporary })
    }

    /// The row and its audit entry, without a message.
    pub(super) async fn insert_in(
        &self,
        tx: &mut Tx,
        context: &RequestContext,
        prepared: &PreparedAdmin,
    ) -> Result<AdminAccount, AuthError> {
        let deps = &self.tools.deps;
        check_rank(context, prepared.admin.role)?;
        let account = self.account(prepared);
        deps.admins.insert_admin_in(tx, &account).await.map_err(email_taken)?;
        let changes = Changes::new()
            .set("role", &account.role)
            .set("department", &account.department)
            .personal("firstName")
            .personal("lastName")
            .personal("email");
        let entry = AuditEntry::done("ADMIN_CREATED", "admin_user", account.id).status(201).changes(changes);
        let event = NewEvent::new(account.id, AuthEvent::AdminCreated { role: account.role });
        self.announce_in(tx, context, entry, event).await?;
        Ok(account)
    }

    fn account(&self, prepared: &PreparedAdmin) -> AdminAccount {
        let now = self.tools.deps.clock.now();
        let admin = prepared.admin.clone();
        AdminAccount {
            id: self.tools.deps.entropy.uuid_v7(now).into(),
            first_name: admin.first_name,
            last_name: admin.last_name,
            email: admin.email,
            password_hash: prepared.hash.clone(),
            password_set_at: now,
            must_change_password: prepared.is_temporary,
            role: admin.role,
            department: admin.department,
            phone: admin.phone,
            avatar: None,
            is_active: true,
            mfa_enabled: false,
            last_login_at: None,
            last_activity_at: None,
            generation: 1,
            version: 1,
            created_at: now,
            updated_at: now,
        }
    }
}
