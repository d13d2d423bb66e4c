//! What cannot be read or is wrong in general, whatever the route: tried on routes made for it.

#![allow(clippy::panic, reason = "a handler that panics is one of the cases")]

mod common;

use std::time::Duration;

use actix_web::web;
use common::Api;
use nextcrm::http::{Answer, Json, PathId, Problem, Public, Query, Routes};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use test_support::{TestDatabase, on_each_database};
use utoipa::ToSchema;

mod echo {
    use super::*;

    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct Body {
        first_name: String,
        #[serde(default)]
        count: u32,
        owner: Option<Owner>,
        #[schema(value_type = Option<Object>)]
        metadata: Option<Value>,
    }

    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct Owner {
        email: kernel_email::Email,
    }

    mod kernel_email {
        pub type Email = String;
    }

    #[utoipa::path(post, path = "/echo", operation_id = "echo", responses((status = 200, body = Body)))]
    pub async fn handle(_: Public, body: Json<Body>) -> Result<Answer, Problem> {
        Answer::ok(&body.0)
    }
}

mod panics {
    use super::*;

    #[utoipa::path(get, path = "/panics", operation_id = "panics", responses((status = 200)))]
    pub async fn handle(_: Public) -> Result<Answer, Problem> {
        panic!("with a secret in it")
    }
}

mod slow {
    use super::*;

    #[utoipa::path(get, path = "/slow", operation_id = "slow", responses((status = 200)))]
    pub async fn handle(_: Public) -> Result<Answer, Problem> {
        tokio::time::sleep(Duration::from_secs(60)).await;
        Answer::ok(&())
    }
}

mod by_id {
    use super::*;

    #[utoipa::path(get, path = "/things/{id}", operation_id = "byId", responses((status = 200)))]
    pub async fn handle(_: Public, id: PathId<kernel::TenantId>) -> Result<Answer, Problem> {
        Answer::ok(&id.0)
    }
}

mod filtered {
    use super::*;

    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    pub struct Filters {}

    #[utoipa::path(get, path = "/filtered", operation_id = "filtered", responses((status = 200)))]
    pub async fn handle(_: Public, _: Query<Filters>) -> Result<Answer, Problem> {
        Answer::ok(&())
    }
}

fn routes() -> Routes {
    let mut routes = Routes::new();
    routes.add(nextcrm::operation!(filtered));
    routes.add(nextcrm::operation!(echo)).add(nextcrm::operation!(panics));
    routes.add(nextcrm::operation!(slow)).add(nextcrm::operation!(by_id));
    routes
}

async fn api(db: &TestDatabase) -> Api {
    Api::start_routes(db, &routes(), &[("REQUEST_TIMEOUT_SECS", "1")]).await
}

#[actix_web::test]
async fn a_body_must_be_readable_json() {
    let db = TestDatabase::sqlite().await;
    let api = api(&db).await;
    let post = |body: &'static [u8]| api.post("/api/echo").body("application/json", body).send();
    for broken in [&b"{"[..], b"", b"\xff\xfe", b"{\"firstName\": \"a\"} x", b"{'firstName': 'a'}"] {
        post(broken).await.problem(400, "MALFORMED_JSON");
    }
    let plain = api.post("/api/echo").body("text/plain", "{}").send().await;
    plain.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    let bomb = api.post("/api/echo").header("content-encoding", "gzip").body("application/json", &b"\x1f\x8b"[..]);
    let bomb = bomb.send().await;
    bomb.problem(415, "UNSUPPORTED_MEDIA_TYPE");
    assert_eq!(bomb.header("accept-encoding"), "identity");
}

