//! `Idempotency-Key`: one effect, the same answer, and a key that is never stuck.

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::web;
use common::{Api, Call};
use kernel::{AdminRole, TenantId};
use nextcrm::http::{Answer, Idempotent, Json, PathId, Problem, Require, Routes, access::admin};
use serde::{Deserialize, Serialize};
use serde_json::json;
use test_support::{TestDatabase, on_each_database};
use utoipa::ToSchema;

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
            let event = kernel::outbox::NewEvent::new("test.created", "x", json!({}));
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
            let event = kernel::outbox::NewEvent::new("test.attached", id.0, json!({}));
            core.outbox.publish_in(tx, event).await?;
            Answer::created("/api/things/1", &json!({ "number": NUMBER.fetch_add(1, Ordering::SeqCst) }))
        })
        .await
    }
}

async fn api(db: &TestDatabase) -> Api {
    let mut routes = Routes::new();
    routes.add(nextcrm::operation!(create));
    routes.add(nextcrm::operation!(attach));
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
        assert_eq!(api.count("outbox WHERE kind = 'test.created'").await, 1);
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
        let stranger = api.admin_token(AdminRole::SuperAdmin);
        create(&api, &stranger, "/api/things", "k1", &body).send().await.expect(201);
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
        assert_eq!(api.count("outbox WHERE kind = 'test.attached'").await, 1);
        let other = send("/api/things/0a0b0c0d-0000-7000-8000-00000000abce/parts").await;
        assert_eq!(other.header("idempotent-replayed"), "", "another thing");
    })
    .await;
}
