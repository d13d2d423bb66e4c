//! The seed's own inserts: it writes rows of all crates, many in a statement, because it makes a history
//! that the services, which know only the present, cannot make.

mod audit;
mod bulk;
mod people;
mod tenants;
#[cfg(test)]
mod tests;

use kernel::{StoreError, Tx};
use platform::{Database, Engine, Maintenance};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Alias, Expr, ExprTrait as _, Query};

pub(super) use audit::insert_entries_in;
pub(super) use people::insert_admins_in;
pub(super) use tenants::insert_tenants_in;

/// Whether there is neither staff nor a workshop.
pub(super) async fn is_empty_in(tx: &mut Tx) -> Result<bool, StoreError> {
    for table in ["admin_users", "tenants"] {
        let any = Query::select().column(Alias::new("id")).from(Alias::new(table)).limit(1).to_owned();
        if tx.executor().query_one(&any).await?.is_some() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Whether an admin has this address.
pub(super) async fn admin_exists(database: &Database, email: &str) -> Result<bool, StoreError> {
    let one = Query::select()
        .column(Alias::new("id"))
        .from(Alias::new("admin_users"))
        .and_where(Expr::col(Alias::new("email")).eq(email))
        .to_owned();
    Ok(database.reader().query_one(&one).await?.is_some())
}

/// Tells the planner about the new rows; without it a freshly filled database answers slowly.
pub(super) async fn analyze(maintenance: &Maintenance) -> Result<(), StoreError> {
    let statements: &[&str] = match maintenance.engine() {
        // VACUUM also works off the pending lists of the trigram indexes and marks pages as visible to all.
        Engine::Postgres => &[
            "VACUUM ANALYZE admin_users",
            "VACUUM ANALYZE tenants",
            "VACUUM ANALYZE tenant_users",
            "VACUUM ANALYZE tenant_credentials",
            "VACUUM ANALYZE subscriptions",
            "VACUUM ANALYZE admin_audit_log",
        ],
        Engine::Sqlite => &["ANALYZE"],
    };
    for statement in statements {
        maintenance.connection().execute_unprepared(statement).await?;
    }
    Ok(())
}
