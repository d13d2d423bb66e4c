//! What every client does: bounds, repetitions, circuits, limits.

mod support;

use std::time::{Duration, Instant};

use outbound::{BodyProblem, CircuitState, Client, Failure, Outbound, Profile, Request};
use rstest::rstest;
use secrecy::SecretString;
use serde_json::json;
use support::{circuit, profile, saying};
use wiremock::{
    Mock, MockServer, Request as Received, ResponseTemplate,
    matchers::{any, method},
};

fn client(profile: Profile) -> Client {
    Outbound::default().client(profile).expect("a client")
}

fn get(url: impl std::fmt::Display) -> Request {
    Request::get(url.to_string().parse().expect("an address"))
}

fn post(url: impl std::fmt::Display) -> Request {
    Request::post(url.to_string().parse().expect("an address"))
}

/// Answers with each of these in turn, then with 200.
async fn answering(responses: Vec<ResponseTemplate>) -> MockServer {
    let server = MockServer::start().await;
    for response in responses {
        Mock::given(any()).respond_with(response).up_to_n_times(1).mount(&server).await;
    }
    Mock::given(any()).respond_with(ResponseTemplate::new(200).set_body_string("fine")).mount(&server).await;
    server
}

async fn received(server: &MockServer) -> Vec<Received> {
    server.received_requests().await.expect("recorded")
}

#[tokio::test]
async fn a_request_goes_out_as_it_was_made_and_shows_no_secret() {
    let server = answering(vec![]).await;
    let request =
        post(server.uri()).bearer(&SecretString::from("s3cret")).idempotency_key("k-1").json(&json!({"a": 1}));
    assert!(!format!("{request:?}").contains("s3cret"), "{request:?}");
    let answer = client(profile()).send(request).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.body().expect("whole").as_ref()), (200, &b"fine"[..]));
    assert_eq!(answer.json::<u8>(), Err(BodyProblem::Unreadable));
    let [request] = &received(&server).await[..] else { panic!("one request") };
    let header = |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert_eq!((header("authorization"), header("idempotency-key")), ("Bearer s3cret", "k-1"));
    assert_eq!((header("content-type"), request.body.as_slice()), ("application/json", &br#"{"a":1}"#[..]));
    assert!(header("user-agent").starts_with("NextCRM/"));
}

#[tokio::test]
async fn what_cannot_be_written_is_not_sent() {
    let server = answering(vec![]).await;
    let request = get(server.uri()).bearer(&SecretString::from("a\r\nX: y"));
    let error = client(profile()).send(request).await.expect_err("no header");
    assert_eq!((error.failure.clone(), error.may_have_arrived()), (Failure::Invalid, false));
    assert!(received(&server).await.is_empty());
}

#[rstest]
#[case::get(|url: String| get(url), 3)]
#[case::post(|url: String| post(url), 1)]
#[case::marked(|url: String| post(url).idempotent(), 3)]
#[case::with_key(|url: String| post(url).idempotency_key("1"), 3)]
#[case::once(|url: String| get(url).once(), 1)]
#[tokio::test]
async fn only_what_is_safe_is_repeated(#[case] request: fn(String) -> Request, #[case] tries: usize) {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let answer = client(profile()).send(request(server.uri()).body("text/plain", "same")).await.expect("an answer");
    let requests = received(&server).await;
    assert_eq!((answer.status.as_u16(), requests.len()), (500, tries));
    assert!(requests.iter().all(|request| request.body == b"same" && request.headers == requests[0].headers));
}

#[rstest]
#[case(408, 2)]
#[case(425, 2)]
#[case(429, 2)]
#[case(502, 2)]
#[case(503, 2)]
#[case(400, 1)]
#[case(404, 1)]
#[case(409, 1)]
#[case(501, 1)]
#[case(304, 1)]
#[tokio::test]
async fn only_what_passes_is_repeated(#[case] status: u16, #[case] tries: usize) {
    let server = answering(vec![ResponseTemplate::new(status)]).await;
    client(profile()).send(get(server.uri())).await.expect("an answer");
    assert_eq!(received(&server).await.len(), tries);
}

#[rstest]
#[case::seconds(429, "1", true)]
#[case::a_date(503, "Sun, 01 Mar 2026 10:00:01 GMT", true)]
#[case::not_theirs_to_say(500, "1", false)]
#[tokio::test]
async fn they_are_asked_again_when_they_said(#[case] status: u16, #[case] retry_after: &str, #[case] waits: bool) {
    let busy = ResponseTemplate::new(status)
        .insert_header("Date", "Sun, 01 Mar 2026 10:00:00 GMT")
        .insert_header("Retry-After", retry_after);
    let server = answering(vec![busy]).await;
    let started = Instant::now();
    let answer = client(profile()).send(get(server.uri())).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), received(&server).await.len()), (200, 2));
    assert_eq!(started.elapsed() >= Duration::from_millis(900), waits);
}

