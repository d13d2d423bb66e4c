//! Every command but those of the audit trail: answer, exit code, and what it leaves.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::{Entropy as _, OsEntropy};
use serde_json::{Value, json};
use test_support::{eventually, on_each_database};

use crate::{
    EMAIL, PASSWORD, add_admin,
    support::{Site, free_port},
};

#[actix_web::test]
async fn help_is_no_mistake_and_wrong_use_is() {
    let site = Site::new();
    for arguments in [&["--help"][..], &["help"], &["--version"], &["audit", "verify", "--help"]] {
        assert!(!site.run(arguments).await.expect(0).is_empty(), "{arguments:?}");
    }
    let wrong = [
        &["--verbose"][..],
        &["fly"],
        &["audit"],
        &["migrate", "down", "--steps", "many"],
        &["seed", "--tenants", "-1"],
        &["create-admin", "--email", EMAIL],
        &["create-admin", "--email", EMAIL, "--first-name", "A", "--last-name", "B", "--role", "KING"],
    ];
    for arguments in wrong {
        let ended = site.run(arguments).await;
        ended.fails(2, &[]);
        assert!(ended.stderr.contains("--help") && ended.stdout.is_empty(), "{}", ended.stderr);
    }
    assert!(std::fs::read_dir(site.path("")).expect("a directory").next().is_none(), "nothing was made");
}

#[actix_web::test]
async fn the_openapi_document_needs_no_database() {
    let site = Site::new().with("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing").with("APP_ENV", "production");
    let ended = site.run(&["openapi"]).await;
    let stored = include_str!("../../../../docs/openapi.json");
    assert!(ended.expect(0) == stored, "docs/openapi.json is not what `nextcrm openapi` prints");
    serde_json::from_str::<Value>(stored).expect("JSON");
}

#[actix_web::test]
async fn the_openapi_document_is_what_the_server_serves() {
    let site = Site::new().with("DEMO_DATA", "false");
    let server = site.start().await;
    let printed = site.run(&["openapi"]).await;
    let printed: Value = serde_json::from_str(printed.expect(0)).expect("JSON");
    assert_eq!(printed, server.get("/api/openapi.json").send().await.expect(200));
    assert!(printed["paths"]["/dev/mailbox"].is_object(), "development has more");
}

#[actix_web::test]
async fn migrations_go_up_and_down() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        let states = async || {
            let ended = site.run(&["migrate", "status"]).await;
            ended.expect(0).lines().map(|line| line.starts_with("applied")).collect::<Vec<_>>()
        };
        let steps = states().await.len();
        assert_eq!(states().await, vec![true; steps]);
        assert_eq!(site.run(&["migrate", "up"]).await.expect(0), "up to date\n");

        site.run(&["migrate", "down"]).await.expect(0);
        let mut expected = vec![true; steps];
        expected[steps - 1] = false;
        assert_eq!(states().await, expected);
        let doctor = site.run(&["doctor"]).await;
        assert!(doctor.expect(1).contains("WRONG  schema: 1 steps are missing"), "{}", doctor.stdout);
        assert_eq!(site.run(&["migrate"]).await.expect(0), "1 steps were run\n");

        site.run(&["migrate", "down", "--steps", &steps.to_string()]).await.expect(0);
        assert_eq!(states().await, vec![false; steps]);
        assert_eq!(site.run(&["migrate", "up"]).await.expect(0), format!("{steps} steps were run\n"));
        add_admin(&site).await;
    })
    .await;
}

#[actix_web::test]
async fn staff_added_on_the_command_line_can_sign_in() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        let add = async |email: &str, more: &[&str], password: &str| {
            let arguments = ["create-admin", "--email", email, "--first-name", "Jo", "--last-name", "Wong"];
            site.run_with_input(&[&arguments[..], &["--role", "SUPPORT"], more].concat(), password).await
        };
        add(&EMAIL.to_uppercase(), &["--password-stdin"], PASSWORD).await.fails(1, &["email address"]);
        add("jo@nextcrm.test", &["--password-stdin"], "short").await.fails(1, &["password"]);
        add("jo at nextcrm", &["--password-stdin"], PASSWORD).await.fails(1, &["email"]);
        let temporary = add("jo@nextcrm.test", &[], "").await;
        let temporary = temporary.expect(0).trim().lines().last().expect("a password").to_owned();
        assert_eq!(site.sql().await.count("admin_users").await, 2);

        let server = site.start().await;
        let mine = server.sign_in(EMAIL, PASSWORD).send().await.expect(200);
        assert_eq!(
            (&mine["user"]["role"], &mine["user"]["mustChangePassword"]),
            (&"SUPER_ADMIN".into(), &false.into())
        );
        let theirs = server.sign_in("jo@nextcrm.test", &temporary).send().await.expect(200);
        assert_eq!(theirs["user"]["mustChangePassword"], true);
    })
    .await;
}

