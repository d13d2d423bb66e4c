//! What was added, what was left without a place, and a database that passes itself off as another: all of it shows.

mod common;

use std::sync::Arc;

use audit::{
    Archiver, Broken, CheckpointFile, Dependencies, KeyUse, Noted, Reason, Sealer, Verification, Verifier,
    repository::CheckpointLog,
};
use chrono::{SecondsFormat, TimeDelta};
use common::{Bench, admin, created};
use kernel::{AuditEntryId, RequestContext, Transactor};
use test_support::{eventually, on_each_database};
use uuid::Uuid;

const FORGED: u128 = 0xf0f0;

fn forged(sequence: Option<i64>) -> Option<Broken> {
    Some(Broken { sequence, id: Some(AuditEntryId(Uuid::from_u128(FORGED))) })
}

async fn verify(deps: &Dependencies) -> Verification {
    Verifier::new(deps).verify().await.expect("reads")
}

/// The lines of the checkpoint file.
fn lines(bench: &Bench) -> Vec<String> {
    let path = bench.directory.path().join("audit/checkpoints.jsonl");
    std::fs::read_to_string(path).map_or_else(|_| Vec::new(), |text| text.lines().map(str::to_owned).collect())
}

#[tokio::test]
async fn entries_at_or_below_the_end_of_the_archive_are_found() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(5).await;
        bench.clock.advance(TimeDelta::days(800));
        bench.fill(2).await;
        bench.seal().await;
        bench.sql("CREATE TABLE keep AS SELECT * FROM admin_audit_log WHERE sequence <= 5").await;
        let system = RequestContext::system("scheduler", "job");
        let archiver = Archiver::new(&bench.deps, bench.directory.path());
        assert_eq!(archiver.run(&system, Archiver::DEFAULT_AGE).await.expect("archives").entries, 5);
        bench.seal().await;
        assert!(bench.verify().await.verified());
        bench.sql("INSERT INTO admin_audit_log SELECT * FROM keep WHERE sequence = 5").await;
        let found = bench.verify().await;
        assert_eq!(found.reason, Some(Reason::EntryAdded), "an archived entry, put back");
        assert_eq!(found.first_broken.and_then(|broken| broken.sequence), Some(5));
        bench.sql("DELETE FROM admin_audit_log WHERE sequence = 5").await;
        for sequence in [3, 0, -7] {
            let change = format!("id = {}, sequence = {sequence}, action = 'NOTHING'", bench.id(FORGED));
            bench.forge("sequence = 6", &change).await;
            let found = bench.verify().await;
            assert_eq!((found.first_broken, found.reason), (forged(Some(sequence)), Some(Reason::EntryAdded)));
            bench.sql(&format!("DELETE FROM admin_audit_log WHERE sequence = {sequence}")).await;
        }
        assert!(bench.verify().await.verified());
        // The record of an older archive is part of the count.
        bench.clock.advance(TimeDelta::days(800));
        assert_eq!(archiver.run(&system, Archiver::DEFAULT_AGE).await.expect("archives").entries, 3);
        bench.seal().await;
        assert!(bench.verify().await.verified());
        bench.sql("DELETE FROM audit_archives WHERE first_sequence = 1").await;
        assert_eq!(bench.verify().await.reason, Some(Reason::ArchiveChanged));
    })
    .await;
}

#[tokio::test]
async fn a_place_that_is_taken_twice_is_found_also_between_two_batches() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        let mut tx = bench.db.begin().await.expect("begins");
        for number in 0..1_002 {
            bench.deps.trail.record_in(&mut tx, &admin(1), created(number)).await.expect("records");
        }
        tx.commit().await.expect("commits");
        assert_eq!(bench.seal().await, 1_002);
        bench.sql("DROP INDEX uq_admin_audit_log_sequence").await;
        for sequence in [1, 500, 1_000, 1_002] {
            let change = format!("id = {}, action = 'NOTHING'", bench.id(FORGED));
            bench.forge(&format!("sequence = {sequence}"), &change).await;
            let found = bench.verify().await;
            assert!(!found.verified(), "{sequence} twice");
            bench.sql(&format!("DELETE FROM admin_audit_log WHERE id = {}", bench.id(FORGED))).await;
        }
        assert!(bench.verify().await.verified());
    })
    .await;
}

#[tokio::test]
async fn a_back_dated_entry_gets_no_place_and_is_named() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(2).await;
        bench.clock.advance(TimeDelta::days(1));
        bench.fill(2).await;
        bench.seal().await;
        let unseal = "sequence = NULL, personal_digest = NULL, previous_hash = NULL, hash = NULL";
        bench.forge("sequence = 1", &format!("id = {}, {unseal}, action = 'NOTHING'", bench.id(FORGED))).await;
        assert_eq!(bench.seal().await, 0, "nobody vouches for it");
        let found = bench.verify().await;
        assert_eq!((found.first_broken, found.reason), (forged(None), Some(Reason::EntryBackDated)));
        bench.fill(1).await;
        assert_eq!(bench.seal().await, 1, "it is in nobody's way");
        assert_eq!(bench.verify().await.first_broken, forged(None));
        bench.sql(&format!("DELETE FROM admin_audit_log WHERE id = {}", bench.id(FORGED))).await;
        assert!(bench.verify().await.verified());
        // A clock that went back: what comes is sealed all the same.
        bench.clock.advance(TimeDelta::days(-2));
        bench.fill(1).await;
        assert_eq!(bench.seal().await, 1);
        assert!(bench.verify().await.verified());
    })
    .await;
}

