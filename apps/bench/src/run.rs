use std::sync::Arc;

use tokio::process::Command;

use crate::load;
use crate::options::BenchOptions;
use crate::postgres::Postgres;
use crate::process::{Process, free_address};
use crate::report::{self, Line};
use crate::routes::{self, Route, Samples};
use crate::server::{Installation, Size};

/// Seeds a database, loads every route of NextCRM and of the floor in turn, and prints the table.
///
/// # Errors
/// When something does not start, or a route answered nothing but failures.
pub(crate) async fn everything(options: &BenchOptions) -> anyhow::Result<()> {
    let postgres = Postgres::get(options.database_url.as_deref()).await?;
    let result = measure(options, &postgres.url).await;
    postgres.stop().await;
    let lines = result?;
    print!("{}{}", report::table(&lines), report::failures(&lines));
    if let Some(peak) = lines.iter().filter_map(|line| line.memory).map(|memory| memory.peak).reduce(f64::max) {
        println!("peak resident memory of the server: {peak:.1} MiB");
    }
    anyhow::ensure!(lines.iter().all(|line| line.server.done > 0), "a route answered nothing but failures");
    Ok(())
}

async fn measure(options: &BenchOptions, database_url: &str) -> anyhow::Result<Vec<Line>> {
    let directory = tempfile::tempdir()?;
    let size = Size { tenants: options.tenants, users_per_tenant: options.users_per_tenant, audit: options.audit };
    eprintln!("Seeding {} tenants and {} audit entries ...", size.tenants, size.audit);
    let installation = Arc::new(Installation::seeded(options, database_url, directory.path(), size).await?);
    let server = installation.serve().await?;
    let floor = start_floor(database_url, directory.path()).await?;

    let mut lines = Vec::new();
    let samples = Arc::new(Samples::take(&installation, &server, &installation.authorization().await?).await?);
    let count = routes::all(&installation, &samples, &installation.authorization().await?).len();
    for index in 0..count {
        // A fresh token for each route: a long benchmark outlives one.
        let authorization = installation.authorization().await?;
        let Some(route) = routes::all(&installation, &samples, &authorization).into_iter().nth(index) else { break };
        if options.only.is_empty() || options.only.iter().any(|name| name == route.name) {
            lines.push(one(options, &server, &floor, route).await?);
        }
    }
    floor.stop().await?;
    server.stop().await?;
    Ok(lines)
}

async fn one(options: &BenchOptions, server: &Process, floor: &Process, route: Route) -> anyhow::Result<Line> {
    let concurrency = route.concurrency.unwrap_or(options.concurrency);
    eprintln!("Loading {} with {concurrency} at a time for {} s ...", route.name, options.seconds);
    let of_server = load::run(server.address, concurrency, options.duration(), &route.server).await?;
    let memory = server.memory();
    let of_floor = match &route.floor {
        Some(calls) => Some(load::run(floor.address, concurrency, options.duration(), calls).await?),
        None => None,
    };
    Ok(Line { name: route.name, server: of_server, floor: of_floor, memory })
}

async fn start_floor(database_url: &str, directory: &std::path::Path) -> anyhow::Result<Process> {
    let address = free_address()?;
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["floor", "--database-url", database_url, "--bind", &address.to_string()]);
    Process::start(command, address, &directory.join("floor.log"), "/health").await
}
