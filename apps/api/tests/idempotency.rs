//! `Idempotency-Key`: one effect, the same answer, and a key that is never stuck.

mod common;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use actix_web::web;
use common::{Api, Call};
use kernel::{
    AdminRole, TenantId,
    outbox::{About, DomainEvent, NewEvent, Outbox as _},
};
use nextcrm::http::{Answer, Idempotent, Json, PathId, Problem, Require, Routes, access::admin};
use serde::{Deserialize, Serialize};
use serde_json::json;
use test_support::{TestDatabase, on_each_database};
use utoipa::ToSchema;

/// What the routes announce.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", content = "payload")]
enum TestEvent {
    #[serde(rename = "test.created.v1")]
    Created {},
    #[serde(rename = "test.attached.v1")]
    Attached {},
}

impl DomainEvent for TestEvent {
    fn about(&self) -> About {
        About::staff("thing", "tenants:read")
    }
}

/// Tells answers apart.
static NUMBER: AtomicUsize = AtomicUsize::new(0);

mod create {
    use super::*;

    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Body {
        name: String,
        fail: Option<bool>,
    }

    #[utoipa::path(post, path = "/things", operation_id = "createThing", responses((status = 201, body = Body)))]
    pub async fn handle(
        _: Require<admin::TenantsWrite>,
        key: Idempotent,
        body: Json<Body>,
        core: web::Data<nextcrm::composition::Core>,
    ) -> Result<Answer, Problem> {
        key.once(async |tx| {
            let event = NewEvent::new(uuid::Uuid::nil(), TestEvent::Created {});
            core.outbox.publish_in(tx, event).await?;
            if body.fail == Some(true) {
                return Err(Problem::field("name", kernel::FieldCode::Invalid, "is not to be had"));
            }
            let number = NUMBER.fetch_add(1, Ordering::SeqCst);
            Ok(Answer::created("/api/things/1", &json!({ "name": body.name, "number": number }))?.etag(1))
        })
        .await
    }
}

mod attach {
    use super::*;

    #[utoipa::path(post, path = "/things/{id}/parts", operation_id = "attachPart", params(("id" = String, Path)),
        responses((status = 201)))]
    pub async fn handle(
        _: Require<admin::TenantsWrite>,
        id: PathId<TenantId>,
        key: Idempotent,
        core: web::Data<nextcrm::composition::Core>,
    ) -> Result<Answer, Problem> {
        key.once(async |tx| {
            let event = NewEvent::new(id.0, TestEvent::Attached {});
            core.outbox.publish_in(tx, event).await?;
            Answer::created("/api/things/1", &json!({ "number": NUMBER.fetch_add(1, Ordering::SeqCst) }))
        })
        .await
    }
}

mod order {
    use super::*;

    #[derive(Serialize, Deserialize, ToSchema)]
    #[serde(deny_unknown_fields)]
    pub struct Body {
        name: String,
    }

    /// Whether the next answer is lost.
    pub static LOSES_ANSWER: AtomicBool = AtomicBool::new(false);

    #[utoipa::path(post, path = "/orders", operation_id = "orderThing", responses((status = 201, body = Body)))]
    pub async fn handle(
        _: Require<admin::TenantsWrite>,
        key: Idempotent,
        body: Json<Body>,
        core: web::Data<nextcrm::composition::Core>,
    ) -> Result<Answer, Problem> {
        let prepare = async || match body.name.as_str() {
            "nothing" => Err(Problem::field("name", kernel::FieldCode::Invalid, "is not to be had")),
            _ => Ok(body.name.clone()),
        };
        let make = async |tx: &mut kernel::Tx, _: String| {
            let id = uuid::Uuid::from_u128(7);
            core.outbox.publish_in(tx, NewEvent::new(id, TestEvent::Created {})).await?;
            Ok(id)
        };
        let answer = async |id: uuid::Uuid| {
            if LOSES_ANSWER.swap(false, Ordering::SeqCst) {
                return Err(Problem::internal("the answer is lost"));
            }
            Answer::created(&format!("/api/orders/{id}"), &json!({ "number": NUMBER.fetch_add(1, Ordering::SeqCst) }))
        };
        key.once_named(prepare, make, answer).await
    }
}

async fn api(db: &TestDatabase) -> Api {
    let mut routes = Routes::new();
    routes.add(nextcrm::operation!(create));
    routes.add(nextcrm::operation!(attach));
    routes.add(nextcrm::operation!(order));
    Api::start_routes(db, &routes, &[]).await
}

fn create(api: &Api, token: &str, path: &str, key: &str, body: &serde_json::Value) -> Call {
    api.post(path).bearer(token).header("idempotency-key", key).json(body)
}

