//! The load benchmark: a release server on PostgreSQL with seeded data, next to a bare actix-web +
//! sqlx server that runs the same SQL (the *floor*). `just bench` builds everything and runs it;
//! docs/performance.md tells what the numbers mean.
#![deny(missing_docs)]
#![expect(clippy::print_stdout, reason = "the report is this program's output")]

mod bodies;
mod client;
mod floor;
mod load;
mod options;
mod postgres;
mod process;
mod report;
mod routes;
mod run;
mod server;
mod sizes;

use clap::Parser as _;

use crate::options::{Command, Options};

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    match options.command {
        // actix makes its own worker threads, each with its runtime.
        Some(Command::Floor(floor)) => actix_web::rt::System::new().block_on(floor::serve(floor)),
        None => {
            let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            runtime.block_on(async {
                if options.bodies {
                    bodies::measure(&options.bench).await
                } else if options.compare_sizes {
                    sizes::compare(&options.bench).await
                } else {
                    run::everything(&options.bench).await
                }
            })
        }
    }
}
