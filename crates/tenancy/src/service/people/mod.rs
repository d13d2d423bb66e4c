mod add;
mod erase;
mod invite;
mod rank;
mod read;
mod remove;
mod transfer;
mod update;

pub(super) use add::new_person;

use kernel::{RequestContext, StoreError, Tx};

use super::Dependencies;
use crate::{
    TenancyError,
    domain::{Person, Tenant, keeps_an_owner},
};

/// What is done with the people of a workshop, by staff and by its own people. Each change locks the workshop first, so that seats and owners
/// are counted right whoever else is at work.
#[derive(Debug, Clone)]
pub struct People {
    deps: Dependencies,
}

impl People {
    /// The service over these dependencies.
    #[must_use]
    pub fn new(deps: Dependencies) -> Self {
        Self { deps }
    }

    /// Takes a seat for one more active person, or refuses it. A level that is reached by it is announced.
    async fn take_seat_in(&self, tx: &mut Tx, context: &RequestContext, tenant: &Tenant) -> Result<(), TenancyError> {
        let Some(limit) = tenant.plan.limits().seats else { return Ok(()) };
        let used = self.deps.people.count_active_in(tx, tenant.id).await?;
        if used >= limit {
            return Err(TenancyError::SeatsTaken { limit });
        }
        self.deps.seats.seat_taken_in(tx, context, tenant.id, used + 1, limit).await?;
        Ok(())
    }

    /// Refuses that the last owner goes.
    async fn check_owner_in(&self, tx: &mut Tx, leaving: &Person) -> Result<(), TenancyError> {
        let owners = self.deps.people.list_active_owners_in(tx, leaving.tenant_id).await?;
        if keeps_an_owner(leaving, &owners) { Ok(()) } else { Err(TenancyError::LastOwner) }
    }

    /// From the commit on, the person is not signed in. `generation` is above that of any of their tokens.
    async fn shut_out_in(&self, tx: &mut Tx, person: &Person, generation: i64) -> Result<(), StoreError> {
        self.deps.access.revoke_person_in(tx, person.tenant_id, person.id, generation).await?;
        self.deps.access.end_sessions_of_person_in(tx, person.tenant_id, person.id).await
    }
}
