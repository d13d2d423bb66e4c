use std::fmt::Write as _;

use crate::load::Measured;
use crate::process::Memory;

/// A line of the table.
pub(crate) struct Line {
    /// The route's short name.
    pub(crate) name: &'static str,
    /// What NextCRM did.
    pub(crate) server: Measured,
    /// What the floor did, for the routes that it has.
    pub(crate) floor: Option<Measured>,
    /// NextCRM's memory right after the run.
    pub(crate) memory: Option<Memory>,
}

/// The table, one line a route.
pub(crate) fn table(lines: &[Line]) -> String {
    let mut text = format!(
        "{:<8} {:>10} {:>9} {:>9} {:>7} {:>12} {:>10} {:>7} {:>9}\n",
        "route", "requests/s", "p50 ms", "p99 ms", "failed", "floor req/s", "floor p50", "ratio", "rss MiB"
    );
    for line in lines {
        let _ = writeln!(text, "{}", row(line));
    }
    text
}

fn row(line: &Line) -> String {
    let server = &line.server;
    let floor = line.floor.as_ref();
    let or_dash =
        |value: Option<f64>, digits: usize| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.digits$}"));
    format!(
        "{:<8} {:>10.1} {:>9.2} {:>9.2} {:>7} {:>12} {:>10} {:>7} {:>9}",
        line.name,
        server.rate(),
        server.millis_at(0.5),
        server.millis_at(0.99),
        server.failed,
        or_dash(floor.map(Measured::rate), 1),
        or_dash(floor.map(|floor| floor.millis_at(0.5)), 2),
        or_dash(floor.map(|floor| server.rate() / floor.rate()), 2),
        or_dash(line.memory.map(|memory| memory.resident), 1),
    )
}

/// What failed, a line a route; empty when nothing did.
pub(crate) fn failures(lines: &[Line]) -> String {
    let mut text = String::new();
    for line in lines {
        for (who, measured) in [("server", Some(&line.server)), ("floor", line.floor.as_ref())] {
            if let Some(failure) = measured.and_then(|measured| measured.first_failure.as_deref()) {
                let _ = writeln!(text, "{} ({who}), first failure: {failure}", line.name);
            }
        }
    }
    text
}
