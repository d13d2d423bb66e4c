use std::io::Write as _;

use anyhow::Context as _;
use auth::{NewPassword, PasswordHasher, PersonalWords};
use clap::Args;
use kernel::{Clock, Entropy};
use platform::{Database, Maintenance};
use secrecy::{ExposeSecret as _, SecretString};

use crate::cli::read_password;

use super::{DEMO_ADMIN, LoadPlan, demo, generate::Generator, load, store};

/// Fills the database with made-up workshops, people and history.
#[derive(Debug, Clone, Args)]
pub struct SeedArgs {
    /// Workshops to make.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(0..=5_000_000))]
    pub tenants: u32,
    /// People in each workshop, the first its owner.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub users_per_tenant: u32,
    /// Audit entries to make, spread over the last 90 days.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(0..=50_000_000))]
    pub audit: u32,
    /// Staff to make, the first a super admin.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub admins: u32,
    /// The same number makes the same data; take another one to add more to what is there.
    #[arg(long, default_value_t = 1)]
    pub seed: u32,
    /// Make the demo data of a first development start instead; only in an empty database.
    #[arg(long)]
    pub demo: bool,
    /// Read the password that all made-up people share from standard input instead of making one up.
    #[arg(long)]
    pub password_stdin: bool,
    /// Do it in production too.
    #[arg(long)]
    pub yes_really: bool,
}

/// What the command needs of the program around it.
#[derive(Clone, Copy)]
pub struct SeedContext<'a> {
    /// A migrated database.
    pub database: &'a Database,
    /// The same one, to tell the planner about the new rows.
    pub maintenance: &'a Maintenance,
    /// Makes the one hash that all made-up people share.
    pub hasher: &'a PasswordHasher,
    /// The history ends now.
    pub clock: &'a dyn Clock,
    /// Makes the password.
    pub entropy: &'a dyn Entropy,
    /// Whether this is production, where `--yes-really` is asked for.
    pub production: bool,
}

/// Runs the command and tells on standard output what was made and how to sign in.
///
/// # Errors
/// In production without `--yes-really`; when there is data of the same seed; what the database says.
pub async fn run(args: &SeedArgs, context: SeedContext<'_>) -> anyhow::Result<()> {
    if context.production && !args.yes_really {
        anyhow::bail!(
            "this is production (APP_ENV=production): made-up people who can all sign in with one password do not \
             belong here. If you mean it, say --yes-really."
        );
    }
    let now = context.clock.now();
    let plan = LoadPlan {
        tenants: args.tenants,
        users_per_tenant: args.users_per_tenant,
        audit: args.audit,
        admins: args.admins,
        seed: args.seed,
    };
    let first = Generator::new(plan.seed, plan.tenants, now).admin_email(1);
    if !args.demo && store::admin_exists(context.database, &first).await? {
        anyhow::bail!("data of --seed {} is already there ({first}); give another --seed to add more", plan.seed);
    }
    let password = if args.password_stdin {
        given_password()?
    } else {
        NewPassword::temporary(context.entropy, &PersonalWords::default()).secret().clone()
    };
    let hash = context.hasher.hash(&password).await.context("hashing the password")?;
    let mut out = std::io::stdout().lock();
    if args.demo {
        let made = demo(context.database, hash.as_str(), now).await.context("making the demo data")?;
        anyhow::ensure!(made, "the database is not empty; the demo data goes only into an empty one");
        writeln!(out, "Made the demo data. Sign in as {DEMO_ADMIN}, password {}", password.expose_secret())?;
        return Ok(());
    }
    let loaded = load(context.database, &plan, hash.as_str(), now).await.context("inserting the data")?;
    store::analyze(context.maintenance).await.context("telling the planner")?;
    let people = u64::from(plan.tenants) * u64::from(plan.users_per_tenant);
    writeln!(
        out,
        "Made {} admins, {} tenants with {people} people, and {} audit entries.\n\
         All of them sign in with the password {}",
        plan.admins,
        plan.tenants,
        plan.audit,
        if args.password_stdin { "that was given" } else { password.expose_secret() },
    )?;
    if let Some(email) = loaded.super_admin {
        writeln!(out, "  super admin:  {email}  (others: admin2, admin3, ...)")?;
    }
    if let Some((subdomain, email)) = loaded.owner {
        writeln!(out, "  an owner:     {email}  of the tenant {subdomain}")?;
    }
    Ok(())
}

/// The password of `--password-stdin`; everybody made signs in with it.
fn given_password() -> anyhow::Result<SecretString> {
    let password = read_password()?;
    anyhow::ensure!((8..=128).contains(&password.expose_secret().len()), "the password must have 8 to 128 bytes");
    Ok(password)
}
