//! Sign-in of staff, over HTTP.

mod common;

use common::{Api, people::PASSWORD};
use futures::future::join_all;
use kernel::AdminRole;
use serde_json::json;
use test_support::on_each_database;

const ADA: &str = "ada@nextcrm.test";

#[actix_web::test]
async fn signing_in_gives_user_token_and_cookie() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let id = api.add_admin(ADA, AdminRole::Support).await;
        let reply = api.admin_login("Ada@NextCRM.test", PASSWORD).send().await;
        let body = reply.expect(200);
        assert_eq!(body["expiresIn"], 900);
        let user = &body["user"];
        assert_eq!((&user["id"], &user["role"]), (&json!(id), &json!("SUPPORT")));
        assert_eq!((&user["department"], &user["isActive"]), (&json!("Help desk"), &json!(true)));
        assert_eq!((&user["mfaEnabled"], &user["mustChangePassword"]), (&json!(false), &json!(false)));
        assert!(user["permissions"].as_array().expect("permissions").contains(&json!("support:write")));
        assert!(user["lastLoginAt"].as_str().expect("a time").ends_with('Z'));
        let cookie = reply.header("set-cookie");
        assert!(cookie.starts_with("refreshToken="), "{cookie}");
        assert!(cookie.ends_with("; HttpOnly; SameSite=Strict; Secure; Path=/api; Max-Age=604800"), "{cookie}");
        assert_eq!(reply.header("cache-control"), "no-store");

        let token = reply.access_token();
        let verified = api.get("/api/admin/auth/verify").bearer(&token).send().await.expect(200);
        assert_eq!(&verified["user"], user);
        assert_eq!(api.get("/api/v1/admin/auth/verify").bearer(&token).send().await.expect(200), verified);
    })
    .await;
}

#[actix_web::test]
async fn refusals_look_alike() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        api.add_admin_with("gone@nextcrm.test", AdminRole::Support, |admin| admin.is_active = false).await;
        let mut bodies = Vec::new();
        for (email, password) in [(ADA, "wrong"), ("nobody@nextcrm.test", PASSWORD), ("gone@nextcrm.test", PASSWORD)] {
            let reply = api.admin_login(email, password).send().await;
            let mut problem = reply.problem(401, "INVALID_CREDENTIALS");
            assert_eq!(reply.header("www-authenticate"), "Bearer");
            assert_eq!(reply.header("set-cookie"), "");
            problem["requestId"].take();
            bodies.push(problem);
        }
        assert!(bodies.windows(2).all(|pair| pair[0] == pair[1]));
    })
    .await;
}

#[actix_web::test]
async fn bad_bodies_name_their_fields() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let login = |body| api.post("/api/admin/auth/login").json(&body).send();
        login(json!({ "email": "x", "password": "y" })).await.invalid(&["email INVALID"]);
        assert_eq!(login(json!({ "email": ADA })).await.status, 422);
        assert_eq!(login(json!({ "email": ADA, "password": "y", "role": "SUPER_ADMIN" })).await.status, 422);
    })
    .await;
}

#[actix_web::test]
async fn parallel_refreshes_get_one_successor_and_reuse_ends_it() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        let login = api.admin_login(ADA, PASSWORD).send().await;
        let first = login.cookie();
        let refresh = |cookie: &str| api.post("/api/admin/auth/refresh").header("cookie", cookie).send();
        let replies = join_all((0..10).map(|_| refresh(&first))).await;
        let second = replies[0].cookie();
        for reply in &replies {
            assert_eq!(reply.expect(200)["expiresIn"], 900);
            assert_eq!(reply.cookie(), second);
        }
        assert_ne!(second, first);
        let third = refresh(&second).await.cookie();
        refresh(&first).await.problem(401, "REFRESH_REUSED");
        refresh(&third).await.problem(401, "REFRESH_REUSED");
        // The access tokens of the session die within a second, too.
        let verify = api.until_refused("/api/admin/auth/verify", &login.access_token()).await;
        verify.problem(401, "TOKEN_REVOKED");
    })
    .await;
}

#[actix_web::test]
async fn refresh_needs_a_cookie_of_ours() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let refresh = || api.post("/api/admin/auth/refresh");
        refresh().send().await.problem(401, "UNAUTHENTICATED");
        refresh().header("cookie", "refreshToken=").send().await.problem(401, "UNAUTHENTICATED");
        refresh().header("cookie", "refreshToken=abc").send().await.problem(401, "TOKEN_INVALID");
        let token = api.admin_token(AdminRole::Admin);
        refresh().header("cookie", &format!("refreshToken={token}")).send().await.problem(401, "TOKEN_INVALID");
    })
    .await;
}

