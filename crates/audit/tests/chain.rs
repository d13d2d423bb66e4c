//! The chain on real databases: what is sealed verifies, and whatever is done to it shows.

mod common;

use audit::{AuditKeys, Broken, CheckpointFile, Reason, Sealer, Verifier, repository::CheckpointLog};
use chrono::TimeDelta;
use common::{Bench, ROOT, admin, created};
use kernel::{Audience, AuditEntry, Caller, RequestContext, Transactor};
use platform::Engine;
use sea_orm::ConnectionTrait;
use std::sync::Arc;
use test_support::{eventually, on_each_database};

#[tokio::test]
async fn what_is_sealed_verifies_in_order() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        assert_eq!(bench.verify().await.reason, Some(Reason::NoCheckpoint), "nobody has vouched for anything");
        bench.fill(3).await;
        bench.record(&RequestContext::system("scheduler", "job"), AuditEntry::done("A", "b", "c")).await;
        let anonymous = admin(9).acting_as(Caller::anonymous(Audience::Tenant));
        bench.record(&anonymous, AuditEntry::refused("LOGIN_FAILED", "session", 401, "INVALID_CREDENTIALS")).await;
        assert_eq!(bench.seal().await, 5);
        assert_eq!(bench.seal().await, 0, "nothing is sealed twice");
        bench.fill(2).await;
        assert_eq!(bench.seal().await, 2);
        let found = bench.verify().await;
        assert!(found.verified());
        assert_eq!((found.checked, found.checkpoints), (7, 2));
    })
    .await;
}

#[tokio::test]
async fn every_changed_column_is_found() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(4).await;
        bench.seal().await;
        let uuid = match bench.db.engine() {
            Engine::Postgres => "'00000000-0000-0000-0000-00000000beef'",
            Engine::Sqlite => "x'0000000000000000000000000000beef'",
        };
        let digest = "a".repeat(64);
        let changes = [
            ("id", uuid.to_owned()),
            ("actor_type", "'SYSTEM'".to_owned()),
            ("actor_type", "'NOBODY'".to_owned()),
            ("actor_id", uuid.to_owned()),
            ("actor_role", "'SUPER_ADMIN'".to_owned()),
            ("action", "'TENANT_UPDATED'".to_owned()),
            ("resource", "'admin_user'".to_owned()),
            ("resource_id", "NULL".to_owned()),
            ("tenant_id", uuid.to_owned()),
            ("tenant_user_id", uuid.to_owned()),
            ("changes", r#"'{"name":{"from":null,"to":"Other"}}'"#.to_owned()),
            ("changes", "NULL".to_owned()),
            ("status_code", "200".to_owned()),
            ("status_code", "-1".to_owned()),
            ("error_message", "'X'".to_owned()),
            ("ip_address", "'198.51.100.1'".to_owned()),
            ("ip_address", "NULL".to_owned()),
            ("user_agent", "'curl'".to_owned()),
            ("request_id", "'other'".to_owned()),
            ("created_at", "'2020-01-01T00:00:00+00:00'".to_owned()),
            ("personal_digest", format!("'{digest}'")),
            ("previous_hash", format!("'{digest}'")),
            ("hash", format!("'{digest}'")),
            ("hash", "NULL".to_owned()),
        ];
        for (column, value) in changes {
            bench.sql("CREATE TABLE keep AS SELECT * FROM admin_audit_log WHERE sequence = 3").await;
            bench.sql(&format!("UPDATE admin_audit_log SET {column} = {value} WHERE sequence = 3")).await;
            let found = bench.verify().await;
            assert_eq!(found.first_broken.map(|broken| broken.sequence), Some(Some(3)), "{column} = {value}");
            assert_eq!(found.checked, 2);
            bench.sql("DELETE FROM admin_audit_log WHERE sequence = 3").await;
            bench.sql("INSERT INTO admin_audit_log SELECT * FROM keep").await;
            bench.sql("DROP TABLE keep").await;
            assert!(bench.verify().await.verified(), "restored after {column}");
        }
    })
    .await;
}

