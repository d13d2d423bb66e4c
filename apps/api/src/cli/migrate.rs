//! `nextcrm migrate [up|down|status]`.

use std::{io::Write, time::Duration};

use anyhow::Context as _;
use clap::Subcommand;
use platform::Maintenance;

use crate::{composition::database_options, config::Config, serve};

/// What to do with the schema.
#[derive(Debug, Clone, Copy, Subcommand)]
pub enum MigrateCommand {
    /// Run the steps that the database does not have.
    Up,
    /// Undo the last steps. What they held is lost.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// Show the steps; changes nothing.
    Status,
}

/// Runs the command.
///
/// # Errors
/// What the database says.
pub async fn run(config: &Config, command: Option<MigrateCommand>, out: &mut impl Write) -> anyhow::Result<()> {
    serve::make_directories(config)?;
    let db = connect(config).await?;
    match command.unwrap_or(MigrateCommand::Up) {
        MigrateCommand::Up => match migrations::up(db.connection()).await? {
            0 => writeln!(out, "up to date")?,
            steps => writeln!(out, "{steps} steps were run")?,
        },
        MigrateCommand::Down { steps } => {
            migrations::down(db.connection(), steps).await?;
            writeln!(out, "{steps} steps were undone")?;
        }
        MigrateCommand::Status => {
            for step in migrations::status(db.connection()).await? {
                writeln!(out, "{}  {}", if step.applied { "applied" } else { "pending" }, step.name)?;
            }
        }
    }
    db.close().await?;
    Ok(())
}

/// A connection whose statements may take their time.
///
/// # Errors
/// When the database does not answer.
pub async fn connect(config: &Config) -> anyhow::Result<Maintenance> {
    let mut options = database_options(config);
    options.statement_timeout = Duration::from_secs(3600);
    options.max_connections = 4;
    Maintenance::connect(&options).await.context("the database of DATABASE_URL does not answer")
}
