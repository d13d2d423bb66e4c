//! `capricorn-sandbox`: the sandbox as a program.

#![expect(clippy::print_stdout, reason = "where it listens and what to do next is this program's output")]

use std::{fmt::Write as _, net::SocketAddr};

use capricorn_sandbox::{AmountStyle, ApiKey, Sandbox, SandboxOptions};
use clap::Parser;

/// A stand-in for Capricorn's API with made-up parts. Everything is in memory and gone when it stops.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
    /// The same seed gives the same parts, stock and course of orders
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many parts there are
    #[arg(long, default_value_t = 6_000, value_parser = clap::value_parser!(u32).range(1..=200_000))]
    parts: u32,
    /// Seconds of the sandbox in one second: 3600 makes a second an hour
    #[arg(long, default_value_t = 1.0, value_parser = speed)]
    speed: f64,
    /// Who may ask; several times for several [default: CUST-1001=sandbox-key-1001 and two more]
    #[arg(long = "key", value_name = "CUSTOMER=KEY", value_parser = key)]
    keys: Vec<ApiKey>,
    /// How amounts are written: numbers, strings or mixed
    #[arg(long, default_value = "mixed")]
    amounts: AmountStyle,
    /// Threads that answer
    #[arg(long, default_value_t = 2)]
    workers: usize,
}

fn speed(text: &str) -> Result<f64, String> {
    let speed = text.parse().ok().filter(|speed| (0.0..=86_400.0).contains(speed));
    speed.ok_or_else(|| "must be 0 to 86400".to_owned())
}

fn key(text: &str) -> Result<ApiKey, String> {
    match text.split_once('=') {
        Some((customer, key)) if !customer.is_empty() && !key.is_empty() => Ok(ApiKey::new(customer, key)),
        _ => Err("must look like CUST-1001=some-key".to_owned()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let Arguments { listen, seed, parts, speed, keys, amounts, workers } = Arguments::parse();
    let mut options = SandboxOptions { listen, seed, parts, speed, amounts, workers, ..SandboxOptions::default() };
    if !keys.is_empty() {
        options.keys = keys;
    }
    let known = options.keys.clone();
    let sandbox = Sandbox::start(options)?;
    println!("{}", banner(sandbox.url(), parts, &known));
    tokio::signal::ctrl_c().await?;
    sandbox.stop().await;
    Ok(())
}

fn banner(url: &str, parts: u32, keys: &[ApiKey]) -> String {
    let mut text =
        format!("\n  Capricorn's sandbox, {parts} parts: {url}\n  Page   {url}/ (catalogue, orders, clock, faults)\n");
    for key in keys {
        let blocked = if key.blocked { " (blocked)" } else { "" };
        let _ = writeln!(text, "  Key    {} for customer {}{blocked}", key.key, key.customer_id);
    }
    if let Some(key) = keys.iter().find(|key| !key.blocked) {
        let _ = write!(
            text,
            "  Try    curl -H 'authorization: Bearer {}' '{url}/products/search?q=hilux+brake'\n  \
             NextCRM: CAPRICORN_API_URL={url} CAPRICORN_API_KEY={} CAPRICORN_CUSTOMER_ID={}\n  \
             Orders live in memory and are gone when this stops (Ctrl-C).\n",
            key.key, key.key, key.customer_id
        );
    }
    text
}
