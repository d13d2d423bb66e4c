//! Managing staff over HTTP.

mod common;

use common::{Api, people::PASSWORD};
use kernel::AdminRole;
use serde_json::{Value, json};
use test_support::on_each_database;

const BOSS: &str = "boss@nextcrm.test";

fn kim() -> Value {
    json!({ "firstName": "Kim", "lastName": "Reid", "email": "Kim@NextCRM.test", "role": "SUPPORT" })
}

/// Signs the boss in.
async fn boss(api: &Api) -> (kernel::AdminId, String) {
    let id = api.add_admin(BOSS, AdminRole::SuperAdmin).await;
    (id, api.admin_login(BOSS, PASSWORD).send().await.access_token())
}

/// Waits until a token that was just taken back is refused.
async fn refused(api: &Api, token: &str) {
    api.until_refused("/api/admin/auth/verify", token).await;
}

#[actix_web::test]
async fn a_colleague_is_registered_with_a_password_that_only_they_see() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (_, token) = boss(&api).await;
        let create = || api.post("/api/admin/users").bearer(&token).header("idempotency-key", "k").json(&kim()).send();
        let (first, second) = (create().await, create().await);
        let user = first.expect(201)["user"].take();
        assert_eq!(first.body, second.body);
        assert_eq!((&user["email"], &user["mustChangePassword"]), (&json!("kim@nextcrm.test"), &json!(true)));
        assert!(!String::from_utf8_lossy(&first.body).contains("assword\":\""), "no password in the answer");
        assert_eq!(first.header("location"), format!("/api/admin/users/{}", user["id"].as_str().expect("an id")));
        assert_eq!(api.count("notification_log WHERE template = 'ADMIN_WELCOME'").await, 1);
        assert_eq!(api.count("admin_audit_log WHERE action = 'ADMIN_CREATED'").await, 1);
        api.post("/api/admin/users").bearer(&token).json(&kim()).send().await.problem(409, "EMAIL_TAKEN");
        let mut wrong = kim();
        wrong["role"] = json!("BOSS");
        wrong["email"] = json!("kim");
        let reply = api.post("/api/admin/users").bearer(&token).json(&wrong).send().await;
        reply.invalid(&["email INVALID", "role INVALID"]);
        let list = api.get("/api/admin/users?search=REID&role=SUPPORT&isActive=true").bearer(&token).send().await;
        assert_eq!(list.expect(200)["users"][0]["id"], user["id"]);
    })
    .await;
}

#[actix_web::test]
async fn changes_reach_tokens_already_handed_out() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (_, token) = boss(&api).await;
        let ada = api.add_admin("ada@nextcrm.test", AdminRole::Admin).await;
        let path = format!("/api/admin/users/{ada}");
        let sign_in = async || api.admin_login("ada@nextcrm.test", PASSWORD).send().await.access_token();

        let before = sign_in().await;
        let patch = api.patch(&path).bearer(&token).header("if-match", "\"1\"").json(&json!({ "role": "SALES" }));
        assert_eq!(patch.send().await.expect(200)["user"]["role"], "SALES");
        refused(&api, &before).await;
        let stale = api.patch(&path).bearer(&token).header("if-match", "\"1\"").json(&json!({ "role": "ADMIN" }));
        stale.send().await.problem(412, "PRECONDITION_FAILED");

        let before = sign_in().await;
        let done = api.post(&format!("{path}/deactivate")).bearer(&token).send().await;
        assert_eq!(done.expect(200)["user"]["isActive"], false);
        refused(&api, &before).await;
        api.admin_login("ada@nextcrm.test", PASSWORD).send().await.problem(401, "INVALID_CREDENTIALS");
        api.post(&format!("{path}/reactivate")).bearer(&token).send().await.expect(200);

        let before = sign_in().await;
        let sessions = api.get(&format!("{path}/sessions")).bearer(&token).send().await.expect(200);
        let session = sessions["sessions"][0]["id"].as_str().expect("an id").to_owned();
        api.delete(&format!("{path}/sessions/{session}")).bearer(&token).send().await.expect(200);
        refused(&api, &before).await;
        let before = sign_in().await;
        api.delete(&format!("{path}/sessions")).bearer(&token).send().await.expect(200);
        refused(&api, &before).await;

        let before = sign_in().await;
        api.post(&format!("{path}/reset-password")).bearer(&token).send().await.expect(200);
        refused(&api, &before).await;
        api.admin_login("ada@nextcrm.test", PASSWORD).send().await.problem(401, "INVALID_CREDENTIALS");
        assert_eq!(api.count("notification_log WHERE template = 'PASSWORD_RESET'").await, 1);
        for action in ["ADMIN_UPDATED", "ADMIN_DEACTIVATED", "ADMIN_REACTIVATED"] {
            assert_eq!(api.count(&format!("admin_audit_log WHERE action = '{action}'")).await, 1, "{action}");
        }
    })
    .await;
}

