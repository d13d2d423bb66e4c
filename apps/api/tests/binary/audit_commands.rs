//! `nextcrm audit`: the trail as it is, tampered with, exported and archived.

use std::path::PathBuf;

use test_support::on_each_database;
use uuid::Uuid;

use crate::{
    EMAIL, PASSWORD, add_admin,
    support::{Site, Sql},
};

/// An installation whose trail holds three months of history, sealed.
async fn site_with_history(database_url: &str) -> Site {
    let site = Site::on(database_url);
    site.run(&["seed", "--tenants", "5", "--audit", "120"]).await.expect(0);
    add_admin(&site).await;
    let server = site.start().await;
    let token = server.sign_in(EMAIL, PASSWORD).send().await.access_token();
    server.create_tenant(&token, "audited-garage").send().await.expect(201);
    let export = server.get("/api/admin/audit-logs/export?format=jsonl").bearer(&token).send().await;
    assert_eq!(export.status, 200);
    std::fs::write(site.path("export.jsonl"), &export.body).expect("writes");
    // The end of a server seals what is left.
    assert_eq!(server.terminate().await.code(), Some(0));
    site
}

#[actix_web::test]
async fn verification_names_the_first_entry_that_was_tampered_with() {
    on_each_database(async |db| {
        let site = site_with_history(db.url()).await;
        let whole = site.run(&["audit", "verify"]).await;
        assert!(whole.expect(0).starts_with("verified: 12"), "{}", whole.stdout);

        let sql = site.sql().await;
        let first = 40;
        let id = sql.one::<Uuid>(&format!("SELECT id FROM admin_audit_log WHERE sequence = {first}")).await;
        sql.run("UPDATE admin_audit_log SET status_code = 418 WHERE sequence IN (90, 110)").await;
        sql.run(&format!("UPDATE admin_audit_log SET action = 'NOTHING' WHERE sequence = {first}")).await;
        let broken = site.run(&["audit", "verify"]).await;
        let expected = format!("BROKEN at sequence {first}, id {id}: ");
        assert!(broken.expect(1).contains(&expected), "{expected} in {}", broken.stdout);
        // What does not verify is not moved away.
        site.run(&["audit", "archive", "--older-than", "1"]).await.expect(1);
    })
    .await;
}

#[actix_web::test]
async fn a_removed_entry_and_a_cut_tail_show() {
    on_each_database(async |db| {
        let site = site_with_history(db.url()).await;
        let sql = site.sql().await;
        let last: i64 = sql.one("SELECT MAX(sequence) FROM admin_audit_log").await;
        sql.run(&format!("DELETE FROM admin_audit_log WHERE sequence = {last}")).await;
        let cut = site.run(&["audit", "verify"]).await;
        assert!(cut.expect(1).contains(&format!("BROKEN at sequence {last}: it is missing")), "{}", cut.stdout);
        sql.run("DELETE FROM admin_audit_log WHERE sequence = 7").await;
        let removed = site.run(&["audit", "verify"]).await;
        assert!(removed.expect(1).contains("BROKEN at sequence 7: it is missing"), "{}", removed.stdout);
    })
    .await;
}

#[actix_web::test]
async fn exports_and_archives_verify_without_the_database() {
    on_each_database(async |db| {
        let mut site = site_with_history(db.url()).await;
        let archived = site.run(&["audit", "archive", "--older-than", "30"]).await;
        let printed = archived.expect(0);
        let file = printed.lines().nth(1).expect("a file").trim();
        let archive: PathBuf = site.path(file);
        assert!(archive.is_file(), "{printed}");
        let left = site.run(&["audit", "verify"]).await;
        left.expect(0);
        assert_eq!(
            site.run(&["audit", "archive", "--older-than", "30"]).await.expect(0),
            "archived: 0 entries in 0 files\n"
        );

        // Nobody answers there: files are verified by their keys alone.
        site.set("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing");
        for file in ["export.jsonl", archive.to_str().expect("a path")] {
            let verified = site.run(&["audit", "verify", "--file", file]).await;
            assert!(verified.expect(0).starts_with("verified: "), "{}", verified.stdout);
        }
        let text = std::fs::read_to_string(site.path("export.jsonl")).expect("a file");
        let forged: Vec<String> = text.lines().enumerate().map(|(index, line)| forge(index, line)).collect();
        std::fs::write(site.path("forged.jsonl"), forged.join("\n")).expect("writes");
        let broken = site.run(&["audit", "verify", "--file", "forged.jsonl"]).await;
        assert!(broken.expect(1).contains("BROKEN: line 3 of forged.jsonl"), "{}", broken.stdout);
        site.run(&["audit", "verify", "--file", "absent.jsonl"]).await.fails(1, &["absent.jsonl"]);
    })
    .await;
}

