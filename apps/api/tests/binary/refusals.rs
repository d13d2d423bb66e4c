//! Starts that must fail, at once and with a word about what to do.

use std::net::TcpListener;

use test_support::{TestDatabase, on_each_database};

use crate::support::{Site, free_port};

#[actix_web::test]
async fn a_second_server_on_the_same_file_is_refused() {
    let mut site = Site::new();
    let first = site.start().await;
    site.set("BIND_ADDR", format!("127.0.0.1:{}", free_port()));
    site.run(&[]).await.fails(1, &["another nextcrm server is running on", "nextcrm.db", "PostgreSQL"]);
    assert_eq!(first.get("/health/ready").send().await.status, 200);
    // The lock is the process's, not the file's: it dies with it.
    first.kill();
    first.gone().await;
    assert_eq!(site.start().await.terminate().await.code(), Some(0));
}

#[actix_web::test]
async fn a_port_that_cannot_be_had_is_named() {
    let mut site = Site::new();
    let _taken = TcpListener::bind(site.address()).expect("a free port");
    let port = site.address().rsplit(':').next().expect("a port");
    site.run(&["serve"]).await.fails(1, &[port, "in use", "BIND_ADDR=127.0.0.1:"]);
    // An address of no interface here (RFC 5737).
    site.set("BIND_ADDR", "192.0.2.1:8080");
    site.run(&["serve"])
        .await
        .fails(1, &["BIND_ADDR lets other machines in", "APP_ENV=production", "DEV_ALLOW_REMOTE=true"]);
    site.set("DEV_ALLOW_REMOTE", "true");
    site.run(&["serve"]).await.fails(1, &["cannot listen on 192.0.2.1:8080", "BIND_ADDR"]);
}

#[actix_web::test]
async fn a_database_of_a_newer_program_is_left_alone() {
    on_each_database(async |db: &TestDatabase| {
        let site = Site::on(db.url());
        let sql = site.sql().await;
        sql.run("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 0)").await;
        let create_admin = "create-admin --email a@b.test --first-name A --last-name B --role ADMIN";
        for command in ["serve", "migrate up", "migrate down", "migrate status", create_admin, "keys rotate"] {
            let arguments: Vec<&str> = command.split(' ').collect();
            site.run(&arguments).await.fails(1, &["newer than this program", "m9999_future"]);
        }
        let doctor = site.run(&["doctor"]).await;
        assert!(doctor.expect(1).contains("WRONG  schema: the database is newer"), "{}", doctor.stdout);
        assert_eq!(sql.count("admin_users").await, 0);
    })
    .await;
}

#[actix_web::test]
async fn a_wrong_configuration_is_named_and_leaves_nothing_behind() {
    let cases = [
        (&[("BIND_ADDR", "x"), ("REQUEST_TIMEOUT_SECS", "0")][..], &["BIND_ADDR", "REQUEST_TIMEOUT_SECS"][..]),
        (&[("APP_ENV", "staging")], &["APP_ENV"]),
        (&[("DATABASE_URL", "mysql://localhost/nextcrm")], &["DATABASE_URL"]),
        (&[("ENCRYPTION_KEYS", "k1:short")], &["ENCRYPTION_KEYS"]),
        (
            &[("APP_ENV", "production")],
            &["JWT_SECRET", "REFRESH_TOKEN_SECRET", "ENCRYPTION_KEYS", "PUBLIC_URL", "APP_URL", "MAILER"],
        ),
    ];
    for (variables, named) in cases {
        let mut site = Site::new();
        for (name, value) in variables {
            site.set(name, *value);
        }
        for command in ["serve", "migrate", "doctor"] {
            let ended = site.run(&[command]).await;
            ended.expect(1);
            // The doctor's findings are its answer.
            let printed = if command == "doctor" { &ended.stdout } else { &ended.stderr };
            let printed = printed.replace("for example: ", "for example ");
            for name in named {
                assert!(printed.contains(&format!("for example {name}=")), "{name} in\n{printed}");
            }
            let left: Vec<_> = std::fs::read_dir(site.path("")).expect("a directory").collect();
            assert!(left.is_empty(), "{command} with {variables:?} left {left:?}");
        }
    }
}

#[actix_web::test]
async fn a_database_that_does_not_answer_is_told_without_its_password() {
    let url = format!("postgres://nextcrm:hunter2@127.0.0.1:{}/nextcrm", free_port());
    let site = Site::on(&url);
    for command in ["serve", "migrate"] {
        let ended = site.run(&[command]).await;
        ended.fails(1, &["DATABASE_URL does not answer"]);
        assert!(!ended.stderr.contains("hunter2"), "{}", ended.stderr);
    }
}
