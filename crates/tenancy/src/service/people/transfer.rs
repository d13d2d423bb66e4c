use kernel::{Caller, RequestContext, Subject, TenantId, TenantRole, TenantUserId};

use super::{People, rank};
use crate::{
    TenancyError,
    domain::{Change, Person},
};

impl People {
    /// Makes a person the owner in place of whoever asks: they become ADMIN. When staff ask, every other owner does. Roles
    /// take effect on access tokens already handed out.
    ///
    /// # Errors
    /// [`TenancyError::TenantNotFound`], [`TenancyError::PersonNotFound`], [`TenancyError::Rank`],
    /// [`TenancyError::CannotChangeSelf`], [`TenancyError::NotAccepted`] for somebody who cannot sign in,
    /// [`TenancyError::IllegalTransition`] in a deleted workshop.
    pub async fn transfer_ownership(
        &self,
        context: &RequestContext,
        tenant: TenantId,
        to: TenantUserId,
    ) -> Result<Person, TenancyError> {
        rank::check(&context.caller, &[TenantRole::Owner])?;
        let mut tx = self.deps.transactor.begin().await?;
        self.deps.lock(&mut tx, tenant, Change::Edit).await?;
        let found = self.deps.people.find_for_update(&mut tx, tenant, to).await?;
        let before = found.ok_or(TenancyError::PersonNotFound)?;
        if rank::is_self(&context.caller, &before) {
            return Err(TenancyError::CannotChangeSelf);
        }
        if !before.may_sign_in() {
            return Err(TenancyError::NotAccepted);
        }
        let mut new_owner = before.clone();
        if before.role != TenantRole::Owner {
            let after = Person { role: TenantRole::Owner, ..before.clone() };
            new_owner = self.save_in(&mut tx, &before, after).await?;
            self.announce_update_in(&mut tx, context, &before, &new_owner).await?;
        }
        for owner in self.deps.people.list_active_owners_in(&mut tx, tenant).await? {
            if owner.id == to || !steps_down(&context.caller, &owner) {
                continue;
            }
            let after = Person { role: TenantRole::Admin, ..owner.clone() };
            let after = self.save_in(&mut tx, &owner, after).await?;
            self.announce_update_in(&mut tx, context, &owner, &after).await?;
        }
        tx.commit().await?;
        Ok(new_owner)
    }
}

/// Whether this owner is none any more.
fn steps_down(caller: &Caller, owner: &Person) -> bool {
    match caller.subject {
        Subject::Admin { .. } | Subject::System(_) => true,
        Subject::TenantUser { .. } | Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) => {
            rank::is_self(caller, owner)
        }
    }
}
