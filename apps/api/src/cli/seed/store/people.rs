use kernel::{StoreError, Tx, fold::search_text_of_person};
use sea_orm::sea_query::Value;

use super::bulk::{Table, insert_in, row};
use crate::cli::seed::model::{NewAdmin, NewTenant};

const ADMIN_USERS: Table = Table {
    name: "admin_users",
    #[rustfmt::skip]
    columns: &[
        "id", "first_name", "last_name", "email", "search_text", "password_hash", "password_set_at", "role", "department",
        "created_at", "updated_at",
    ],
};

const TENANT_USERS: Table = Table {
    name: "tenant_users",
    #[rustfmt::skip]
    columns: &[
        "id", "tenant_id", "first_name", "last_name", "email", "search_text", "role", "last_login_at", "last_activity_at",
        "created_at", "updated_at",
    ],
};

const TENANT_CREDENTIALS: Table = Table {
    name: "tenant_credentials",
    columns: &["tenant_user_id", "tenant_id", "password_hash", "password_set_at", "created_at", "updated_at"],
};

/// Inserts staff with one password for all.
pub(in crate::cli::seed) async fn insert_admins_in(
    tx: &mut Tx,
    admins: &[NewAdmin],
    password_hash: &str,
) -> Result<(), StoreError> {
    let rows = admins
        .iter()
        .map(|admin| {
            row![
                admin.id.uuid(),
                admin.first_name.as_str(),
                admin.last_name.as_str(),
                admin.email.as_str(),
                search_text_of_person(admin.first_name.as_str(), admin.last_name.as_str(), admin.email.as_str()),
                password_hash,
                admin.created_at,
                admin.role.as_str(),
                admin.department,
                admin.created_at,
                admin.created_at,
            ]
        })
        .collect();
    insert_in(tx, &ADMIN_USERS, rows).await
}

/// Inserts the people of workshops with one password for all.
pub(super) async fn insert_people_in(
    tx: &mut Tx,
    tenants: &[NewTenant],
    password_hash: &str,
) -> Result<(), StoreError> {
    let (mut users, mut credentials): (Vec<Vec<Value>>, Vec<Vec<Value>>) = (Vec::new(), Vec::new());
    for tenant in tenants {
        for person in &tenant.people {
            users.push(row![
                person.id.uuid(),
                tenant.id.uuid(),
                person.first_name,
                person.last_name,
                person.email.as_str(),
                search_text_of_person(person.first_name, person.last_name, person.email.as_str()),
                person.role.as_str(),
                person.last_login_at,
                person.last_login_at,
                person.created_at,
                person.created_at,
            ]);
            credentials.push(row![
                person.id.uuid(),
                tenant.id.uuid(),
                password_hash,
                person.created_at,
                person.created_at,
                person.created_at,
            ]);
        }
    }
    insert_in(tx, &TENANT_USERS, users).await?;
    insert_in(tx, &TENANT_CREDENTIALS, credentials).await
}
