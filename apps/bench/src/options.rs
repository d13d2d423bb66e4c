use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

/// Loads a NextCRM server and its floor, and prints requests per second, latencies and memory.
#[derive(Debug, Parser)]
#[command(name = "nextcrm-bench", version)]
pub(crate) struct Options {
    /// Only for the program itself.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    /// What to measure and how hard.
    #[command(flatten)]
    pub(crate) bench: BenchOptions,
    /// Compare the first page of the tenant list over the sizes of --sizes instead of loading every route.
    #[arg(long)]
    pub(crate) compare_sizes: bool,
    /// Print what bodies that are hard to read cost by their size instead of loading every route.
    #[arg(long, conflicts_with = "compare_sizes")]
    pub(crate) bodies: bool,
}

/// Parts of the benchmark that run in a process of their own.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// The bare actix-web + sqlx server.
    Floor(FloorOptions),
}

/// How the floor runs.
#[derive(Debug, Clone, Args)]
pub(crate) struct FloorOptions {
    /// PostgreSQL with the same data as the server's.
    #[arg(long)]
    pub(crate) database_url: String,
    /// Where to listen.
    #[arg(long)]
    pub(crate) bind: SocketAddr,
    /// Connections to the database, as many as the server has.
    #[arg(long, default_value_t = 16)]
    pub(crate) connections: u32,
}

/// What to measure and how hard.
#[derive(Debug, Clone, Args)]
pub(crate) struct BenchOptions {
    /// An EMPTY PostgreSQL database to use; without it a throw-away cluster is started.
    #[arg(long)]
    pub(crate) database_url: Option<String>,
    /// The server's binary; by default `nextcrm` beside this program.
    #[arg(long)]
    pub(crate) server: Option<PathBuf>,
    /// Tenants to seed.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=5_000_000))]
    pub(crate) tenants: u32,
    /// People in each tenant.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) users_per_tenant: u32,
    /// Audit entries to seed (what one export streams).
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(0..=20_000_000))]
    pub(crate) audit: u32,
    /// Requests under way at any time.
    #[arg(long, default_value_t = 32, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(crate) concurrency: u16,
    /// Seconds to load each route, after two seconds of warming up.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u16).range(1..=600))]
    pub(crate) seconds: u16,
    /// Load only these routes.
    #[arg(long, value_delimiter = ',')]
    pub(crate) only: Vec<String>,
    /// Sizes for --compare-sizes, in tenants.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 1_000_000])]
    pub(crate) sizes: Vec<u32>,
}

impl BenchOptions {
    /// How long each route is loaded.
    pub(crate) fn duration(&self) -> Duration {
        Duration::from_secs(u64::from(self.seconds))
    }
}
