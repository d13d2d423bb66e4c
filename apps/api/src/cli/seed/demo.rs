use chrono::{DateTime, Duration, Utc};
use kernel::{AdminId, AdminRole, StoreError, Transactor as _};
use platform::Database;
use rand::SeedableRng as _;
use rand_chacha::ChaCha8Rng;
use tenancy::domain::Plan;

use super::generate::{Generator, uuid_v7};
use super::model::{NewAdmin, NewEntry, NewTenant, State};
use super::{history, store};

/// The super admin of a new development database.
pub const DEMO_ADMIN: &str = "admin@nextcrm.localhost";

/// The demo data is the same everywhere.
const SEED: u32 = 2024;
const COLLEAGUES: [(&str, &str, AdminRole, &str); 6] = [
    ("Priya", "Raman", AdminRole::Admin, "Operations"),
    ("Tom", "Keller", AdminRole::Developer, "Engineering"),
    ("Mele", "Taufa", AdminRole::Support, "Support"),
    ("Grace", "O'Connor", AdminRole::Finance, "Finance"),
    ("Jack", "Barlow", AdminRole::Sales, "Sales"),
    ("Hana", "Sato", AdminRole::Marketing, "Marketing"),
];

/// Puts demo data into an empty database, in one transaction: staff of every role ([`DEMO_ADMIN`] first), a
/// dozen workshops of all plans and states (and a deleted one, which lists leave out) with people, subscriptions and
/// nearly two years of history. All have
/// the password of the hash. Tells whether it did; a database with staff or workshops is left as it is.
///
/// # Errors
/// As the store.
pub async fn demo(database: &Database, password_hash: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
    let tenants = tenants(now);
    let staff = staff(now);
    let entries = entries(&staff, &tenants, now);
    let mut tx = database.begin().await?;
    if !store::is_empty_in(&mut tx).await? {
        return Ok(false);
    }
    match store::insert_admins_in(&mut tx, &staff, password_hash).await {
        // Another server, started at the same time, was faster.
        Err(error) if error.unique_constraint().is_some() => return Ok(false),
        result => result?,
    }
    store::insert_tenants_in(&mut tx, &tenants, password_hash).await?;
    store::insert_entries_in(&mut tx, &entries).await?;
    tx.commit().await?;
    Ok(true)
}

fn staff(now: DateTime<Utc>) -> Vec<NewAdmin> {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(SEED));
    let created_at = now - Duration::days(700);
    let admin = ("Alex", "Admin", AdminRole::SuperAdmin, "Operations", DEMO_ADMIN.to_owned());
    let colleagues = COLLEAGUES.map(|(first, last, role, department)| {
        (first, last, role, department, format!("{}@nextcrm.localhost", first.to_lowercase()))
    });
    std::iter::once(admin)
        .chain(colleagues)
        .map(|(first_name, last_name, role, department, email)| NewAdmin {
            id: AdminId(uuid_v7(&mut rng, created_at)),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            email,
            role,
            department: Some(department),
            created_at,
        })
        .collect()
}

fn tenants(now: DateTime<Utc>) -> Vec<NewTenant> {
    let ago = |days| now - Duration::days(days);
    let overdue = State::Suspended { at: ago(6), reason: "Payment overdue for 30 days" };
    let complaint = State::Suspended { at: ago(2), reason: "Parts orders under investigation" };
    let plan = [
        (Plan::Enterprise, State::Active, 14),
        (Plan::Professional, State::Active, 3),
        (Plan::Performance, State::Active, 8),
        (Plan::Professional, overdue, 2),
        (Plan::Enterprise, State::Active, 22),
        (Plan::Performance, State::Deleted { at: ago(21) }, 4),
        (Plan::Professional, State::Active, 5),
        (Plan::Performance, State::Active, 6),
        (Plan::Professional, State::TrialExpired { at: ago(3) }, 1),
        (Plan::Performance, complaint, 7),
        (Plan::Professional, State::Trial { ends_at: now + Duration::days(3) }, 2),
        (Plan::Performance, State::Trial { ends_at: now + Duration::days(12) }, 3),
        (Plan::Performance, State::Active, 9),
    ];
    let generator = Generator::new(SEED, plan.len() as u32, now);
    let made = (0_u32..).zip(plan);
    made.map(|(index, (plan, state, people))| generator.tenant_in(index, plan, state, people)).collect()
}

/// What happened to each workshop, and a sign-in of somebody on each of the last 14 days.
fn entries(staff: &[NewAdmin], tenants: &[NewTenant], now: DateTime<Utc>) -> Vec<NewEntry> {
    let mut rng = ChaCha8Rng::seed_from_u64(u64::from(SEED) + 1);
    let mut entries = Vec::new();
    for (by, tenant) in staff.iter().take(2).cycle().zip(tenants) {
        entries.extend(history::of_tenant(&mut rng, tenant, by));
    }
    for (day, admin) in (1..=14).zip(staff.iter().cycle()) {
        entries.push(history::sign_in_of(&mut rng, admin, now - Duration::hours(day * 24 - 3)));
    }
    entries.sort_by_key(|entry| entry.created_at);
    entries
}
