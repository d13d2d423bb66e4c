//! What calls tell: measurements with labels of the code alone, and lines without an address or a secret.

mod support;

use std::{
    io,
    sync::{Arc, Mutex},
};

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use outbound::{Outbound, Profile, Request};
use secrecy::SecretString;
use support::{circuit, profile};
use tracing_subscriber::fmt::MakeWriter;
use wiremock::{Mock, MockServer, ResponseTemplate, matchers::any};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("lines").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Lines {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn calls_are_told_of_without_address_key_or_secret() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _recording = metrics::set_default_local_recorder(&recorder);
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::DEBUG).with_ansi(false).with_writer(lines.clone());
    let _logging = tracing::subscriber::set_default(subscriber.finish());

    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let client = Outbound::default().client(Profile { circuit: Some(circuit()), ..profile() }).expect("a client");
    for _ in 0..2 {
        let url = format!("{}/s3cret-path?token=s3cret", server.uri()).parse().expect("an address");
        let request = Request::get(url).bearer(&SecretString::from("s3cret")).key("s3cret key");
        let _ = client.send(request).await;
    }

    let recorded = String::from_utf8(lines.0.lock().expect("lines").clone()).expect("text");
    let ours: Vec<_> = recorded.lines().filter(|line| line.contains("outbound")).collect();
    assert!(ours.iter().any(|line| line.contains("calls fail and are paused")), "{recorded}");
    assert!(ours.iter().any(|line| line.contains(r#"upstream="test""#) && line.contains("5xx")), "{recorded}");
    assert!(!recorded.contains("s3cret"), "{recorded}");

    let mut measured: Vec<_> = snapshots
        .snapshot()
        .into_vec()
        .into_iter()
        .filter_map(|(key, _, _, value)| {
            let labels = key.key().labels().map(|label| format!("{}={}", label.key(), label.value()));
            let DebugValue::Counter(count) = value else { return None };
            Some(format!("{}{{{}}} {count}", key.key().name(), labels.collect::<Vec<_>>().join(",")))
        })
        .collect();
    measured.sort();
    let expected = [
        "outbound_calls_total{target=test,outcome=5xx} 1",
        "outbound_calls_total{target=test,outcome=circuit_open} 1",
        "outbound_circuit_changes_total{target=test,state=open} 1",
        "outbound_tries_total{target=test,outcome=5xx} 3",
        "outbound_tries_total{target=test,outcome=circuit_open} 1",
    ];
    assert_eq!(measured, expected);
}