#[actix_web::test]
async fn the_last_super_admin_stays_and_nobody_changes_themselves() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (id, token) = boss(&api).await;
        let own = format!("/api/admin/users/{id}");
        let demote = api.patch(&own).bearer(&token).json(&json!({ "role": "ADMIN" }));
        demote.send().await.problem(409, "CANNOT_CHANGE_SELF");
        api.post(&format!("{own}/deactivate")).bearer(&token).send().await.problem(409, "CANNOT_CHANGE_SELF");
        api.patch(&own).bearer(&token).json(&json!({ "department": "Board" })).send().await.expect(200);

        // Somebody else's token: the boss is the only one in the database.
        let other_admin = api.admin_token(AdminRole::SuperAdmin);
        let demote = || api.patch(&own).bearer(&other_admin).json(&json!({ "role": "ADMIN" })).send();
        demote().await.problem(409, "LAST_SUPER_ADMIN");
        api.post(&format!("{own}/deactivate")).bearer(&other_admin).send().await.problem(409, "LAST_SUPER_ADMIN");

        // Two super admins demoted at once: one stays.
        let other = api.add_admin("other@nextcrm.test", AdminRole::SuperAdmin).await;
        let other = format!("/api/admin/users/{other}");
        let second = api.patch(&other).bearer(&other_admin).json(&json!({ "role": "ADMIN" })).send();
        let (first, second) = futures::join!(demote(), second);
        let mut statuses = [first.status.as_u16(), second.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409]);
        assert_eq!(api.count("admin_users WHERE role = 'SUPER_ADMIN'").await, 1);
        api.get("/api/admin/users/01890a5d-ac96-774b-bcce-b302099a8057")
            .bearer(&other_admin)
            .send()
            .await
            .problem(404, "NOT_FOUND");
    })
    .await;
}

#[actix_web::test]
async fn passwords_are_changed_forgotten_and_reset() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let (_, token) = boss(&api).await;
        let elsewhere = api.admin_login(BOSS, PASSWORD).send().await.access_token();
        let change = |current: &str, new: &str| {
            let body = json!({ "currentPassword": current, "newPassword": new });
            api.post("/api/admin/auth/password/change").bearer(&token).json(&body).send()
        };
        change("wrong", "Torque-wrench-19").await.invalid(&["currentPassword INCORRECT"]);
        change(PASSWORD, "password").await.problem(422, "VALIDATION_FAILED");
        change(PASSWORD, "Torque-wrench-19").await.expect(200);
        refused(&api, &elsewhere).await;
        api.admin_login(BOSS, PASSWORD).send().await.problem(401, "INVALID_CREDENTIALS");
        api.admin_login(BOSS, "Torque-wrench-19").send().await.expect(200);

        let forgot = |email: &str| api.post("/api/admin/auth/password/forgot").json(&json!({ "email": email })).send();
        let (known, unknown) = (forgot(BOSS).await, forgot("nobody@nextcrm.test").await);
        assert_eq!((known.expect(202), known.body.clone()), (unknown.expect(202), unknown.body.clone()));
        let reset = json!({ "token": "x".repeat(43), "newPassword": "Torque-wrench-20" });
        let reset = api.post("/api/admin/auth/password/reset").json(&reset).send().await;
        reset.invalid(&["token TOKEN_INVALID"]);
    })
    .await;
}