#[tokio::test]
async fn missing_and_exchanged_entries_are_found() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(6).await;
        bench.seal().await;
        let broken = |sequence| Some(Broken { sequence: Some(sequence), id: None });
        let cases = [
            ("DELETE FROM admin_audit_log WHERE sequence = 3", 3, "a missing middle"),
            ("DELETE FROM admin_audit_log WHERE sequence = 1", 1, "a cut head"),
            ("DELETE FROM admin_audit_log WHERE sequence > 4", 5, "a cut tail"),
            ("DELETE FROM admin_audit_log", 1, "nothing left"),
        ];
        for (sql, sequence, what) in cases {
            bench.sql("CREATE TABLE keep AS SELECT * FROM admin_audit_log").await;
            bench.sql(sql).await;
            assert_eq!(bench.verify().await.first_broken, broken(sequence), "{what}");
            bench.sql("DELETE FROM admin_audit_log").await;
            bench.sql("INSERT INTO admin_audit_log SELECT * FROM keep").await;
            bench.sql("DROP TABLE keep").await;
        }
        bench.sql("UPDATE admin_audit_log SET sequence = 100 WHERE sequence = 2").await;
        bench.sql("UPDATE admin_audit_log SET sequence = 2 WHERE sequence = 3").await;
        bench.sql("UPDATE admin_audit_log SET sequence = 3 WHERE sequence = 100").await;
        assert_eq!(bench.verify().await.first_broken.and_then(|broken| broken.sequence), Some(2), "exchanged");
    })
    .await;
}

#[tokio::test]
async fn a_rehash_is_found_with_a_wrong_key_and_with_the_right_one() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(5).await;
        bench.seal().await;
        let unseal = "UPDATE admin_audit_log SET sequence = NULL, hash = NULL, previous_hash = NULL";
        bench.sql(unseal).await;
        bench.sql("UPDATE admin_audit_log SET action = 'NOTHING_HAPPENED' WHERE action = 'TENANT_CREATED'").await;
        let forger = bench.rekeyed(AuditKeys::new(&[9; 32], &[]));
        Sealer::new(&forger).seal_pending().await.expect("seals");
        assert_eq!(bench.verify().await.first_broken.and_then(|broken| broken.sequence), Some(1), "a wrong key");
        // Even somebody with the key cannot undo the checkpoint outside the database.
        bench.sql(unseal).await;
        bench.seal().await;
        assert_eq!(bench.verify().await.first_broken.and_then(|broken| broken.sequence), Some(1), "the right key");
        // Nor by a chain that is longer.
        bench.fill(3).await;
        bench.seal().await;
        assert_eq!(bench.verify().await.first_broken.and_then(|broken| broken.sequence), Some(1), "a longer chain");
    })
    .await;
}

#[tokio::test]
async fn a_damaged_checkpoint_file_shows() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(2).await;
        bench.seal().await;
        let path = bench.directory.path().join("audit/checkpoints.jsonl");
        let text = std::fs::read_to_string(&path).expect("checkpoints");
        std::fs::write(&path, text.replace("\"count\":2", "\"count\":1")).expect("writes");
        let found = bench.verify().await;
        assert!(!found.verified());
        assert_eq!((found.first_broken, found.reason), (None, Some(Reason::CheckpointChanged)));
        std::fs::write(&path, &text).expect("writes");
        assert!(bench.verify().await.verified());
        // A checkpoint that a power cut left in half does not count, and the next mends the file.
        std::fs::write(&path, format!("{text}{{\"data")).expect("writes");
        assert_eq!(bench.deps.checkpoints.read().await.expect("reads").len(), 1);
        let checkpoint = bench.deps.checkpoints.read().await.expect("reads")[0].clone().expect("whole");
        CheckpointFile::under(bench.directory.path()).append(&checkpoint).await.expect("appends");
        assert_eq!(std::fs::read_to_string(&path).expect("reads"), format!("{text}{text}"));
    })
    .await;
}

#[tokio::test]
async fn changed_keys_still_verify_what_the_old_ones_sealed() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(2).await;
        bench.seal().await;
        let rotated = bench.rekeyed(AuditKeys::new(&[8; 32], &[ROOT]));
        bench.fill(2).await;
        Sealer::new(&rotated).finish().await.expect("seals");
        let found = Verifier::new(&rotated).verify().await.expect("reads");
        assert!(found.verified() && found.checked == 4 && found.checkpoints == 2);
    })
    .await;
}

