//! Exports and archives on real databases, and their verification without one.

mod common;

use std::path::PathBuf;

use audit::{
    ActorRef, Archiver, AuditError, AuditFilter, AuditKeys, Eraser, ExportFormat, Exporter, FileReport, verify_file,
};
use chrono::TimeDelta;
use common::{Bench, ROOT, admin, created, tenant};
use futures::{StreamExt, TryStreamExt};
use kernel::{AdminId, AuditEntry, RequestContext};
use test_support::on_each_database;
use uuid::Uuid;

async fn export(bench: &Bench, filter: AuditFilter, format: ExportFormat) -> String {
    let stream = Exporter::new(&bench.deps).export(&admin(1), filter, format).await.expect("begins");
    let chunks: Vec<_> = stream.try_collect().await.expect("streams");
    String::from_utf8(chunks.concat()).expect("text")
}

fn verify_text(bench: &Bench, text: &str) -> FileReport {
    let path = bench.directory.path().join("export.jsonl");
    std::fs::write(&path, text).expect("writes");
    verify_file(&AuditKeys::new(&ROOT, &[]), &path).expect("reads")
}

#[tokio::test]
async fn csv_has_the_contract_s_columns_and_no_formulas() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        let mut evil = admin(1);
        evil.user_agent = Some("=cmd|' /C calc'!A0".to_owned());
        bench.record(&evil, AuditEntry::done("LOGOUT", "session", "-1, \"quoted\"\nand broken")).await;
        bench.seal().await;
        let text = export(&bench, AuditFilter::default(), ExportFormat::Csv).await;
        assert_eq!(text.lines().count(), 1, "an entry of this very instant is newer than the export: {text}");
        bench.clock.advance(TimeDelta::seconds(1));
        let text = export(&bench, AuditFilter::of_tenant(tenant()), ExportFormat::Csv).await;
        assert_eq!(text.trim_end(), audit::CSV_HEADER.join(","), "a header even without entries");
        let text = export(&bench, AuditFilter::default(), ExportFormat::Csv).await;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().collect::<Result<_, _>>().expect("csv");
        // All of one instant, so their ids decide about their order.
        let of = |action: &str| rows.iter().find(|row| &row[3] == action).expect("a row");
        assert_eq!(of("LOGOUT").len(), 12);
        assert_eq!(&of("LOGOUT")[5], "'-1, \"quoted\"\nand broken");
        assert_eq!(&of("LOGOUT")[8], "'=cmd|' /C calc'!A0");
        assert!(of("LOGOUT")[1].ends_with("<jo@example.com>"));
        assert_eq!(&of("AUDIT_EXPORTED")[4], "audit_log", "the earlier export is in the trail");
        assert_eq!(rows.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn an_export_comes_in_batches_without_gap_or_repeat() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        for batch in 0..25 {
            let mut tx = kernel::Transactor::begin(&bench.db).await.expect("begins");
            for number in 0..100 {
                let entry = created(batch * 100 + number);
                bench.deps.trail.record_in(&mut tx, &admin(u128::from(number)), entry).await.expect("records");
            }
            tx.commit().await.expect("commits");
        }
        bench.clock.advance(TimeDelta::seconds(1));
        assert_eq!(bench.seal().await, 2_500);
        let exporter = Exporter::new(&bench.deps);
        let filter = AuditFilter::of_tenant(tenant());
        let mut stream = exporter.export(&admin(1), filter.clone(), ExportFormat::JsonLines).await.expect("begins");
        let mut sizes = Vec::new();
        let mut text = String::new();
        while let Some(chunk) = stream.next().await {
            let chunk = String::from_utf8(chunk.expect("streams").to_vec()).expect("text");
            sizes.push(chunk.lines().count());
            text.push_str(&chunk);
        }
        assert_eq!(sizes, [1_000, 1_000, 500]);
        let report = verify_text(&bench, &text);
        assert_eq!((report.checked, report.unsealed, report.first_problem), (2_500, 0, None));
    })
    .await;
}

