//! Clients that reset their connection in the middle of a request: nobody else notices.

use std::time::Duration;

use test_support::{Proxy, TestDatabase, eventually};
use tokio::{io::AsyncWriteExt as _, net::TcpStream, time::sleep};

use crate::{
    EMAIL, PASSWORD, add_admin,
    support::{Server, Site, Sql},
};

/// A sign-in whose client is gone after this time; each comes from another network and is about another account.
async fn reset_sign_in(server: &Server, number: u64, after: Duration) {
    let address = server.base().trim_start_matches("http://");
    let body = format!(r#"{{"email":"nobody{number}@nextcrm.test","password":"{PASSWORD}"}}"#);
    let request = format!(
        "POST /api/admin/auth/login HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         x-forwarded-for: 203.0.{number}.7\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut client = TcpStream::connect(address).await.expect("connects");
    client.set_zero_linger().expect("sets");
    client.write_all(request.as_bytes()).await.expect("asks");
    sleep(after).await;
}

/// What is being undone at the moment may take its time; what stays open is an error.
async fn until_nothing_is_open(sql: &Sql) {
    eventually("no transaction is open", async || (sql.count(OPEN).await == 0).then_some(())).await;
}

const OPEN: &str = "pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'";

#[actix_web::test]
async fn clients_that_reset_leave_no_transaction_open() {
    let Some(db) = TestDatabase::postgres().await else { return };
    let mut site = Site::on(db.url()).with("TRUSTED_PROXIES", "127.0.0.1").with("DATABASE_MAX_CONNECTIONS", "8");
    add_admin(&site).await;
    let proxy = Proxy::delaying(db.url(), Duration::from_millis(5)).await;
    site.set("DATABASE_URL", proxy.url());
    let server = site.start().await;
    let sql = Sql::open(db.url()).await;

    for round in 0..26 {
        let resets = (0..4).map(|client| {
            let number = round * 4 + client;
            reset_sign_in(&server, number, Duration::from_millis(5 + round))
        });
        futures::future::join_all(resets).await;
    }
    until_nothing_is_open(&sql).await;

    let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
    for number in 0..12 {
        let name = format!("after-{number}");
        let create = || server.create_tenant(&token, &name).header("idempotency-key", &name).send();
        create().await.expect(201);
        assert_eq!(sql.count("tenants").await, number + 1, "what was answered is kept");
        let again = create().await;
        again.expect(201);
        assert_eq!(again.header("idempotent-replayed"), "true");
        server.get("/api/admin/tenants").bearer(&token).send().await.expect(200);
    }
    until_nothing_is_open(&sql).await;
    assert_eq!(server.terminate().await.code(), Some(0));
}