#[actix_web::test]
async fn keys_have_one_effect() {
    on_each_database(async |db| {
        let api = api(db).await;
        let token = api.admin_token(AdminRole::Admin);
        let body = json!({ "name": "a" });

        // Fifty at once: one effect; the others replay it or are told to wait.
        let calls = (0..50).map(|_| create(&api, &token, "/api/things", "k1", &body).send());
        let replies = futures::future::join_all(calls).await;
        assert_eq!(api.count("outbox WHERE kind = 'test.created.v1'").await, 1);
        assert!(replies.iter().any(|reply| reply.status == 201));
        for reply in &replies {
            match reply.status.as_u16() {
                201 => {}
                _ => {
                    reply.problem(409, "IDEMPOTENCY_IN_FLIGHT");
                    assert!(!reply.header("retry-after").is_empty());
                }
            }
        }

        // Again, under the other prefix: byte for byte.
        let first = replies.iter().find(|reply| reply.header("idempotent-replayed").is_empty() && reply.status == 201);
        let again = create(&api, &token, "/api/v1/things", "k1", &body).send().await;
        assert_eq!(again.header("idempotent-replayed"), "true");
        assert_eq!((again.header("location"), again.header("etag")), ("/api/things/1", "\"1\""));
        assert_eq!(again.body, first.expect("a first").body);

        // Another body is refused, another principal has keys of its own.
        let other = create(&api, &token, "/api/things", "k1", &json!({ "name": "b" })).send().await;
        other.problem(422, "IDEMPOTENCY_KEY_REUSED");
        let other_admin = api.admin_token(AdminRole::SuperAdmin);
        create(&api, &other_admin, "/api/things", "k1", &body).send().await.expect(201);
        // Authorised anew before a replay.
        let viewer = api.admin_token(AdminRole::Sales);
        create(&api, &viewer, "/api/things", "k1", &body).send().await.problem(403, "FORBIDDEN");
    })
    .await;
}

#[actix_web::test]
async fn what_fails_gives_the_key_back() {
    on_each_database(async |db| {
        let api = api(db).await;
        let token = api.admin_token(AdminRole::Admin);
        let send = |body| create(&api, &token, "/api/things", "k2", &body).send();
        send(json!({})).await.invalid(&["name REQUIRED"]);
        send(json!({ "name": "a", "fail": true })).await.invalid(&["name INVALID"]);
        let reply = send(json!({ "name": "a" })).await;
        reply.expect(201);
        assert_eq!(reply.header("idempotent-replayed"), "");
        let bad = api.post("/api/things").bearer(&token).header("idempotency-key", "a b").json(&json!({ "name": "a" }));
        bad.send().await.invalid(&["Idempotency-Key INVALID"]);
    })
    .await;
}

#[actix_web::test]
async fn another_spelling_of_the_path_is_the_same_request() {
    on_each_database(async |db| {
        let api = api(db).await;
        let token = api.admin_token(AdminRole::Admin);
        let body = json!({});
        let send = |path: &str| create(&api, &token, path, "k3", &body).send();
        let first = send("/api/things/0a0b0c0d-0000-7000-8000-00000000abcd/parts").await;
        first.expect(201);
        for spelling in [
            "/api/things/0A0B0C0D-0000-7000-8000-00000000ABCD/parts",
            "/api/v1/things/0a0B0c0D-0000-7000-8000-00000000abcd/parts",
            "/api/things/%30a0b0c0d-0000-7000-8000-00000000abc%64/parts",
            "/api/things/0a0b0c0d-0000-7000-8000-00000000abcd/%70arts",
        ] {
            let again = send(spelling).await;
            assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &first.body), "{spelling}");
        }
        assert_eq!(api.count("outbox WHERE kind = 'test.attached.v1'").await, 1);
        let other = send("/api/things/0a0b0c0d-0000-7000-8000-00000000abce/parts").await;
        assert_eq!(other.header("idempotent-replayed"), "", "another thing");
    })
    .await;
}

#[actix_web::test]
async fn what_was_made_without_an_answer_is_answered_and_not_made_again() {
    on_each_database(async |db| {
        let api = api(db).await;
        let token = api.admin_token(AdminRole::Admin);
        let send = |key: &str, name: &str| create(&api, &token, "/api/orders", key, &json!({ "name": name })).send();
        let made = async || api.count("outbox WHERE kind = 'test.created.v1'").await;
        let unnamed = api.post("/api/orders").bearer(&token).json(&json!({ "name": "a" }));
        unnamed.send().await.problem(428, "PRECONDITION_REQUIRED");
        // Before anything is made the key is free again, also for another body.
        send("k4", "nothing").await.invalid(&["name INVALID"]);
        assert_eq!(made().await, 0);

        order::LOSES_ANSWER.store(true, Ordering::SeqCst);
        send("k4", "a").await.problem(500, "INTERNAL");
        assert_eq!(made().await, 1);
        // Now it stands for what was made.
        send("k4", "b").await.problem(422, "IDEMPOTENCY_KEY_REUSED");
        let answered = send("k4", "a").await;
        answered.expect(201);
        assert_eq!(answered.header("idempotent-replayed"), "", "nobody had an answer yet");
        let again = send("k4", "a").await;
        assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &answered.body));
        assert_eq!(made().await, 1);

        let replies = futures::future::join_all((0..50).map(|_| send("k5", "a"))).await;
        assert!(replies.iter().any(|reply| reply.status == 201));
        for reply in replies.iter().filter(|reply| reply.status != 201) {
            reply.problem(409, "IDEMPOTENCY_IN_FLIGHT");
        }
        assert_eq!(made().await, 2);
    })
    .await;
}