#[actix_web::test]
async fn seeding_makes_what_it_was_asked_for_and_tells_so() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        let seed = ["seed", "--tenants", "20", "--users-per-tenant", "3", "--audit", "200", "--password-stdin"];
        let ended = site.run_with_input(&seed, PASSWORD).await;
        let printed = ended.expect(0);
        for part in ["5 admins", "20 tenants with 60 people", "200 audit entries"] {
            assert!(printed.contains(part), "{part} in {printed}");
        }
        let sql = site.sql().await;
        for (table, rows) in [("tenants", 20), ("tenant_users", 60), ("admin_users", 5), ("admin_audit_log", 200)] {
            assert_eq!(sql.count(table).await, rows, "{table}");
        }
        site.run_with_input(&seed, PASSWORD).await.fails(1, &["already there", "--seed"]);
        assert_eq!(sql.count("tenants").await, 20);

        let (_, rest) = printed.split_once("super admin:  ").expect("who signs in");
        let email = rest.split_whitespace().next().expect("an address");
        let server = site.start().await;
        let token = server.sign_in(email, PASSWORD).send().await.access_token();
        let listed = server.get("/api/admin/tenants?includeDeleted=true").bearer(&token).send().await.expect(200);
        assert_eq!(listed["pagination"]["total"], 20);
    })
    .await;
}

#[actix_web::test]
async fn the_doctor_tells_right_from_wrong_and_changes_nothing() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        // Before the first start there are no secrets; the rest is looked at all the same.
        let early = site.run(&["doctor"]).await;
        assert!(early.expect(0).contains("up to date"), "{}", early.stdout);
        assert!(std::fs::read_dir(site.path("")).expect("a directory").next().is_none(), "nothing was made");
        add_admin(&site).await;
        let ended = site.run(&["doctor"]).await;
        let printed = ended.expect(0);
        for part in ["ok     configuration", "ok     secrets", "ok     data directory", "ok     schema"] {
            assert!(printed.contains(part), "{part} in {printed}");
        }
    })
    .await;
    let unreachable = format!("postgres://nextcrm:hunter2@127.0.0.1:{}/nextcrm", free_port());
    let mut site = Site::new();
    let first = site.run(&["doctor"]).await;
    assert!(first.expect(0).contains("the first start makes it"), "{}", first.stdout);
    site.set("DATABASE_URL", unreachable);
    let ended = site.run(&["doctor"]).await;
    assert!(ended.expect(1).contains("WRONG  database: does not answer; check DATABASE_URL"), "{}", ended.stdout);
    assert!(!ended.stdout.contains("hunter2"), "{}", ended.stdout);
}

#[actix_web::test]
async fn what_was_given_up_on_is_listed_and_made_due_again() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        let queue = "auth.password_reset_links";
        let none = format!("0 listed\n{queue}: 0 wait, 0 were given up on\n");
        assert_eq!(site.run(&["queues", "list"]).await.expect(0), none);
        let paused = site.run(&["queues", "pause", queue]).await;
        assert_eq!(paused.expect(0), format!("{queue} rests until it is resumed\n"));
        let server = site.start().await;
        for address in ["jo@garage.test", "bo@garage.test"] {
            let body = json!({ "email": address });
            server.post("/api/admin/auth/password/forgot").json(&body).send().await.expect(202);
        }
        let measured = async || {
            let reply = server.get("/metrics").send().await;
            let text = String::from_utf8_lossy(&reply.body).into_owned();
            text.contains(&format!("queue_pending{{queue=\"{queue}\"}} 2")).then_some(text)
        };
        let text = eventually("the queue is measured", measured).await;
        for gauge in ["queue_dead", "queue_lag_seconds"] {
            assert!(text.contains(&format!("{gauge}{{queue=\"{queue}\"}}")), "{gauge} in {text}");
        }
        assert_eq!(server.terminate().await.code(), Some(0));
        let sql = site.sql().await;
        let waiting = format!("work_items WHERE queue = '{queue}' AND state = 'WAITING' AND attempts = 0");
        assert_eq!(sql.count(&waiting).await, 2, "a paused queue loses nothing");
        // As if its handler had failed to the last.
        sql.run(
            "UPDATE work_items SET state = 'FAILED', next_attempt_at = NULL, ended_at = created_at, attempts = 100, \
             last_error = 'no luck'",
        )
        .await;

        let page = site.run(&["queues", "list", "--limit", "1"]).await;
        let lines: Vec<_> = page.expect(0).lines().collect();
        assert_eq!(lines[1..], ["1 listed", &format!("{queue}: 0 wait, 2 were given up on, paused")]);
        let (first, shown) = lines[0].split_once("  ").expect("a number");
        assert_eq!(shown, format!("{queue}  tenant -  FAILED  100 attempts  0 min old  no luck"));
        let rest = site.run(&["queues", "list", "--after", first]).await;
        assert!(rest.expect(0).starts_with("2  ") && rest.stdout.contains("1 listed\n"), "{}", rest.stdout);
        assert_eq!(sql.count("work_items WHERE state = 'FAILED'").await, 2, "looking changes nothing");

        assert_eq!(site.run(&["queues", "requeue", first]).await.expect(0), "1 items are due again\n");
        let all = site.run(&["queues", "requeue", "--all", "--queue", queue]).await;
        assert_eq!(all.expect(0), "1 items are due again\n");
        assert_eq!(sql.count("admin_audit_log WHERE action = 'QUEUE_REQUEUED'").await, 2);
        assert_eq!(sql.count(&waiting).await, 2);
        let resumed = site.run(&["queues", "resume", queue]).await;
        assert_eq!(resumed.expect(0), format!("{queue} is worked on again\n"));
        let server = site.start().await;
        let done = "work_items WHERE state = 'DONE'";
        eventually("both are done", async || (sql.count(done).await == 2).then_some(())).await;
        assert_eq!(server.terminate().await.code(), Some(0));
        assert_eq!(site.run(&["queues", "requeue", "--all"]).await.expect(0), "0 items are due again\n");
        assert_eq!(sql.count("admin_audit_log WHERE action = 'QUEUE_REQUEUED'").await, 2);
        site.run(&["queues", "list", "--limit", "0"]).await.fails(2, &[]);
        site.run(&["queues", "requeue"]).await.fails(2, &[]);
        site.run(&["queues", "pause", "nobody"]).await.fails(1, &["there is no queue nobody"]);
    })
    .await;
}

