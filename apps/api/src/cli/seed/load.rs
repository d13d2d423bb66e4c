use kernel::{StoreError, Transactor as _};
use platform::Database;

use super::generate::Generator;
use super::model::{NewAdmin, NewTenant};
use super::progress::Progress;
use super::store;

/// People inserted in one transaction, so that workshops of many people do not make huge ones.
const PEOPLE_A_BATCH: u32 = 4_000;
/// Entries inserted in one transaction.
const ENTRIES_A_BATCH: u32 = 5_000;

/// How much load-test data to make.
#[derive(Debug, Clone, Copy)]
pub struct LoadPlan {
    /// Workshops.
    pub tenants: u32,
    /// People in each, the first an owner.
    pub users_per_tenant: u32,
    /// Audit entries.
    pub audit: u32,
    /// Staff, the first a super admin, the others admins.
    pub admins: u32,
    /// The same seed makes the same data; different ones do not get into each other's way.
    pub seed: u32,
}

/// Who can sign in to what was made.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Loaded {
    /// The address of the super admin.
    pub super_admin: Option<String>,
    /// Subdomain and address of the owner of an active workshop.
    pub owner: Option<(String, String)>,
}

/// Fills the database, a batch a transaction, so that whatever stops it leaves whole workshops with right
/// totals. All people share the password of the hash.
///
/// # Errors
/// As the store; [`StoreError::Unique`] when data of the same seed is there already.
pub async fn load(
    database: &Database,
    plan: &LoadPlan,
    password_hash: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Loaded, StoreError> {
    let generator = Generator::new(plan.seed, plan.tenants, now);
    let admins: Vec<NewAdmin> = (1..=plan.admins).map(|number| generator.admin(number)).collect();
    let mut tx = database.begin().await?;
    store::insert_admins_in(&mut tx, &admins, password_hash).await?;
    tx.commit().await?;

    let owner = load_tenants(database, plan, password_hash, &generator).await?;
    load_entries(database, plan, &admins, &generator).await?;
    Ok(Loaded { super_admin: admins.first().map(|admin| admin.email.clone()), owner })
}

async fn load_tenants(
    database: &Database,
    plan: &LoadPlan,
    password_hash: &str,
    generator: &Generator,
) -> Result<Option<(String, String)>, StoreError> {
    let progress = Progress::new("tenants", plan.tenants);
    let batch = (PEOPLE_A_BATCH / plan.users_per_tenant.max(1)).clamp(1, 1_000);
    let mut owner = None;
    for range in batches(plan.tenants, batch) {
        let count = range.end - range.start;
        let tenants: Vec<NewTenant> = range.map(|index| generator.tenant(index, plan.users_per_tenant)).collect();
        let mut tx = database.begin().await?;
        store::insert_tenants_in(&mut tx, &tenants, password_hash).await?;
        tx.commit().await?;
        owner = owner.or_else(|| tenants.iter().find_map(active_owner));
        progress.add(count);
    }
    Ok(owner)
}

fn active_owner(tenant: &NewTenant) -> Option<(String, String)> {
    let owner = tenant.people.first().filter(|_| matches!(tenant.state, super::model::State::Active))?;
    Some((tenant.subdomain.clone(), owner.email.clone()))
}

async fn load_entries(
    database: &Database,
    plan: &LoadPlan,
    admins: &[NewAdmin],
    generator: &Generator,
) -> Result<(), StoreError> {
    let progress = Progress::new("audit entries", plan.audit);
    for range in batches(plan.audit, ENTRIES_A_BATCH) {
        let count = range.end - range.start;
        let entries: Vec<_> = range.map(|index| generator.entry(index, plan.audit, admins)).collect();
        let mut tx = database.begin().await?;
        store::insert_entries_in(&mut tx, &entries).await?;
        tx.commit().await?;
        progress.add(count);
    }
    Ok(())
}

fn batches(total: u32, size: u32) -> impl Iterator<Item = std::ops::Range<u32>> {
    (0..total).step_by(size as usize).map(move |start| start..total.min(start.saturating_add(size)))
}
