//! What holds for every route: errors, headers, methods, addresses.

mod common;

use common::Api;
use test_support::on_each_database;

#[actix_web::test]
async fn every_answer_has_an_id_and_security_headers() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        for path in ["/health/live", "/nowhere", "/api/nowhere", "/api/v1/health/live"] {
            let reply = api.get(path).header("x-request-id", "mine-1").send().await;
            assert_eq!(reply.header("x-request-id"), "mine-1", "{path}");
            assert_eq!(reply.header("x-content-type-options"), "nosniff");
            assert_eq!(reply.header("referrer-policy"), "no-referrer");
            assert_eq!(reply.header("cache-control"), "no-store");
            assert!(reply.header("content-security-policy").contains("default-src 'none'"));
        }
        let reply = api.get("/health/live").header("x-request-id", "not sane").send().await;
        assert_eq!(reply.header("x-request-id").len(), 36);
    })
    .await;
}

#[actix_web::test]
async fn what_is_not_there_is_a_problem() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let problem = api.get("/api/nowhere?token=secret").send().await.problem(404, "NOT_FOUND");
        assert_eq!(problem["instance"], "/api/nowhere");
        let reply = api.delete("/api/openapi.json").send().await;
        reply.problem(405, "METHOD_NOT_ALLOWED");
        assert_eq!(reply.header("allow"), "GET, HEAD");
        for path in ["/api/a%2fb", "/api/a%00", "/api/a%zz", "/api/nowhere?a=%ff"] {
            api.get(path).send().await.problem(400, "BAD_REQUEST");
        }
    })
    .await;
}

#[actix_web::test]
async fn health_and_documents_are_served() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        assert_eq!(api.get("/health/ready").send().await.expect(200)["status"], "ready");
        assert_eq!(api.get("/api/openapi.json").send().await.expect(200)["openapi"], "3.1.0");
        let page = api.get("/docs").send().await;
        assert!(page.header("content-security-policy").contains("script-src 'self'"));
        for file in ["swagger-ui-bundle.js", "swagger-ui.css", "page.js", "page.css"] {
            let reply = api.get(&format!("/docs/{file}")).send().await;
            assert!(reply.status.is_success() && reply.body.len() > 100, "{file}");
        }
        api.get("/docs/..%5cCargo.toml").send().await.problem(400, "BAD_REQUEST");
        api.get("/docs/x").send().await.problem(404, "NOT_FOUND");
        assert!(String::from_utf8_lossy(&api.get("/docs/errors").send().await.body).contains("id=\"NOT_FOUND\""));
        api.get("/metrics").send().await.problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn a_web_app_can_read_why_a_request_was_refused_early() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let long = format!("/api/openapi.json?a={}", "x".repeat(9_000));
        let refused = [
            ("/api/admin%2Ftenants", 400, "BAD_REQUEST"),
            ("/api/%2e%2e%2fadmin", 400, "BAD_REQUEST"),
            ("/api/%ff", 400, "BAD_REQUEST"),
            ("/api/%00", 400, "BAD_REQUEST"),
            ("/api/openapi.json?a=%ff", 400, "BAD_REQUEST"),
            (long.as_str(), 400, "BAD_REQUEST"),
            ("/api/nothing", 404, "NOT_FOUND"),
            ("/nothing", 404, "NOT_FOUND"),
            ("/api/admin/tenants", 401, "UNAUTHENTICATED"),
            ("/api/admin/auth/login", 405, "METHOD_NOT_ALLOWED"),
        ];
        for (path, status, code) in refused {
            let reply = api.get(path).header("origin", "https://app.test").send().await;
            reply.problem(status, code);
            assert_eq!(reply.header("access-control-allow-origin"), "https://app.test", "{path}");
            assert_eq!(reply.header("access-control-allow-credentials"), "true", "{path}");
            let foreign = api.get(path).header("origin", "https://evil.test").send().await;
            assert_eq!(foreign.header("access-control-allow-origin"), "", "{path}");
        }
    })
    .await;
}

#[actix_web::test]
async fn only_listed_origins_may_call_from_a_browser() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let ask = |origin: &'static str| api.get("/api/openapi.json").header("origin", origin).send();
        let listed = ask("https://app.test").await;
        assert_eq!(listed.header("access-control-allow-origin"), "https://app.test");
        assert_eq!(listed.header("access-control-allow-credentials"), "true");
        assert_eq!(ask("https://evil.test").await.header("access-control-allow-origin"), "");
    })
    .await;
}