#[tokio::test]
async fn writers_and_sealers_in_parallel_make_one_chain() {
    on_each_database(async |db| {
        let bench = Arc::new(Bench::new(db));
        let stop = tokio_util::sync::CancellationToken::new();
        let sealers: Vec<_> = (0..2)
            .map(|_| {
                let (sealer, stop) = (Sealer::new(&bench.deps), stop.clone());
                tokio::spawn(async move { sealer.run(stop).await })
            })
            .collect();
        let writers: Vec<_> = (0..8)
            .map(|writer: u128| {
                let bench = Arc::clone(&bench);
                tokio::spawn(async move {
                    for number in 0..25 {
                        let mut tx = bench.db.begin().await.expect("begins");
                        let trail = &bench.deps.trail;
                        trail.record_in(&mut tx, &admin(writer), created(number)).await.expect("records");
                        if number % 5 == 4 {
                            tx.rollback().await.expect("rolls back");
                        } else {
                            tx.commit().await.expect("commits");
                        }
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.expect("writes");
        }
        let chain = &bench.deps.chain;
        eventually("all is sealed", async || chain.oldest_unsealed().await.expect("reads").is_none().then_some(()))
            .await;
        stop.cancel();
        for sealer in sealers {
            sealer.await.expect("ends");
        }
        let found = bench.verify().await;
        assert!(found.verified(), "{found:?}");
        assert_eq!(found.checked, 160, "what was rolled back left nothing");
        assert!(found.checkpoints > 0, "a checkpoint is left at the end");
    })
    .await;
}

#[tokio::test]
async fn what_a_late_transaction_commits_is_sealed_after_what_was_there() {
    on_each_database(async |db| {
        if db.database().engine() == Engine::Sqlite {
            return; // One writer: nothing can be late.
        }
        let bench = Bench::new(db);
        let mut late = bench.db.begin().await.expect("begins");
        bench.deps.trail.record_in(&mut late, &admin(1), created(1)).await.expect("records");
        bench.clock.advance(TimeDelta::seconds(5));
        bench.fill(2).await;
        bench.seal().await;
        late.commit().await.expect("commits");
        assert_eq!(bench.seal().await, 1);
        let found = bench.verify().await;
        assert!(found.verified() && found.checked == 3);
        assert_eq!(bench.deps.chain.find_head().await.expect("reads").expect("a head").head.sequence, 3);
    })
    .await;
}

#[tokio::test]
async fn an_erased_person_leaves_a_valid_chain() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.record(&admin(1), created(1)).await;
        bench.clock.advance(TimeDelta::seconds(1));
        bench.record(&admin(2), created(2)).await;
        bench.seal().await;
        bench.record(&admin(1), created(3)).await;
        let person = audit::ActorRef::Admin(kernel::AdminId(uuid::Uuid::from_u128(1)));
        let erased = audit::Eraser::new(&bench.deps).erase_person(&admin(2), person).await.expect("erases");
        assert_eq!(erased, 2, "sealed or not");
        // A request that was under way when the person was erased.
        bench.record(&admin(1), created(4)).await;
        assert_eq!(bench.seal().await, 3);
        let found = bench.verify().await;
        assert!(found.verified(), "{found:?}");
        let left = "SELECT COUNT(*) AS n FROM admin_audit_log WHERE request_id = 'req-1' AND ip_address IS NOT NULL";
        let statement = sea_orm::Statement::from_string(bench.db.reader().get_database_backend(), left);
        let row = bench.db.reader().query_one_raw(statement).await.expect("reads").expect("a row");
        assert_eq!(row.try_get::<i64>("", "n").expect("a number"), 0);
        // Taking a salt away without the key is no erasure.
        bench.sql("UPDATE audit_person_keys SET salt = NULL, erasure_proof = 'x' WHERE salt IS NOT NULL").await;
        bench.sql("UPDATE admin_audit_log SET ip_address = NULL, user_agent = NULL").await;
        assert_eq!(bench.verify().await.first_broken.and_then(|broken| broken.sequence), Some(2));
    })
    .await;
}