#[tokio::test]
async fn an_entry_from_the_future_gets_no_place_and_is_named() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(2).await;
        bench.seal().await;
        bench.clock.advance(TimeDelta::days(400));
        bench.fill(1).await;
        bench.clock.advance(TimeDelta::days(-400));
        assert_eq!(bench.seal().await, 0, "nobody vouches for it");
        let found = bench.verify().await;
        assert!(found.reason.is_some(), "{found:?}");
        bench.fill(1).await;
        assert_eq!(bench.seal().await, 1, "it is in nobody's way");
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_has_lost_its_place_is_named_and_not_sealed_again() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(3).await;
        bench.seal().await;
        bench.sql("UPDATE admin_audit_log SET sequence = NULL WHERE sequence = 3").await;
        assert_eq!(bench.seal().await, 0);
        let found = bench.verify().await;
        assert!(!found.verified(), "{found:?}");
    })
    .await;
}

#[tokio::test]
async fn an_entry_that_is_never_sealed_is_named_and_stops_nobody() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(2).await;
        bench.seal().await;
        let unseal = "sequence = NULL, personal_digest = NULL, previous_hash = NULL, hash = NULL";
        bench.forge("sequence = 2", &format!("id = {}, {unseal}, actor_type = 'NOBODY'", bench.id(FORGED))).await;
        bench.fill(3).await;
        assert_eq!(bench.seal().await, 3);
        bench.clock.advance(TimeDelta::minutes(5));
        let found = bench.verify().await;
        assert_eq!((found.first_broken, found.reason), (forged(None), Some(Reason::EntryUnsealed)));
        let oldest = bench.deps.chain.oldest_unsealed().await.expect("reads").expect("one");
        assert!(kernel::Clock::now(bench.clock.as_ref()) - oldest > TimeDelta::minutes(5));
    })
    .await;
}

#[tokio::test]
async fn a_verification_seals_what_waits_and_a_new_chain_is_vouched_for_at_once() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(2).await;
        let found = bench.verify().await;
        assert!(found.verified(), "{found:?}");
        assert_eq!((found.checked, found.checkpoints), (2, 1));
        bench.fill(1).await;
        let found = bench.verify().await;
        assert_eq!((found.verified(), found.checked, found.checkpoints), (true, 3, 1));
    })
    .await;
}

#[tokio::test]
async fn an_empty_trail_is_vouched_for_by_its_first_checkpoint() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        assert_eq!(bench.verify().await.reason, Some(Reason::NoCheckpoint));
        assert_eq!(bench.seal().await, 0);
        let found = bench.verify().await;
        assert_eq!((found.reason, found.checked, found.checkpoints), (None, 0, 1));
        bench.fill(1).await;
        assert!(bench.verify().await.verified());
    })
    .await;
}

#[tokio::test]
async fn without_a_checkpoint_nothing_is_verified() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(3).await;
        bench.seal().await;
        let elsewhere = tempfile::tempdir().expect("a directory");
        let deps =
            Dependencies { checkpoints: Arc::new(CheckpointFile::under(elsewhere.path())), ..bench.deps.clone() };
        let found = verify(&deps).await;
        assert_eq!((found.checked, found.checkpoints, found.first_broken), (3, 0, None));
        assert_eq!(found.reason, Some(Reason::NoCheckpoint), "a verification does not vouch for itself");
        Sealer::new(&deps).finish().await.expect("notes");
        assert!(verify(&deps).await.verified(), "another node, from its first checkpoint on");
    })
    .await;
}

#[tokio::test]
async fn a_cut_tail_shows_by_whatever_name_the_database_is_opened() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(4).await;
        bench.seal().await;
        bench.sql("DELETE FROM admin_audit_log WHERE sequence = 4").await;
        let before = lines(&bench);
        for name in ["test", "other"] {
            let deps = Dependencies { former_name: name.to_owned(), ..bench.deps.clone() };
            let found = verify(&deps).await;
            assert_eq!(found.first_broken, Some(Broken { sequence: Some(4), id: None }), "{name}");
            assert_eq!(Sealer::new(&deps).checkpoint().await.expect("reads"), Noted::Contradicted(3));
        }
        bench.fill(3).await;
        bench.seal().await;
        assert_eq!(lines(&bench), before, "nobody vouches for what was cut");
        assert_eq!(bench.verify().await.reason, Some(Reason::CheckpointContradicted));
    })
    .await;
}

