use std::fmt::Write as _;
use std::time::Duration;

use bytes::Bytes;

use crate::client::{Call, Connection};
use crate::options::BenchOptions;
use crate::postgres::Postgres;
use crate::process::Process;
use crate::server::{Installation, Size};

/// Sizes of bodies in KiB; the last is a little less than the server's limit.
const SIZES: [usize; 4] = [64, 256, 512, 1023];
/// How often each is sent: the kernel counts a process's time in hundredths of a second.
const TIMES: u32 = 40;

/// Sends bodies made to be hard to read, without signing in, and prints what each costs the server. A shape whose cost
/// for each KiB grows with the size is a way to keep the server busy.
///
/// # Errors
/// When the server does not start or stops answering.
pub(crate) async fn measure(options: &BenchOptions) -> anyhow::Result<()> {
    let postgres = Postgres::get(options.database_url.as_deref()).await?;
    let table = all(options, &postgres.url).await;
    postgres.stop().await;
    print!("{}", table?);
    Ok(())
}

async fn all(options: &BenchOptions, database_url: &str) -> anyhow::Result<String> {
    let directory = tempfile::tempdir()?;
    let size = Size { tenants: 1, users_per_tenant: 1, audit: 0 };
    let installation = Installation::seeded(options, database_url, directory.path(), size).await?;
    let server = installation.serve().await?;
    let mut table = format!("{:<12} {:>6} {:>8} {:>8} {:>10}\n", "shape", "KiB", "status", "CPU ms", "us per KiB");
    for (shape, body) in SHAPES {
        for kib in SIZES {
            let (status, cost) = cost(&server, body(kib * 1024)).await?;
            let micros = cost.as_secs_f64() * 1e6;
            let per_kib = micros / f64::from(u32::try_from(kib)?);
            let _ = writeln!(table, "{shape:<12} {kib:>6} {status:>8} {:>8.2} {per_kib:>10.1}", micros / 1000.0);
        }
    }
    server.stop().await?;
    Ok(table)
}

/// The status, and the server's processor time for one request.
async fn cost(server: &Process, body: String) -> anyhow::Result<(u16, Duration)> {
    let call = Call {
        method: hyper::Method::POST,
        path: "/api/admin/auth/login".to_owned(),
        authorization: None,
        body: Some(Bytes::from(body)),
    };
    // A connection each: the server closes one whose body it refused to read to its end.
    let send = async || Connection::open(server.address).await?.exchange(&call).await.map(|(status, ..)| status);
    let mut status = send().await?;
    let before = server.processor_time()?;
    for _ in 0..TIMES {
        status = send().await?;
    }
    Ok((status.as_u16(), (server.processor_time()? - before) / TIMES))
}

/// A name and what makes a body of about so many bytes.
type Shape = (&'static str, fn(usize) -> String);

const SHAPES: [Shape; 9] = [
    ("long key", |size| format!("{{\"{}\":[{}]}}", "k".repeat(size / 2), list("1", size / 2))),
    ("elements", |size| format!("{{\"email\":[{}]}}", list("1", size))),
    ("objects", |size| format!("{{\"email\":[{}]}}", list("{\"a\":1}", size))),
    ("members", |size| format!("{{{}}}", numbered(size))),
    ("below", |size| format!("{{\"email\":{{{}}}}}", numbered(size))),
    ("deep", |size| format!("{{\"email\":[{}]}}", list(&format!("{}{}", "[".repeat(60), "]".repeat(60)), size))),
    ("string", |size| format!("{{\"email\":\"{}\",\"password\":\"x\"}}", "x".repeat(size - 64))),
    ("escapes", |size| format!("{{\"email\":\"{}\",\"password\":\"x\"}}", "\\u0041".repeat(size / 6 - 10))),
    ("digits", |size| format!("{{\"email\":{}}}", "1".repeat(size - 64))),
];

fn list(item: &str, size: usize) -> String {
    vec![item; size / (item.len() + 1) - 10].join(",")
}

fn numbered(size: usize) -> String {
    let members: Vec<_> = (0..size / 12 - 10).map(|number| format!("\"k{number:07}\":1")).collect();
    members.join(",")
}
