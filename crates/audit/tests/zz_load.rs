mod common;
use audit::*;
use chrono::TimeDelta;
use common::*;
use futures::StreamExt;
use kernel::*;
use std::time::Instant;
fn rss() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find(|l| l.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}
#[tokio::test]
async fn load() {
    test_support::on_each_database(async |db| {
        let bench = Bench::new(&db);
        println!("engine {:?}", bench.db.engine());
        let t = Instant::now();
        for chunk in 0..200u32 {
            let mut tx = bench.db.begin().await.unwrap();
            for n in 0..1000u32 {
                bench.clock.advance(TimeDelta::milliseconds(10));
                bench
                    .ports
                    .trail
                    .record_in(&mut tx, &admin(u128::from(n % 50)), created(chunk * 1000 + n))
                    .await
                    .unwrap();
            }
            tx.commit().await.unwrap();
        }
        println!("insert {:?} rss {}", t.elapsed(), rss());
        let t = Instant::now();
        println!("sealed {} in {:?} rss {}", bench.seal().await, t.elapsed(), rss());
        for format in [ExportFormat::Csv, ExportFormat::JsonLines] {
            let t = Instant::now();
            let mut s = Exporter::new(&bench.ports).export(&admin(1), AuditFilter::default(), format).await.unwrap();
            let (mut bytes, mut top) = (0, 0);
            while let Some(c) = s.next().await {
                bytes += c.unwrap().len();
                top = top.max(rss());
            }
            println!("{format:?} {} MB in {:?}, top rss {top}", bytes >> 20, t.elapsed());
        }
        let t = Instant::now();
        println!("verify {:?} in {:?} rss {}", bench.verify().await, t.elapsed(), rss());
        let log = AuditLog::new(&bench.ports);
        let t = Instant::now();
        log.summary(None).await.unwrap();
        println!("summary {:?}", t.elapsed());
        let page = |start| kernel::page::PageRequest {
            limit: 50,
            start,
            sort: kernel::page::Sort { field: AuditSort::CreatedAt, direction: kernel::page::Direction::Descending },
        };
        for (what, f) in [
            ("all", AuditFilter::default()),
            ("tenant", AuditFilter::of_tenant(tenant())),
            ("admin", AuditFilter { admin_id: Some(AdminId(uuid::Uuid::from_u128(3))), ..Default::default() }),
        ] {
            let t = Instant::now();
            let total = log.search(&f, &page(kernel::page::Start::Offset(0))).await.unwrap().total;
            println!("list {what} {total} {:?}", t.elapsed());
        }
        bench.clock.advance(TimeDelta::days(800));
        let t = Instant::now();
        let a = Archiver::new(&bench.ports, bench.directory.path())
            .run(&RequestContext::system("x", "y"), Archiver::DEFAULT_AGE)
            .await
            .unwrap();
        println!("archived {} in {} files {:?} rss {}", a.entries, a.files.len(), t.elapsed(), rss());
        println!("verify {:?}", bench.verify().await.verified());
    })
    .await;
}