#[tokio::test]
async fn an_identity_that_was_exchanged_lost_or_doubled_is_refused() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(3).await;
        bench.seal().await;
        bench.sql("CREATE TABLE identity AS SELECT * FROM audit_identity").await;
        let other = bench.id(7);
        let unseal = "UPDATE admin_audit_log SET sequence = NULL, hash = NULL, previous_hash = NULL";
        let digest = "a".repeat(64);
        let cases: [(&str, Vec<String>, Reason); 5] = [
            ("lost", vec!["DELETE FROM audit_identity".into()], Reason::NoIdentity),
            ("doubled", vec![format!("INSERT INTO audit_identity (id) VALUES ({other})")], Reason::NoIdentity),
            ("another id", vec![format!("UPDATE audit_identity SET id = {other}")], Reason::OtherDatabase),
            (
                "another beginning",
                vec![format!("UPDATE audit_identity SET genesis_hash = '{digest}'")],
                Reason::CheckpointContradicted,
            ),
            (
                "all of it anew, under another id",
                vec![
                    format!("UPDATE audit_identity SET id = {other}, genesis_hash = NULL"),
                    unseal.to_owned(),
                    "UPDATE admin_audit_log SET action = 'NOTHING'".to_owned(),
                ],
                Reason::OtherDatabase,
            ),
        ];
        for (what, changes, reason) in cases {
            for change in changes {
                bench.sql(&change).await;
            }
            // The sealer goes on, and its checkpoints do not help.
            let _ = Sealer::new(&bench.deps).finish().await;
            assert_eq!(bench.verify().await.reason, Some(reason), "{what}");
            bench.sql("DELETE FROM audit_identity").await;
            bench.sql("INSERT INTO audit_identity SELECT * FROM identity").await;
        }
    })
    .await;
}

#[tokio::test]
async fn the_beginning_is_noted_again_only_as_it_was() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(3).await;
        bench.seal().await;
        bench.sql("UPDATE audit_identity SET genesis_hash = NULL").await;
        bench.fill(1).await;
        bench.seal().await;
        let found = bench.verify().await;
        assert_eq!((found.reason, found.checkpoints), (None, 2), "the same chain");
    })
    .await;
}

/// A checkpoint as former versions wrote it.
async fn former_line(bench: &Bench, database: &str) -> String {
    let head = bench.deps.chain.find_head().await.expect("reads").expect("a head").head;
    let at = kernel::Clock::now(bench.clock.as_ref());
    let mut encoding = vec![1];
    let at_text = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    let parts = [database.as_bytes(), &head.sequence.to_le_bytes(), head.hash.as_bytes(), at_text.as_bytes()];
    for part in parts {
        encoding.push(1);
        encoding.extend_from_slice(&(part.len() as u64).to_le_bytes());
        encoding.extend_from_slice(part);
    }
    let mac = bench.deps.keys.sign(KeyUse::Checkpoint, &[&encoding]);
    let line =
        serde_json::json!({ "database": database, "count": head.sequence, "head": head.hash, "at": at, "mac": mac });
    format!("{line}\n")
}

#[tokio::test]
async fn checkpoints_of_former_versions_still_vouch() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(3).await;
        bench.seal().await;
        let path = bench.directory.path().join("audit/checkpoints.jsonl");
        // As an upgrade finds it.
        bench.sql("UPDATE audit_identity SET genesis_hash = NULL").await;
        std::fs::write(&path, former_line(&bench, "test").await + &former_line(&bench, "another").await)
            .expect("writes");
        let found = bench.verify().await;
        assert_eq!((found.reason, found.checkpoints), (None, 1));
        let renamed = Dependencies { former_name: "renamed".to_owned(), ..bench.deps.clone() };
        assert_eq!(verify(&renamed).await.reason, Some(Reason::NoCheckpoint));
        // The first checkpoint of this version; from then on the name does not matter.
        bench.seal().await;
        assert_eq!(bench.deps.checkpoints.read().await.expect("reads").len(), 3);
        assert!(verify(&renamed).await.verified());
        assert_eq!(bench.verify().await.checkpoints, 2);
        bench.sql("DELETE FROM admin_audit_log WHERE sequence = 3").await;
        assert!(!verify(&renamed).await.verified() && !bench.verify().await.verified());
    })
    .await;
}

#[tokio::test]
async fn a_node_that_never_seals_leaves_checkpoints_of_its_own() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        let elsewhere = tempfile::tempdir().expect("a directory");
        let checkpoints = Arc::new(CheckpointFile::under(elsewhere.path()));
        let idle = Dependencies { checkpoints: checkpoints.clone(), ..bench.deps.clone() };
        bench.fill(3).await;
        bench.seal().await;
        let stop = tokio_util::sync::CancellationToken::new();
        let running = tokio::spawn({
            let (sealer, stop) = (Sealer::new(&idle), stop.clone());
            async move { sealer.run(stop).await }
        });
        for count in [3, 5] {
            let newest = async || Some(checkpoints.read().await.expect("reads").pop()?.expect("whole").count);
            let is_kept = async || (newest().await == Some(count)).then_some(());
            eventually(&format!("a checkpoint of {count} is kept"), is_kept).await;
            bench.fill(2).await;
            bench.seal().await;
        }
        stop.cancel();
        running.await.expect("ends");
        bench.sql("DELETE FROM admin_audit_log WHERE sequence > 4").await;
        assert!(!verify(&idle).await.verified());
    })
    .await;
}
