//! Counts and latencies of requests. Labels come from closed sets (methods that HTTP names, templates of our own routes,
//! statuses that we answer), so that no client can make a series.

use std::time::Duration;

use actix_web::http::Method;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle, PrometheusRecorder};
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// Seconds; fine around what answers should take.
const BUCKETS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// How often measured durations are put into their buckets: between two of these each is kept by itself.
const UPKEEP: Duration = Duration::from_secs(5);

/// Renders what was measured; the recorder is the process's.
#[derive(Clone)]
pub struct HttpMetrics(PrometheusHandle);

impl HttpMetrics {
    /// Installs the process's recorder.
    ///
    /// # Errors
    /// When there is one already.
    pub fn install() -> anyhow::Result<Self> {
        let recorder = recorder()?;
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| anyhow::anyhow!("metrics are installed already"))?;
        Ok(Self(handle))
    }

    /// Keeps memory flat, whether or not anybody ever asks for the measurements; until `stop`.
    pub async fn keep_up(self, stop: CancellationToken) {
        every(UPKEEP, &stop, || self.0.run_upkeep()).await;
    }

    /// The text for Prometheus.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }
}

fn recorder() -> anyhow::Result<PrometheusRecorder> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), BUCKETS)?;
    Ok(builder.build_recorder())
}

async fn every(period: Duration, stop: &CancellationToken, act: impl Fn()) {
    let mut beat = tokio::time::interval(period);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    while stop.run_until_cancelled(beat.tick()).await.is_some() {
        act();
    }
}

/// A method's name, one of those of HTTP; any other is `OTHER`.
pub(super) fn method(method: &Method) -> &'static str {
    let known = [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    let names = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    known.iter().position(|it| it == method).map_or("OTHER", |at| names[at])
}

/// Notes one answered request. `route` is a template of ours.
pub(super) fn record(method: &'static str, route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    metrics::counter!("http_requests_total", "method" => method, "route" => route.clone(), "status" => status.to_string())
        .increment(1);
    metrics::histogram!("http_request_duration_seconds", "method" => method, "route" => route)
        .record(took.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    #[test]
    fn made_up_methods_are_one() {
        assert_eq!(method(&Method::PATCH), "PATCH");
        for made_up in ["get", "BREW", "TRACE", "CONNECT", "XYZZY17"] {
            assert_eq!(method(&Method::from_bytes(made_up.as_bytes()).expect("a token")), "OTHER");
        }
    }

    #[test]
    fn made_up_paths_make_no_series() {
        let recorder = recorder().expect("a recorder");
        let handle = recorder.handle();
        metrics::with_local_recorder(&recorder, || {
            for number in 0..1_000 {
                let made_up = Method::from_bytes(format!("M{number}").as_bytes()).expect("a token");
                record(method(&made_up), "unmatched", 404, Duration::from_millis(1));
            }
        });
        let text = handle.render();
        let series = text.lines().filter(|line| line.starts_with("http_requests_total{")).collect::<Vec<_>>();
        assert_eq!(series.len(), 1, "{text}");
        assert!(series[0].contains("method=\"OTHER\"") && series[0].ends_with(" 1000"), "{text}");
    }

    #[tokio::test(start_paused = true)]
    async fn upkeep_goes_on_by_itself_until_the_end() {
        let (stop, count) = (CancellationToken::new(), Cell::new(0));
        let keep_up = every(UPKEEP, &stop, || count.set(count.get() + 1));
        let end = async {
            tokio::time::sleep(UPKEEP * 10 + UPKEEP / 2).await;
            stop.cancel();
        };
        tokio::join!(keep_up, end);
        assert_eq!(count.get(), 11);
    }
}
