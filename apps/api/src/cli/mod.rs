//! The command line. Exit codes: 0 done, 1 failed, 2 wrong use.

pub mod audit;
mod create_admin;
mod doctor;
mod events;
mod keys;
mod migrate;
mod queues;
pub mod seed;

pub(crate) use migrate::connect as migrate_connect;

use std::{
    io::{self, BufRead as _, Write},
    process::ExitCode,
    sync::Arc,
};

use anyhow::Context as _;
use clap::{Parser, Subcommand};
use kernel::OsEntropy;
use secrecy::SecretString;

use self::{
    audit::AuditCommand, create_admin::CreateAdminArgs, events::EventsCommand, keys::KeysCommand,
    migrate::MigrateCommand, queues::QueuesCommand, seed::SeedArgs,
};
use crate::{
    composition::Services,
    config::{Config, ConfigProblems, Variables, ensure_dev_secrets},
    logging, openapi, serve,
};

/// The NextCRM back end.
#[derive(Debug, Parser)]
#[command(
    name = "nextcrm",
    version,
    about,
    after_help = "Without a command: serve. Settings come from the \
    environment and .env; .env.example explains them."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (the default).
    Serve,
    /// Bring the database to this version (up, the default), show its steps, or undo the last ones.
    Migrate {
        #[command(subcommand)]
        command: Option<MigrateCommand>,
    },
    /// Add a member of staff.
    CreateAdmin(CreateAdminArgs),
    /// Fill the database with made-up data.
    Seed(SeedArgs),
    /// Check configuration, database and directories, a line each.
    Doctor,
    /// Print the OpenAPI document of what a server in this environment (APP_ENV) serves.
    Openapi,
    /// Verify or archive the audit trail.
    Audit {
        #[command(subcommand)]
        command: AuditCommand,
    },
    /// Manage the keys that seal secrets.
    Keys {
        #[command(subcommand)]
        command: KeysCommand,
    },
    /// Look at what waits to be done, and what was given up on.
    Queues {
        #[command(subcommand)]
        command: QueuesCommand,
    },
    /// Look at events and their deliveries.
    Events {
        #[command(subcommand)]
        command: EventsCommand,
    },
}

/// Runs the command that the process was started with.
#[must_use]
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            // Help and version are no mistakes.
            return if error.use_stderr() { ExitCode::from(2) } else { ExitCode::SUCCESS };
        }
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    match runtime.block_on(run(cli.command.unwrap_or(Command::Serve))) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => fail(&error),
    }
}

/// One line for each cause, without a backtrace.
fn fail(error: &anyhow::Error) -> ExitCode {
    let mut out = io::stderr().lock();
    let _ = writeln!(out, "error: {error}");
    for cause in error.chain().skip(1) {
        let _ = writeln!(out, "  because: {cause}");
    }
    ExitCode::FAILURE
}

/// Tells whether all is well.
async fn run(command: Command) -> anyhow::Result<bool> {
    match command {
        Command::Openapi => {
            let environment = Config::environment(&Variables::from_environment()?)?;
            io::stdout().write_all(openapi::pretty(environment)?.as_bytes())?;
        }
        Command::Doctor => return doctor::run(&mut io::stdout()).await,
        Command::Serve => serve::serve(load()?).await?,
        Command::Migrate { command } => migrate::run(&quiet(load()?), command, &mut io::stdout()).await?,
        Command::CreateAdmin(args) => create_admin::run(&services().await?, &args, &mut io::stdout()).await?,
        Command::Seed(args) => seed(&args).await?,
        Command::Audit { command } => return audit(command).await,
        Command::Queues { command } => queues::run(&services().await?, &command, &mut io::stdout()).await?,
        Command::Events { command } => events::run(&services().await?, &command, &mut io::stdout()).await?,
        Command::Keys { command } => return keys::run(&services().await?, &command, &mut io::stdout()).await,
    }
    Ok(true)
}

/// The configuration; in development with its kept secrets.
fn load() -> anyhow::Result<Config> {
    let variables = ensure_dev_secrets(Variables::from_environment()?, &OsEntropy)?;
    let config: Result<Config, ConfigProblems> = Config::load(&variables);
    Ok(config?)
}

/// A command's output is its answer; only warnings are logged beside it.
fn quiet(config: Config) -> Config {
    let filter = std::env::var("RUST_LOG").map_or_else(|_| "warn".to_owned(), |_| config.log_filter.clone());
    let config = Config { log_filter: filter, ..config };
    logging::init(&config);
    config
}

/// The services on a migrated database.
async fn services() -> anyhow::Result<Services> {
    let config = quiet(load()?);
    serve::prepare_database(&config).await?;
    Services::connect(config).await
}

async fn seed(args: &SeedArgs) -> anyhow::Result<()> {
    let services = services().await?;
    let maintenance = migrate_connect(&services.config).await?;
    let context = seed::SeedContext {
        database: &services.core.db,
        maintenance: &maintenance,
        hasher: &services.auth.hasher,
        clock: &*services.core.clock,
        entropy: &*services.core.entropy,
        production: services.config.environment.is_production(),
    };
    seed::run(args, context).await
}

async fn audit(command: AuditCommand) -> anyhow::Result<bool> {
    let mut out = io::stdout();
    match command {
        AuditCommand::Verify(audit::VerifyArgs { file: Some(file) }) => {
            audit::verify_offline(&quiet(load()?), file, &mut out).await
        }
        AuditCommand::Verify(_) => audit::verify(&services().await?.audit, &mut out).await,
        AuditCommand::Archive(args) => {
            audit::archive(&services().await?.audit, &args, &mut out).await?;
            Ok(true)
        }
    }
}

/// The first line of standard input, for `--password-stdin`.
fn read_password() -> anyhow::Result<SecretString> {
    let line = io::stdin().lock().lines().next().transpose().context("reading the password")?;
    Ok(line.context("standard input is empty; it must hold the password")?.into())
}

/// The system's own context, for what a command does.
fn context(services: &Services, command: &'static str) -> kernel::RequestContext {
    let id = Arc::clone(&services.core.entropy).uuid_v7(services.core.clock.now());
    kernel::RequestContext::system(command, id.to_string())
}
