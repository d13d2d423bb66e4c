//! What a workshop's own people may not do to each other. Staff are not bound by it: their permissions say it all.

use kernel::{Actor, TenantRole};

use crate::{TenancyError, domain::Person};

/// Owners are made and touched by owners only; `roles` are those that a change meets or gives.
pub(super) fn check(actor: &Actor, roles: &[TenantRole]) -> Result<(), TenancyError> {
    match actor {
        Actor::TenantUser { role, .. } if *role != TenantRole::Owner && roles.contains(&TenantRole::Owner) => {
            Err(TenancyError::Rank)
        }
        _ => Ok(()),
    }
}

/// Nobody changes their own role or deactivates themselves. Leaving is another matter: whoever removes themselves is gone.
pub(super) fn check_self(actor: &Actor, before: &Person, after: &Person) -> Result<(), TenancyError> {
    let differs = after.role != before.role || after.is_active != before.is_active;
    if differs && is_self(actor, before) { Err(TenancyError::CannotChangeSelf) } else { Ok(()) }
}

/// Whether the person is the one who acts.
pub(super) fn is_self(actor: &Actor, person: &Person) -> bool {
    matches!(actor, Actor::TenantUser { id, .. } if *id == person.id)
}
