//! Mail of the built binary: captured, and handed to a provider by a server that dies in the middle of it.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use serde_json::json;
use test_support::{eventually, on_each_database};
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{method, path},
};

use crate::{
    EMAIL, PASSWORD, add_admin,
    support::{Server, Site},
};

const PATIENCE: Duration = Duration::from_secs(30);

/// A provider that takes its time with the first message, longer than the server lives.
async fn provider() -> MockServer {
    let provider = MockServer::start().await;
    let calls = AtomicUsize::new(0);
    let answer = move |_: &Request| {
        let taken = ResponseTemplate::new(200).set_body_json(json!({ "id": "re_1" }));
        if calls.fetch_add(1, Ordering::Relaxed) == 0 { taken.set_delay(PATIENCE) } else { taken }
    };
    Mock::given(method("POST")).and(path("/emails")).respond_with(answer).mount(&provider).await;
    provider
}

async fn requests(provider: &MockServer, number: usize) -> Vec<Request> {
    eventually("the provider is asked", async || {
        let requests = provider.received_requests().await.expect("recorded");
        (requests.len() >= number).then_some(requests)
    })
    .await
}

async fn welcome(server: &Server, email: &str) {
    let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
    let body = json!({ "firstName": "Kim", "lastName": "Reid", "email": email, "role": "SUPPORT" });
    server.post("/api/admin/users").bearer(&token).json(&body).send().await.expect(201);
}

#[actix_web::test]
async fn a_kill_between_the_provider_and_the_commit_makes_no_second_mail() {
    on_each_database(async |db| {
        let provider = provider().await;
        let site = Site::on(db.url())
            .with("MAILER", "resend")
            .with("RESEND_API_KEY", "re_test")
            .with("RESEND_FROM_EMAIL", "no-reply@crm.test")
            .with("RESEND_API_URL", provider.uri());
        add_admin(&site).await;
        let server = site.start().await;
        welcome(&server, "kim@nextcrm.test").await;
        requests(&provider, 1).await;
        // The provider has it, and nobody has noted so.
        server.kill();
        server.gone().await;
        let sql = site.sql().await;
        assert_eq!(sql.count("notification_log WHERE status = 'PENDING' AND secret IS NOT NULL").await, 1);
        // As if the dead server's lease had ended.
        sql.run("UPDATE notification_log SET next_attempt_at = created_at").await;

        let server = site.start().await;
        let requests = requests(&provider, 2).await;
        let key = |request: &Request| request.headers.get("idempotency-key").expect("a key").to_owned();
        assert_eq!(key(&requests[0]), key(&requests[1]), "one key, so one mail");
        assert_eq!(requests[0].body, requests[1].body, "a provider takes a repeated key only with the same content");
        let sent = "notification_log WHERE status = 'SENT' AND attempts = 2 AND secret IS NULL";
        eventually("it is noted as sent", async || (sql.count(sent).await > 0).then_some(())).await;
        assert_eq!(server.terminate().await.code(), Some(0));
        assert_eq!(provider.received_requests().await.expect("recorded").len(), 2);
    })
    .await;
}

#[actix_web::test]
async fn captured_mail_is_shown_in_the_browser() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        let server = site.start().await;
        let page = || server.get("/dev/mailbox").header("accept", "text/html");
        assert!(String::from_utf8_lossy(&page().send().await.body).contains("No message yet"));
        welcome(&server, "kim@nextcrm.test").await;
        let newest = async || {
            let mailbox = server.get("/dev/mailbox").send().await.expect(200);
            mailbox["messages"].as_array().expect("messages").first().cloned()
        };
        let message = eventually("mail comes", newest).await;
        assert_eq!((&message["to"], &message["subject"]), (&json!("kim@nextcrm.test"), &json!("Welcome to NextCRM")));
        let id = message["id"].as_str().expect("an id");
        let list = page().send().await;
        assert!(String::from_utf8_lossy(&list.body).contains(&format!("href=\"/dev/mailbox/{id}\"")));
        let mail = server.get(&format!("/dev/mailbox/{id}")).send().await;
        assert_eq!((mail.status.as_u16(), mail.header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!(mail.body, message["html"].as_str().expect("text").as_bytes());
        assert!(mail.header("content-security-policy").contains("sandbox"), "mail runs nothing");
        server.get("/dev/mailbox/01890a5d-ac96-774b-bcce-b302099a8057").send().await.problem(404, "NOT_FOUND");
        server.get("/dev/mailbox/..%2e").send().await.problem(404, "NOT_FOUND");
        // A page of another name that was made to point here.
        for host in ["evil.example", "evil.example:8080", "localhost.evil.example", "192.168.1.4:8080"] {
            for path in ["/dev/mailbox".to_owned(), format!("/dev/mailbox/{id}")] {
                server.get(&path).header("host", host).send().await.problem(403, "FORBIDDEN");
            }
        }
        server.get("/dev/mailbox").header("host", "localhost:3000").send().await.expect(200);
    })
    .await;
}
