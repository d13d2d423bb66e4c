mod add;
mod read;
mod remove;
mod update;

pub(super) use add::new_person;

use kernel::{StoreError, Tx};

use super::Ports;
use crate::{
    TenancyError,
    domain::{Person, Seats, Tenant, keeps_an_owner},
};

/// What staff do with the people of a workshop. Each change locks the workshop first, so that seats and owners
/// are counted right whoever else is at work.
#[derive(Debug, Clone)]
pub struct People {
    ports: Ports,
}

impl People {
    /// The service over these ports.
    #[must_use]
    pub fn new(ports: Ports) -> Self {
        Self { ports }
    }

    /// Refuses one more active person when the plan's seats are taken.
    async fn check_seat_in(&self, tx: &mut Tx, tenant: &Tenant) -> Result<(), TenancyError> {
        let Some(limit) = tenant.plan.seats() else { return Ok(()) };
        let used = self.ports.people.count_active_in(tx, tenant.id).await?;
        if Seats::of(tenant.plan, used).has_room() { Ok(()) } else { Err(TenancyError::SeatsTaken { limit }) }
    }

    /// Refuses that the last owner goes.
    async fn check_owner_in(&self, tx: &mut Tx, leaving: &Person) -> Result<(), TenancyError> {
        let owners = self.ports.people.list_active_owners_in(tx, leaving.tenant_id).await?;
        if keeps_an_owner(leaving, &owners) { Ok(()) } else { Err(TenancyError::LastOwner) }
    }

    /// From the commit on, the person is not signed in. `generation` is above that of any of their tokens.
    async fn shut_out_in(&self, tx: &mut Tx, person: &Person, generation: i64) -> Result<(), StoreError> {
        self.ports.access.revoke_person_in(tx, person.tenant_id, person.id, generation).await?;
        self.ports.access.end_sessions_of_person_in(tx, person.tenant_id, person.id).await
    }
}