#[tokio::test]
async fn a_wait_beyond_the_call_is_an_answer_at_once() {
    let server = answering(vec![ResponseTemplate::new(429).insert_header("Retry-After", "60")]).await;
    let started = Instant::now();
    let answer = client(profile()).send(get(server.uri())).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), answer.retry_after()), (429, Some(Duration::from_secs(60))));
    assert!(started.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn half_an_answer_is_repeated_or_told_of() {
    const HALF: &str = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":";
    const WHOLE: &str = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}";
    let (address, served) = saying(&[HALF, "", WHOLE]).await;
    let answer = client(profile()).send(get(format!("http://{address}"))).await.expect("an answer");
    assert_eq!(answer.body().expect("whole").as_ref(), b"{}");
    assert_eq!(served.load(std::sync::atomic::Ordering::SeqCst), 3);

    let (address, _) = saying(&[HALF]).await;
    let answer = client(profile()).send(post(format!("http://{address}"))).await.expect("an answer");
    assert_eq!((answer.body(), answer.beginning()), (Err(BodyProblem::Lost), &b"{\"id\":"[..]));

    let (address, _) = saying(&[""]).await;
    let error = client(profile()).send(post(format!("http://{address}"))).await.expect_err("no answer");
    assert!(error.failure == Failure::Lost && error.may_have_arrived());
}

#[tokio::test]
async fn of_a_long_answer_only_the_beginning_is_read() {
    let server = MockServer::start().await;
    Mock::given(any())
        .respond_with(ResponseTemplate::new(200).set_body_bytes(vec![b'x'; 300_000]))
        .mount(&server)
        .await;
    let client = client(Profile { max_answer_bytes: 1024, ..profile() });
    let answer = client.send(get(server.uri())).await.expect("an answer");
    assert_eq!((answer.body(), answer.beginning().len()), (Err(BodyProblem::TooLong), 1024));
    assert_eq!(received(&server).await.len(), 1, "it would be as long again");
    let whole = client.send(get(server.uri()).max_answer_bytes(300_000)).await.expect("an answer");
    assert_eq!(whole.body().expect("whole").len(), 300_000);
}

#[tokio::test]
async fn redirects_are_followed_where_asked() {
    let elsewhere = answering(vec![]).await;
    let moved = || ResponseTemplate::new(302).insert_header("Location", elsewhere.uri());
    let server = answering(vec![moved(), moved()]).await;
    let answer = client(profile()).send(get(server.uri())).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), received(&elsewhere).await.len()), (302, 0));
    let answer = client(Profile { redirects: 3, ..profile() }).send(get(server.uri())).await.expect("an answer");
    assert_eq!((answer.status.as_u16(), received(&elsewhere).await.len()), (200, 1));
}

#[tokio::test]
async fn silence_is_not_waited_for_for_long_and_not_repeated() {
    let server = answering(vec![ResponseTemplate::new(200).set_delay(Duration::from_secs(30))]).await;
    let request = get(server.uri()).timeout(Duration::from_millis(300));
    let error = client(profile()).send(request).await.expect_err("silence");
    assert!(error.failure == Failure::Timeout && error.may_have_arrived());
    assert_eq!(received(&server).await.len(), 1);
}

#[tokio::test]
async fn nobody_there_means_that_nothing_arrived() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    drop(listener);
    let error = client(profile()).send(get(url)).await.expect_err("nobody");
    let Failure::Unreachable { reason } = &error.failure else { panic!("{error:?}") };
    assert!(reason.starts_with("Connection refused") && !error.may_have_arrived(), "{error:?}");
}

#[tokio::test]
async fn a_try_that_arrived_is_not_forgotten_when_the_next_does_not() {
    let (address, served) = saying(&[""]).await;
    let client = client(Profile { retries: 3, circuit: Some(circuit()), ..profile() });
    let error = client.send(get(format!("http://{address}"))).await.expect_err("no answer");
    assert_eq!(served.load(std::sync::atomic::Ordering::SeqCst), 3);
    assert!(matches!(error.failure, Failure::CircuitOpen { .. }) && error.may_have_arrived(), "{error:?}");
}