#[actix_web::test]
async fn an_event_is_shown_with_its_deliveries() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        let server = site.start().await;
        let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
        server.create_tenant(&token, "told").send().await.expect(201);
        assert_eq!(server.terminate().await.code(), Some(0));
        let sql = site.sql().await;
        // As if a consumer had failed to the last.
        sql.run(
            "INSERT INTO work_items (queue, event_id, payload, state, attempts, last_error, created_at) \
             SELECT 'test.consumer', id, '{}', 'FAILED', 100, 'no luck', occurred_at FROM outbox \
             WHERE kind = 'tenant.created.v1'",
        )
        .await;
        let listed = site.run(&["events", "list", "--consumer", "test.consumer"]).await;
        let line = listed.expect(0).lines().next().expect("a line").to_owned();
        let (delivery, rest) = line.split_once("  ").expect("a number");
        assert!(rest.starts_with("test.consumer  tenant -  FAILED  100 attempts"), "{line}");
        let (rest, kind) = rest.rsplit_once(' ').expect("a kind");
        let event = rest.rsplit(' ').next().expect("an event");
        assert_eq!(kind, "tenant.created.v1");
        let shown = site.run(&["events", "show", event]).await;
        let lines: Vec<_> = shown.expect(0).lines().collect();
        assert!(lines[0].contains("  tenant.created.v1  subject ") && lines[1].contains("\"told\""), "{lines:?}");
        assert!(lines[2].contains("test.consumer") && lines.len() == 3, "{lines:?}");
        assert_eq!(site.run(&["events", "requeue", delivery]).await.expect(0), "1 deliveries are due again\n");
        assert_eq!(sql.count("work_items WHERE queue = 'test.consumer' AND state = 'WAITING'").await, 1);
        let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
        site.run(&["events", "show", nobody]).await.fails(1, &["there is no event"]);
    })
    .await;
}

#[actix_web::test]
async fn rotated_keys_open_everything_and_the_old_one_can_go() {
    on_each_database(async |db| {
        let mut site = Site::on(db.url());
        add_admin(&site).await;
        let server = site.start().await;
        let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
        let create = |server: &crate::support::Server, token: &str| {
            server.create_tenant(token, "sealed-garage").header("idempotency-key", "k-1")
        };
        let first = create(&server, &token).send().await;
        first.expect(201);
        assert_eq!(server.terminate().await.code(), Some(0));

        let old = site.drawn("ENCRYPTION_KEYS");
        let mut key = [0_u8; 32];
        OsEntropy.fill(&mut key);
        let new = format!("new:{}", BASE64_STANDARD.encode(key));
        // Without the old key nothing opens, and that is said rather than lost.
        site.set("ENCRYPTION_KEYS", &new);
        let refused = site.run(&["keys", "rotate"]).await;
        assert!(refused.expect(1).contains("do not open with any key of the ring"), "{}", refused.stdout);

        site.set("ENCRYPTION_KEYS", format!("{new},{old}"));
        let rotated = site.run(&["keys", "rotate"]).await;
        let sealed_anew = rotated.expect(0).lines().any(|line| {
            line.starts_with("idempotency_keys: ") && !line.contains(" 0 values") && line.contains(" 0 do not open")
        });
        assert!(sealed_anew, "{}", rotated.stdout);
        let again = site.run(&["keys", "rotate"]).await;
        assert!(again.expect(0).contains("\n0 values sealed anew"), "{}", again.stdout);

        site.set("ENCRYPTION_KEYS", &new);
        let server = site.start().await;
        let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
        let replay = create(&server, &token).send().await;
        assert_eq!(replay.expect(201), first.json());
        assert_eq!(replay.header("idempotent-replayed"), "true");
    })
    .await;
}