#[actix_web::test]
async fn wrong_fields_are_named_as_the_client_wrote_them() {
    let db = TestDatabase::sqlite().await;
    let api = api(&db).await;
    let cases = [
        (r#"{"firstName": 1}"#, &["firstName INVALID_TYPE"][..]),
        (r#"{"firstName": "a", "count": -1}"#, &["count INVALID"]),
        (r#"{"firstName": "a", "count": 1.5}"#, &["count INVALID_TYPE"]),
        (r#"{"firstName": "a", "firstName": "b"}"#, &["firstName DUPLICATE"]),
        (r#"{"firstName": "a", "metadata": {"x": [{"y": 1, "y": 2}]}}"#, &["metadata.x[0].y DUPLICATE"]),
        (r#"{"firstName": "a", "owner": {}}"#, &["owner.email REQUIRED"]),
        (r#"{"firstName": "a", "owner": {"email": "x", "role": "OWNER"}}"#, &["owner.role UNKNOWN_FIELD"]),
        (r#"{"x": 1, "y": 2}"#, &["x UNKNOWN_FIELD", "y UNKNOWN_FIELD", "firstName REQUIRED"]),
        (r#"{"firstName": "a\u0000"}"#, &["firstName FORBIDDEN_CHARACTER"]),
        ("[]", &[" INVALID_TYPE"]),
        ("null", &[" INVALID_TYPE"]),
    ];
    for (body, expected) in cases {
        api.post("/api/echo").body("application/json", body).send().await.invalid(expected);
    }
}

#[actix_web::test]
async fn size_and_depth_are_bounded() {
    let db = TestDatabase::sqlite().await;
    let api = api(&db).await;
    let large = json!({ "firstName": "x".repeat(2 * 1024 * 1024) });
    api.post("/api/echo").json(&large).send().await.problem(413, "PAYLOAD_TOO_LARGE");
    let deep = format!("{{\"firstName\":\"a\",\"metadata\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    api.post("/api/echo").body("application/json", deep).send().await.invalid(&[" TOO_DEEP"]);
    let long = format!("/api/echo?a={}", "x".repeat(9000));
    api.get(&long).send().await.problem(400, "BAD_REQUEST");
}

#[actix_web::test]
async fn what_would_be_long_work_is_refused_early() {
    let db = TestDatabase::sqlite().await;
    let api = api(&db).await;
    let post = |body: String| api.post("/api/echo").body("application/json", body).send();
    let key = format!("{{\"{}\":[{}]}}", "k".repeat(500_000), vec!["1"; 250_000].join(","));
    post(key).await.invalid(&[" TOO_LONG"]);
    let elements = format!("{{\"firstName\":\"a\",\"metadata\":[{}]}}", vec!["1"; 500_000].join(","));
    post(elements).await.invalid(&["metadata TOO_LONG"]);
    let unknown: Vec<_> = (0..20_000).map(|number| format!("\"k{number}\":1")).collect();
    let reply = post(format!("{{{}}}", unknown.join(","))).await;
    assert_eq!(reply.problem(422, "VALIDATION_FAILED")["errors"].as_array().expect("errors").len(), 21);
    let parameters: Vec<_> = (0..101).map(|number| format!("k{number}=1")).collect();
    api.get(&format!("/api/filtered?{}", parameters.join("&"))).send().await.invalid(&[" TOO_LONG"]);
}

#[actix_web::test]
async fn a_wrong_method_and_an_id_that_is_none() {
    let db = TestDatabase::sqlite().await;
    let api = api(&db).await;
    let reply = api.patch("/api/v1/echo").json(&json!({})).send().await;
    reply.problem(405, "METHOD_NOT_ALLOWED");
    assert_eq!(reply.header("allow"), "POST");
    for id in ["7", "01890a5dac96774bbcceb302099a8057", "{01890a5d-ac96-774b-bcce-b302099a8057}", "%7e"] {
        let path = format!("/api/things/{}", id.replace('{', "%7B").replace('}', "%7D"));
        api.get(&path).send().await.problem(404, "NOT_FOUND");
    }
    api.get("/api/things/01890a5d-ac96-774b-bcce-b302099a8057").send().await.expect(200);
}

#[actix_web::test]
async fn a_panic_and_a_slow_handler_are_problems_that_tell_nothing() {
    on_each_database(async |db| {
        let api = api(db).await;
        let problem = api.get("/api/panics").send().await.problem(500, "INTERNAL");
        assert!(!problem.to_string().contains("secret"));
        let reply = api.get("/api/slow").send().await;
        reply.problem(503, "REQUEST_TIMED_OUT");
        assert_eq!(reply.header("retry-after"), "1");
    })
    .await;
}

/// Over a real socket: actix alone would wait for ever.
#[actix_web::test]
async fn a_body_that_stalls_is_given_up() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let db = TestDatabase::sqlite().await;
    let api = api(&db).await;
    let services = api.services.clone();
    let server =
        actix_web::HttpServer::new(move || nextcrm::app::app_with(&services, &routes()).app_data(web::Data::new(())));
    let server = server.workers(1).disable_signals().bind("127.0.0.1:0").expect("a port");
    let address = server.addrs()[0];
    let server = server.run();
    let handle = server.handle();
    let running = tokio::spawn(server);
    let mut socket = tokio::net::TcpStream::connect(address).await.expect("connects");
    let head = "POST /api/echo HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    socket.write_all(head.as_bytes()).await.expect("writes");
    let mut answer = vec![0_u8; 4096];
    let read = tokio::time::timeout(Duration::from_secs(10), socket.read(&mut answer));
    let length = read.await.expect("in time").expect("reads");
    let answer = String::from_utf8_lossy(&answer[..length]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("application/problem+json"), "{answer}");
    handle.stop(false).await;
    running.await.expect("ends").expect("well");
}
