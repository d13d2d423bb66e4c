//! Two servers on one PostgreSQL database: what one revokes, the other refuses.

use std::time::Duration;

use futures::future::join;
use serde_json::json;
use test_support::{TestDatabase, within};

use crate::{
    EMAIL, PASSWORD, add_admin,
    support::{Server, Site, free_port},
};

/// Waits for what the other server must hear of within a second, and some more on a busy machine.
async fn until_refused(server: &Server, path: &str, token: &str) {
    let refused = async || {
        let reply = server.get(path).bearer(token).send().await;
        (reply.status == 401).then_some(reply)
    };
    let reply = within(Duration::from_secs(5), "the other server's revocation arrives", refused).await;
    reply.problem(401, "TOKEN_REVOKED");
}

#[actix_web::test]
async fn what_one_server_revokes_the_other_refuses() {
    let Some(db) = TestDatabase::postgres().await else { return };
    // Tokens name who issued them, so both go by one address, as behind a balancer.
    let mut site = Site::on(db.url()).with("PUBLIC_URL", "http://crm.test");
    add_admin(&site).await;
    let here = site.start().await;
    site.set("BIND_ADDR", format!("127.0.0.1:{}", free_port()));
    let there = site.start().await;

    let admin = here.sign_in(EMAIL, PASSWORD).send().await.access_token();
    let victim = here.sign_in(EMAIL, PASSWORD).send().await.access_token();
    let sessions = there.get("/api/admin/auth/sessions").bearer(&victim).send().await.expect(200);
    let own = sessions["sessions"].as_array().expect("sessions").iter().find(|session| session["current"] == true);
    let id = own.expect("this session")["id"].as_str().expect("an id");
    here.delete(&format!("/api/admin/auth/sessions/{id}")).bearer(&admin).send().await.expect(200);
    until_refused(&there, "/api/admin/tenants", &victim).await;
    there.get("/api/admin/tenants").bearer(&admin).send().await.expect(200);

    let tenant = here.create_tenant(&admin, "two-servers").send().await.expect(201);
    let path = format!("/api/admin/tenants/{}", tenant["tenant"]["id"].as_str().expect("an id"));
    let person = json!({
        "firstName": "Bo", "lastName": "Park", "email": "bo@garage.test", "role": "OWNER", "password": PASSWORD,
    });
    here.post(&format!("{path}/users")).bearer(&admin).json(&person).send().await.expect(201);
    let login = json!({ "subdomain": "two-servers", "email": "bo@garage.test", "password": PASSWORD });
    let owner = there.post("/api/tenant/auth/login").json(&login).send().await.access_token();
    for server in [&here, &there] {
        server.get("/api/tenant/auth/verify").bearer(&owner).send().await.expect(200);
    }
    there.post(&format!("{path}/suspend")).bearer(&admin).json(&json!({ "reason": "unpaid" })).send().await.expect(200);
    for server in [&there, &here] {
        until_refused(server, "/api/tenant/auth/verify", &owner).await;
    }
}

#[actix_web::test]
async fn two_first_starts_at_once_make_one_database() {
    let Some(db) = TestDatabase::postgres().await else { return };
    // Two machines: each with a directory of its own.
    let sites = [(); 2].map(|()| Site::new().with("DATABASE_URL", db.url()));
    let status = sites[0].run(&["migrate", "status"]).await;
    let steps = status.expect(0).lines().count().to_string();
    sites[0].run(&["migrate", "down", "--steps", &steps]).await.expect(0);

    let (one, other) = join(sites[0].start(), sites[1].start()).await;
    let printed = [&one, &other].map(|server| server.banner().contains("with the password "));
    assert_eq!(printed.iter().filter(|printed| **printed).count(), 1, "one of them made the demo data");
    let sql = sites[0].sql().await;
    assert_eq!((sql.count("tenants").await, sql.count("admin_users").await), (13, 7));
    for server in [one, other] {
        server.get("/health/ready").send().await.expect(200);
        assert_eq!(server.terminate().await.code(), Some(0));
    }
}