#[actix_web::test]
async fn what_was_added_to_the_trail_shows() {
    on_each_database(async |db| {
        let site = site_with_history(db.url()).await;
        site.run(&["audit", "archive", "--older-than", "30"]).await.expect(0);
        let sql = site.sql().await;
        let expect = async |reason: &str| {
            let found = site.run(&["audit", "verify"]).await;
            assert!(found.expect(1).contains(reason), "{reason} in {}", found.stdout);
        };
        let first: i64 = sql.one("SELECT MIN(sequence) FROM admin_audit_log").await;
        let (row, id) = (
            format!("sequence = {first}"),
            if db.url().starts_with("sqlite") { "zeroblob(16)" } else { "gen_random_uuid()" },
        );
        plant(&sql, &row, &format!("id = {id}, sequence = 1")).await;
        expect("BROKEN at sequence 1, id ").await;
        expect("ENTRY_ADDED").await;
        sql.run("DELETE FROM admin_audit_log WHERE sequence = 1").await;
        plant(
            &sql,
            &row,
            &format!("id = {id}, sequence = NULL, hash = NULL, created_at = '2020-01-01T00:00:00+00:00'"),
        )
        .await;
        expect("ENTRY_BACK_DATED").await;
        sql.run("DELETE FROM admin_audit_log WHERE sequence IS NULL").await;
        sql.run("DROP INDEX uq_admin_audit_log_sequence").await;
        let last: i64 = sql.one("SELECT MAX(sequence) FROM admin_audit_log").await;
        plant(&sql, &format!("sequence = {last}"), &format!("id = {id}")).await;
        expect("BROKEN at ").await;
    })
    .await;
}

#[actix_web::test]
async fn a_cut_tail_shows_under_another_spelling_and_an_exchanged_identity_is_refused() {
    on_each_database(async |db| {
        let mut site = site_with_history(db.url()).await;
        let respelled = match db.url().strip_prefix("sqlite://") {
            Some(path) => {
                let path = std::path::Path::new(path.split('?').next().unwrap_or(path));
                let (folder, name) = (path.parent().expect("a directory"), path.file_name().expect("a name"));
                format!("sqlite://{}/./{}?mode=rwc", folder.display(), name.to_string_lossy())
            }
            // Where it really is, the parameter `host` says.
            None => db.url().replace("@localhost/", "@elsewhere/"),
        };
        site.set("DATABASE_URL", respelled);
        site.run(&["audit", "verify"]).await.expect(0);
        let sql = site.sql().await;
        sql.run("CREATE TABLE identity AS SELECT * FROM audit_identity").await;
        let other = if db.url().starts_with("sqlite") { "zeroblob(16)" } else { "gen_random_uuid()" };
        sql.run(&format!("UPDATE audit_identity SET id = {other}")).await;
        let found = site.run(&["audit", "verify"]).await;
        assert!(found.expect(1).contains("NOT VERIFIED (OTHER_DATABASE)"), "{}", found.stdout);
        sql.run("DELETE FROM audit_identity").await;
        let found = site.run(&["audit", "verify"]).await;
        assert!(found.expect(1).contains("NOT VERIFIED (NO_IDENTITY)"), "{}", found.stdout);
        sql.run("INSERT INTO audit_identity SELECT * FROM identity").await;
        let last: i64 = sql.one("SELECT MAX(sequence) FROM admin_audit_log").await;
        sql.run(&format!("DELETE FROM admin_audit_log WHERE sequence = {last}")).await;
        let cut = site.run(&["audit", "verify"]).await;
        assert!(cut.expect(1).contains(&format!("BROKEN at sequence {last}: it is missing")), "{}", cut.stdout);
    })
    .await;
}

#[actix_web::test]
async fn a_new_database_is_verified_from_its_first_checkpoint_on() {
    on_each_database(async |db| {
        let site = Site::on(db.url());
        let none = site.run(&["audit", "verify"]).await;
        assert!(none.expect(1).contains("NOT VERIFIED (NO_CHECKPOINT)"), "{}", none.stdout);
        add_admin(&site).await;
        // The verification seals the first entries, and a chain that begins gets its checkpoint at once.
        let begun = site.run(&["audit", "verify"]).await;
        assert!(begun.expect(0).starts_with("verified: 1 entries, 1 checkpoints"), "{}", begun.stdout);
        std::fs::remove_dir_all(site.path("data/audit")).expect("removes");
        let lost = site.run(&["audit", "verify"]).await;
        assert!(lost.expect(1).contains("NOT VERIFIED (NO_CHECKPOINT)"), "{}", lost.stdout);
        let again = site.run(&["audit", "verify"]).await;
        assert!(again.expect(1).contains("NO_CHECKPOINT"), "a verification vouches for nothing: {}", again.stdout);
    })
    .await;
}

/// The third line tells of another status.
fn forge(index: usize, line: &str) -> String {
    if index != 2 {
        return line.to_owned();
    }
    let mut entry: serde_json::Value = serde_json::from_str(line).expect("JSON");
    entry["statusCode"] = 418.into();
    entry.to_string()
}

/// Rows of the trail under another id, changed, in the same table.
async fn plant(sql: &Sql, rows: &str, change: &str) {
    sql.run(&format!("CREATE TABLE forged AS SELECT * FROM admin_audit_log WHERE {rows}")).await;
    sql.run(&format!("UPDATE forged SET {change}")).await;
    sql.run("INSERT INTO admin_audit_log SELECT * FROM forged").await;
    sql.run("DROP TABLE forged").await;
}
