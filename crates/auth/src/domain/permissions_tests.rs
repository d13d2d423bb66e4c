use std::collections::BTreeSet;

use kernel::{AdminRole, ApiKeyId, Audience, Caller, Grants, Proof, Subject, TenantRole};
use uuid::Uuid;

use super::{admin, tenant};
use crate::domain::permission::{Denied, Holders, Impersonation, PermissionMarker, grants_of, permissions_of};

#[test]
fn roles_have_what_the_table_says() {
    let counts: Vec<usize> = AdminRole::ALL.iter().map(|role| permissions_of(*role).count()).collect();
    // SUPER_ADMIN, ADMIN, DEVELOPER, SUPPORT, MARKETING, FINANCE, SALES: the crosses of each column.
    assert_eq!(counts, [22, 19, 10, 7, 1, 5, 5]);
    let counts: Vec<usize> = TenantRole::ALL.iter().map(|role| permissions_of(*role).count()).collect();
    assert_eq!(counts, [13, 13, 8, 6]);
}

#[test]
fn rows_share_neither_name_nor_grant_nor_audience() {
    for (audience, table) in [(Audience::Admin, admin::ALL), (Audience::Tenant, tenant::ALL)] {
        let names: BTreeSet<_> = table.iter().map(|row| row.name).collect();
        assert_eq!(names.len(), table.len());
        let mut all = Grants::NONE;
        for row in table {
            assert_eq!(row.audience, audience, "{}", row.name);
            let by_role = matches!(row.holders, Holders::Roles(_));
            assert_eq!(by_role, row.grant != Grants::NONE, "{}", row.name);
            assert!(!by_role || !all.covers(row.grant), "{}", row.name);
            all = all | row.grant;
        }
    }
}

fn everything() -> Grants {
    grants_of(AdminRole::SuperAdmin) | grants_of(TenantRole::Owner)
}

#[test]
fn nobody_and_the_system_may_nothing_whatever_they_were_granted() {
    for subject in [Subject::Anonymous(Audience::Admin), Subject::Anonymous(Audience::Tenant), Subject::System("test")]
    {
        let caller = Caller { grants: everything(), proof: Proof::Secret, ..Caller::new(subject) };
        for row in admin::ALL.iter().chain(tenant::ALL) {
            assert_eq!(row.check(&caller), Err(Denied::Forbidden), "{subject:?} {}", row.name);
        }
    }
}

#[test]
fn an_impersonation_goes_by_its_column_and_by_what_was_agreed() {
    let subject = |may_write| Subject::Impersonated {
        tenant_id: Uuid::from_u128(1).into(),
        user_id: Uuid::from_u128(2).into(),
        role: TenantRole::Owner,
        id: Uuid::from_u128(3).into(),
        admin_id: Uuid::from_u128(4).into(),
        admin_role: AdminRole::Support,
        may_write,
    };
    for may_write in [false, true] {
        let caller = Caller { grants: everything(), proof: Proof::Secret, ..Caller::new(subject(may_write)) };
        for row in tenant::ALL {
            let open = match row.impersonation {
                Impersonation::Read => true,
                Impersonation::Write => may_write,
                Impersonation::Never => false,
            };
            assert_eq!(row.check(&caller).is_ok(), open, "{} {may_write}", row.name);
        }
        assert!(admin::ALL.iter().all(|row| row.check(&caller) == Err(Denied::Forbidden)));
    }
}

#[test]
fn a_key_may_what_it_was_granted_where_its_column_is_open() {
    let id: ApiKeyId = Uuid::from_u128(2).into();
    let key = Caller::new(Subject::ApiKey { tenant_id: Uuid::from_u128(1).into(), id, role: TenantRole::Owner });
    for row in tenant::ALL {
        assert_eq!(row.check(&key), Err(Denied::Forbidden), "{} without a proof", row.name);
        let proved = Caller { proof: Proof::Secret, grants: row.grant, ..key };
        assert_eq!(row.check(&proved).is_ok(), row.open_to_keys, "{}", row.name);
        let others = Caller { grants: tenant::PartsRead::PERMISSION.grant, ..proved };
        assert_eq!(row.check(&others).is_ok(), row.name == "parts:read", "{} with another grant", row.name);
    }
}