#[actix_web::test]
async fn foreign_pages_cannot_use_the_cookie() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        let cookie = api.admin_login(ADA, PASSWORD).send().await.cookie();
        for path in ["/api/admin/auth/refresh", "/api/admin/auth/logout"] {
            let call = || api.post(path).header("cookie", &cookie);
            for origin in ["https://evil.test", "null", "https://api.test.evil.test", "http://api.test"] {
                call().header("origin", origin).send().await.problem(403, "ORIGIN_REFUSED");
            }
            call().body("text/plain", "{}").send().await.problem(415, "UNSUPPORTED_MEDIA_TYPE");
        }
        let call = api.post("/api/admin/auth/refresh").header("cookie", &cookie);
        call.header("origin", "https://app.test").json(&json!({})).send().await.expect(200);
        let call = api.post("/api/admin/auth/refresh").header("cookie", &cookie);
        call.header("origin", "https://api.test").send().await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn signing_out_ends_the_session_and_the_cookie() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        let login = api.admin_login(ADA, PASSWORD).send().await;
        let reply = api.post("/api/admin/auth/logout").header("cookie", &login.cookie()).send().await;
        assert!(reply.expect(200)["message"].is_string());
        let deleted = "refreshToken=; HttpOnly; SameSite=Strict; Secure; Path=/api; Max-Age=0";
        assert_eq!(reply.header("set-cookie"), deleted);
        let refresh = api.post("/api/admin/auth/refresh").header("cookie", &login.cookie()).send().await;
        refresh.problem(401, "TOKEN_REVOKED");
        // Again, without anything, or with the bearer token alone.
        api.post("/api/admin/auth/logout").header("cookie", &login.cookie()).send().await.expect(200);
        api.post("/api/admin/auth/logout").send().await.expect(200);
        let login = api.admin_login(ADA, PASSWORD).send().await;
        api.post("/api/admin/auth/logout").bearer(&login.access_token()).send().await.expect(200);
        let refresh = api.post("/api/admin/auth/refresh").header("cookie", &login.cookie()).send().await;
        refresh.problem(401, "TOKEN_REVOKED");
    })
    .await;
}

#[actix_web::test]
async fn sessions_are_listed_and_ended_by_their_owner_only() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        api.add_admin("bob@nextcrm.test", AdminRole::SuperAdmin).await;
        let first = api.admin_login(ADA, PASSWORD).header("user-agent", "phone").from("198.51.100.7:1000").send().await;
        let second = api.admin_login(ADA, PASSWORD).send().await.access_token();
        let list = api.get("/api/admin/auth/sessions").bearer(&second).send().await.expect(200);
        let sessions = list["sessions"].as_array().expect("sessions");
        assert_eq!((sessions.len(), &list["pagination"]["total"]), (2, &json!(2)));
        let phone = sessions.iter().find(|session| session["current"] == false).expect("the other one");
        assert_eq!((&phone["userAgent"], &phone["ipAddress"]), (&json!("phone"), &json!("198.51.100.7")));
        let path = format!("/api/admin/auth/sessions/{}", phone["id"].as_str().expect("an id"));
        let bob = api.admin_login("bob@nextcrm.test", PASSWORD).send().await.access_token();
        api.delete(&path).bearer(&bob).send().await.problem(404, "NOT_FOUND");
        api.delete("/api/admin/auth/sessions/none").bearer(&bob).send().await.problem(404, "NOT_FOUND");
        api.delete(&path).bearer(&second).send().await.expect(200);
        api.delete(&path).bearer(&second).send().await.problem(404, "NOT_FOUND");
        let verify = api.until_refused("/api/admin/auth/verify", &first.access_token()).await;
        verify.problem(401, "TOKEN_REVOKED");
    })
    .await;
}

#[actix_web::test]
async fn a_temporary_password_opens_hardly_anything() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin_with(ADA, AdminRole::SuperAdmin, |admin| admin.must_change_password = true).await;
        let token = api.admin_login(ADA, PASSWORD).send().await.access_token();
        let verified = api.get("/api/admin/auth/verify").bearer(&token).send().await.expect(200);
        assert_eq!(verified["user"]["mustChangePassword"], true);
        let list = api.get("/api/admin/auth/sessions").bearer(&token).send().await;
        list.problem(403, "PASSWORD_CHANGE_REQUIRED");
        api.post("/api/admin/auth/logout").bearer(&token).send().await.expect(200);
    })
    .await;
}

#[actix_web::test]
async fn ten_failures_lock_one_network_and_reveal_nothing() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        api.add_admin(ADA, AdminRole::Support).await;
        // In parallel, so that the growing delays run side by side.
        let tries = (0..10).map(|_| api.admin_login(ADA, "wrong").from("198.51.100.7:1000").send());
        for reply in join_all(tries).await {
            reply.problem(401, "INVALID_CREDENTIALS");
        }
        for password in ["wrong", PASSWORD] {
            let reply = api.admin_login(ADA, password).from("198.51.100.9:1000").send().await;
            reply.problem(429, "ACCOUNT_LOCKED");
            let seconds: u32 = reply.header("retry-after").parse().expect("seconds");
            assert!((880..=900).contains(&seconds), "{seconds}");
        }
        api.admin_login(ADA, PASSWORD).from("203.0.113.7:1000").send().await.expect(200);
    })
    .await;
}