#[tokio::test]
async fn a_circuit_opens_for_its_key_alone_and_closes_after_a_try_that_succeeds() {
    let server = MockServer::start().await;
    Mock::given(any()).respond_with(ResponseTemplate::new(500)).up_to_n_times(3).mount(&server).await;
    let client = client(Profile { retries: 0, circuit: Some(circuit()), ..profile() });
    let ask = |key: &'static str| client.send(get(server.uri()).key(key));
    for _ in 0..3 {
        assert_eq!(client.circuit("a"), CircuitState::Closed);
        ask("a").await.expect("an answer");
    }
    assert_eq!(client.circuit("a"), CircuitState::Open);
    let error = ask("a").await.expect_err("paused");
    assert!(matches!(error.failure, Failure::CircuitOpen { retry_after } if retry_after >= Duration::from_secs(1)));
    assert!(!error.may_have_arrived());
    assert_eq!(received(&server).await.len(), 3);

    Mock::given(any()).respond_with(ResponseTemplate::new(404)).mount(&server).await;
    for _ in 0..5 {
        ask("b").await.expect("another key, and refusals are no failures");
    }
    assert_eq!(client.circuit("b"), CircuitState::Closed);

    tokio::time::sleep(Duration::from_millis(500)).await;
    ask("a").await.expect("let through to try");
    assert_eq!(client.circuit("a"), CircuitState::Closed);
    ask("a").await.expect("closed");
}

#[tokio::test]
async fn one_call_at_a_time_tries_an_open_circuit_and_opens_it_again() {
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(500).set_delay(Duration::from_millis(300));
    Mock::given(method("POST")).respond_with(slow).mount(&server).await;
    Mock::given(method("GET")).respond_with(ResponseTemplate::new(500)).mount(&server).await;
    let client = client(Profile { retries: 0, circuit: Some(circuit()), ..profile() });
    for _ in 0..3 {
        client.send(get(server.uri()).key("a")).await.expect("an answer");
    }
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (first, second) = tokio::join!(client.send(post(server.uri()).key("a")), async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(client.circuit("a"), CircuitState::HalfOpen);
        client.send(get(server.uri()).key("a")).await
    });
    assert_eq!(first.expect("the one that tries").status.as_u16(), 500);
    assert!(matches!(second.expect_err("waits for it").failure, Failure::CircuitOpen { .. }));
    assert_eq!(client.circuit("a"), CircuitState::Open);
}

#[tokio::test]
async fn half_of_many_tries_opens_a_circuit_too() {
    let server = MockServer::start().await;
    let client = client(Profile { retries: 0, circuit: Some(outbound::Circuit::default()), ..profile() });
    for nth in 0..20 {
        server.reset().await;
        let status = if nth % 2 == 0 { 200 } else { 500 };
        Mock::given(any()).respond_with(ResponseTemplate::new(status)).mount(&server).await;
        client.send(get(server.uri()).key("a")).await.expect("an answer");
    }
    assert_eq!(client.circuit("a"), CircuitState::Open);
}

#[tokio::test]
async fn calls_under_one_key_wait_for_each_other_and_for_no_others() {
    let server = MockServer::start().await;
    let slow = ResponseTemplate::new(200).set_delay(Duration::from_millis(400));
    Mock::given(any()).respond_with(slow).mount(&server).await;
    let client = client(Profile { concurrency: 1, ..profile() });
    let ask = |key: &'static str| client.send(get(server.uri()).key(key));
    let started = Instant::now();
    let (first, second, third) = tokio::join!(ask("a"), ask("a"), async {
        let answer = ask("b").await;
        (answer, started.elapsed())
    });
    assert!(first.is_ok() && second.is_ok() && third.0.is_ok());
    assert!(started.elapsed() >= Duration::from_millis(790) && third.1 < Duration::from_millis(790));

    let patient = ask("c");
    let hasty = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        client.send(get(server.uri()).key("c").timeout(Duration::from_millis(100))).await
    };
    let (patient, hasty) = tokio::join!(patient, hasty);
    let error = hasty.expect_err("no time left");
    assert!(patient.is_ok() && error.failure == Failure::Busy && !error.may_have_arrived());
}
