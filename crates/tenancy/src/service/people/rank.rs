//! What a workshop's own people may not do to each other. Staff are not bound by it: their permissions say it all.

use kernel::{Caller, Subject, TenantRole};

use crate::{TenancyError, domain::Person};

/// Owners are made and touched by owners only; `roles` are those that a change meets or gives.
pub(super) fn check(caller: &Caller, roles: &[TenantRole]) -> Result<(), TenancyError> {
    let may_touch_owners = match caller.subject {
        Subject::Admin { .. } | Subject::System(_) => true,
        Subject::TenantUser { role, .. } => role == TenantRole::Owner,
        // Whoever is not there in person has no rank.
        Subject::ApiKey { .. } | Subject::Impersonated { .. } | Subject::Anonymous(_) => false,
    };
    if may_touch_owners || !roles.contains(&TenantRole::Owner) { Ok(()) } else { Err(TenancyError::Rank) }
}

/// Nobody changes their own role or deactivates themselves. Leaving is another matter: whoever removes themselves is gone.
pub(super) fn check_self(caller: &Caller, before: &Person, after: &Person) -> Result<(), TenancyError> {
    let differs = after.role != before.role || after.is_active != before.is_active;
    if differs && is_self(caller, before) { Err(TenancyError::CannotChangeSelf) } else { Ok(()) }
}

/// Whether the person is the one who calls, or in whose place somebody does.
pub(super) fn is_self(caller: &Caller, person: &Person) -> bool {
    match caller.subject {
        Subject::TenantUser { id, .. } | Subject::Impersonated { user_id: id, .. } => id == person.id,
        Subject::ApiKey { .. } | Subject::Admin { .. } | Subject::Anonymous(_) | Subject::System(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use kernel::{AdminRole, Audience};
    use uuid::Uuid;

    use super::*;

    #[test]
    fn owners_are_touched_by_owners_staff_and_the_system_and_by_nobody_else() {
        let id = Uuid::from_u128(1);
        let person = |role| Subject::TenantUser { tenant_id: id.into(), id: id.into(), role };
        let impersonated = Subject::Impersonated {
            tenant_id: id.into(),
            user_id: id.into(),
            role: TenantRole::Owner,
            id: id.into(),
            admin_id: id.into(),
            admin_role: AdminRole::SuperAdmin,
            may_write: true,
        };
        for (subject, may) in [
            (Subject::Admin { id: id.into(), role: AdminRole::Support }, true),
            (Subject::System("test"), true),
            (person(TenantRole::Owner), true),
            (person(TenantRole::Admin), false),
            (Subject::ApiKey { tenant_id: id.into(), id: id.into(), role: TenantRole::Owner }, false),
            (impersonated, false),
            (Subject::Anonymous(Audience::Admin), false),
        ] {
            let caller = Caller::new(subject);
            assert_eq!(check(&caller, &[TenantRole::User, TenantRole::Owner]).is_ok(), may, "{subject:?}");
            assert!(check(&caller, &[TenantRole::User, TenantRole::Admin]).is_ok(), "{subject:?}");
        }
    }
}
