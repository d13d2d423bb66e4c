//! Every command but those of the audit trail: answer, exit code, and what it leaves.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use kernel::{Entropy as _, OsEntropy};
use serde_json::Value;
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
    let kept = include_str!("../../../../docs/openapi.json");
    assert!(ended.expect(0) == kept, "docs/openapi.json is not what `nextcrm openapi` prints");
    serde_json::from_str::<Value>(kept).expect("JSON");
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
        let told = ended.expect(0);
        for part in ["5 admins", "20 tenants with 60 people", "200 audit entries"] {
            assert!(told.contains(part), "{part} in {told}");
        }
        let sql = site.sql().await;
        for (table, rows) in [("tenants", 20), ("tenant_users", 60), ("admin_users", 5), ("admin_audit_log", 200)] {
            assert_eq!(sql.count(table).await, rows, "{table}");
        }
        site.run_with_input(&seed, PASSWORD).await.fails(1, &["already there", "--seed"]);
        assert_eq!(sql.count("tenants").await, 20);

        let (_, rest) = told.split_once("super admin:  ").expect("who signs in");
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
        let told = ended.expect(0);
        for part in ["ok     configuration", "ok     secrets", "ok     data directory", "ok     schema"] {
            assert!(told.contains(part), "{part} in {told}");
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
async fn dead_events_are_listed_and_made_due_again() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        add_admin(&site).await;
        assert_eq!(site.run(&["outbox", "dead"]).await.expect(0), "0 of 0 events that were given up on\n");
        let server = site.start().await;
        let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
        server.create_tenant(&token, "dead-letters").send().await.expect(201);
        server.create_tenant(&token, "dead-letters-2").send().await.expect(201);
        let sql = site.sql().await;
        let handled = "outbox WHERE kind = 'tenancy.tenant_created' AND done_at IS NOT NULL";
        eventually("both are handled", async || (sql.count(handled).await == 2).then_some(())).await;
        assert_eq!(server.terminate().await.code(), Some(0));
        // As if their handlers had failed to the last.
        sql.run(
            "UPDATE outbox SET done_at = NULL, dead_at = occurred_at, attempts = 12, last_error = 'mail: no luck' \
             WHERE kind = 'tenancy.tenant_created'",
        )
        .await;

        let page = site.run(&["outbox", "dead", "--limit", "1"]).await;
        let lines: Vec<_> = page.expect(0).lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for part in ["  tenancy.tenant_created  tenant ", "  12 attempts  0 min old  mail: no luck"] {
            assert!(lines[0].contains(part), "{part} in {}", lines[0]);
        }
        assert_eq!(lines[1], "1 of 2 events that were given up on");
        let first = lines[0].split(' ').next().expect("an id");
        let rest = site.run(&["outbox", "dead", "--after", first]).await;
        assert!(rest.expect(0).lines().count() == 2 && !rest.stdout.contains(first), "{}", rest.stdout);
        assert_eq!(sql.count("outbox WHERE dead_at IS NOT NULL").await, 2, "looking changes nothing");

        let requeued = site.run(&["outbox", "dead", "--requeue"]).await;
        assert!(requeued.expect(0).ends_with("2 of 2 events that were given up on\n2 of them are due again\n"));
        assert_eq!(sql.count("admin_audit_log WHERE action = 'EVENTS_REQUEUED'").await, 1);
        let server = site.start().await;
        eventually("both are handled", async || (sql.count(handled).await == 2).then_some(())).await;
        assert_eq!(server.terminate().await.code(), Some(0));
        assert_eq!(site.run(&["outbox", "dead", "--requeue"]).await.expect(0), "0 of 0 events that were given up on\n");
        assert_eq!(sql.count("admin_audit_log WHERE action = 'EVENTS_REQUEUED'").await, 1);
        site.run(&["outbox", "dead", "--limit", "0"]).await.fails(2, &[]);
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