#[tokio::test]
async fn whatever_is_done_to_an_exported_file_is_found() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(3).await;
        bench.record(&RequestContext::system("job", "r"), AuditEntry::done("A", "b", "c")).await;
        bench.seal().await;
        bench.clock.advance(TimeDelta::seconds(1));
        bench.record(&admin(2), created(9)).await;
        bench.clock.advance(TimeDelta::seconds(1));
        let text = export(&bench, AuditFilter::default(), ExportFormat::JsonLines).await;
        let report = verify_text(&bench, &text);
        assert_eq!((report.checked, report.unsealed, report.first_problem), (5, 1, None));
        let lines: Vec<&str> = text.lines().collect();
        let without = |skip: usize| {
            let stored = lines.iter().enumerate().filter(|(position, _)| *position != skip).map(|(_, line)| *line);
            stored.collect::<Vec<_>>().join("\n")
        };
        let swapped = [lines[1], lines[0], lines[2], lines[3], lines[4]].join("\n");
        let cases = [
            ("an action", text.replacen("TENANT_CREATED", "TENANT_DELETED", 1), 1),
            ("an address", text.replacen("203.0.113.9", "203.0.113.8", 1), 1),
            ("a name", text.replacen("jo@example.com", "jo@example.org", 1), 1),
            ("the unsealed entry", text.replace("Workshop 9", "Workshop 8"), 5),
            ("the first line", without(0), 1),
            ("a middle line", without(2), 3),
            ("the last line", without(4), 5),
            ("the order", swapped, 1),
            ("a line twice", format!("{text}{}\n", lines[4]), 6),
            ("garbage", text.replacen('{', "[", 1), 1),
        ];
        for (what, changed, line) in cases {
            assert_ne!(changed, text, "{what}");
            let problem = verify_text(&bench, &changed).first_problem.expect(what);
            assert_eq!(problem.line, line, "{what}: {problem:?}");
        }
        let path = bench.directory.path().join("export.jsonl");
        std::fs::write(&path, &text).expect("writes");
        let by_another_key = verify_file(&AuditKeys::new(&[1; 32], &[]), &path).expect("reads");
        assert_eq!(by_another_key.first_problem.expect("another key").line, 1);
    })
    .await;
}

#[tokio::test]
async fn archived_entries_leave_a_chain_that_verifies_on_both_sides() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(5).await;
        bench.record(&admin(2), created(7)).await;
        bench.clock.advance(TimeDelta::days(800));
        bench.fill(3).await;
        bench.seal().await;
        let archiver = Archiver::new(&bench.deps, bench.directory.path());
        let system = RequestContext::system("scheduler", "job");
        let archived = archiver.run(&system, Archiver::DEFAULT_AGE).await.expect("archives");
        let file: PathBuf = bench.directory.path().join("archive/audit-000000000001.jsonl.zst");
        assert_eq!((archived.entries, archived.files.as_slice()), (6, [file.clone()].as_slice()));
        assert_eq!(archiver.run(&system, Archiver::DEFAULT_AGE).await.expect("archives").entries, 0);
        bench.seal().await;
        let found = bench.verify().await;
        assert!(found.verified(), "{found:?}");
        assert_eq!(found.checked, 4, "three young ones and the archiving itself");
        let keys = AuditKeys::new(&ROOT, &[]);
        let report = verify_file(&keys, &file).expect("reads");
        assert_eq!((report.checked, report.first_problem), (6, None));

        let entries = archiver.open(&file).await.expect("opens");
        assert_eq!(entries.len(), 6);
        assert!(entries.iter().all(|entry| entry.ip_address.as_deref() == Some("203.0.113.9")));
        let packed = zstd::decode_all(std::fs::File::open(&file).expect("opens")).expect("unpacks");
        assert!(!String::from_utf8(packed).expect("text").contains("203.0.113.9"), "not in clear in the file");
        let person = ActorRef::Admin(AdminId(Uuid::from_u128(2)));
        Eraser::new(&bench.deps).erase_person(&admin(1), person).await.expect("erases");
        let entries = archiver.open(&file).await.expect("opens");
        let left: Vec<_> = entries.iter().map(|entry| entry.ip_address.is_some()).collect();
        assert_eq!(left, [true, true, true, true, true, false], "the erased one's is gone from the file too");

        // Everything archived: the next entry goes on where the file ended.
        bench.clock.advance(TimeDelta::days(800));
        bench.seal().await;
        archiver.run(&system, Archiver::DEFAULT_AGE).await.expect("archives");
        bench.seal().await;
        assert!(bench.verify().await.verified());
        bench.sql("UPDATE audit_archives SET last_sequence = last_sequence + 1").await;
        assert!(!bench.verify().await.verified(), "the record of an archive cannot be made up");
    })
    .await;
}

#[tokio::test]
async fn a_broken_chain_is_not_archived() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(5).await;
        bench.clock.advance(TimeDelta::days(800));
        bench.seal().await;
        bench.sql("UPDATE admin_audit_log SET action = 'X' WHERE sequence = 4").await;
        let archiver = Archiver::new(&bench.deps, bench.directory.path());
        let result = archiver.run(&RequestContext::system("job", "r"), TimeDelta::days(1)).await;
        assert!(matches!(result, Err(AuditError::ChainBroken { sequence: 4 })), "{result:?}");
        let files = std::fs::read_dir(bench.directory.path().join("archive")).map_or(0, Iterator::count);
        assert_eq!(files, 0);
    })
    .await;
}
