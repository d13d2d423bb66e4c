use crate::client::Call;
use crate::load::{self, Calls, Measured};
use crate::options::BenchOptions;
use crate::postgres::Postgres;
use crate::server::{Installation, Size};

/// Loads the first page of the tenant list on databases of different sizes, and prints how much
/// slower each is than the first.
///
/// # Errors
/// When something does not start, or with a `--database-url`: each size needs a database of its own.
pub(crate) async fn compare(options: &BenchOptions) -> anyhow::Result<()> {
    anyhow::ensure!(
        options.database_url.is_none(),
        "--compare-sizes makes its own databases; leave out --database-url"
    );
    let mut rows: Vec<(u32, Measured)> = Vec::new();
    for &tenants in &options.sizes {
        let postgres = Postgres::get(None).await?;
        let result = first_page(options, &postgres.url, tenants).await;
        postgres.stop().await;
        rows.push((tenants, result?));
    }
    println!("{:>12} {:>10} {:>9} {:>9} {:>7} {:>8}", "tenants", "requests/s", "p50 ms", "p99 ms", "failed", "slower");
    let base = rows.first().map_or(0.0, |(_, measured)| measured.rate());
    for (tenants, measured) in &rows {
        let (p50, p99) = (measured.millis_at(0.5), measured.millis_at(0.99));
        let slower = base / measured.rate();
        println!("{tenants:>12} {:>10.1} {p50:>9.2} {p99:>9.2} {:>7} {slower:>7.2}x", measured.rate(), measured.failed);
    }
    Ok(())
}

async fn first_page(options: &BenchOptions, database_url: &str, tenants: u32) -> anyhow::Result<Measured> {
    let directory = tempfile::tempdir()?;
    let size = Size { tenants, users_per_tenant: 1, audit: 0 };
    eprintln!("Seeding {tenants} tenants ...");
    let installation = Installation::seeded(options, database_url, directory.path(), size).await?;
    let server = installation.serve().await?;
    let authorization = installation.authorization().await?;
    let page: Calls = std::sync::Arc::new(move |_| Call::get("/api/admin/tenants?limit=20").signed_in(&authorization));
    eprintln!("Loading the list ...");
    let measured = load::run(server.address, options.concurrency, options.duration(), &page).await?;
    server.stop().await?;
    Ok(measured)
}
