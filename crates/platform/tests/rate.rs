//! Counts in windows of time, and refused calls in the trail, on both databases.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use chrono::TimeDelta;
use futures::future::join_all;
use kernel::{
    Audience, AuditEntry, AuditTrail, Caller, Clock, RequestContext, StoreError, Transactor, Tx,
    rate::{Counted, RateLimit, RateWindows, key},
};
use platform::{
    Database,
    jobs::Job,
    refusals::{Refusal, Refusals, Refused},
    store::SeaRateWindows,
};
use test_support::{FixedClock, on_each_database};
use tokio_util::sync::CancellationToken;

const HOUR: Duration = Duration::from_secs(3600);

#[derive(Default)]
struct Trail(Mutex<Vec<(RequestContext, AuditEntry)>>);

#[async_trait]
impl AuditTrail for Trail {
    async fn record_in(&self, _: &mut Tx, context: &RequestContext, entry: AuditEntry) -> Result<(), StoreError> {
        self.0.lock().expect("not poisoned").push((context.clone(), entry));
        Ok(())
    }
}

async fn count(db: &Database, windows: &SeaRateWindows, key: &str) -> Counted {
    let mut tx = db.begin().await.expect("begins");
    let counted = windows.count_in(&mut tx, key, HOUR).await.expect("counts");
    tx.commit().await.expect("commits");
    counted
}

#[tokio::test]
async fn parallel_ones_are_all_counted_and_a_new_window_begins_anew() {
    on_each_database(async |db| {
        let (db, clock) = (db.database(), Arc::new(FixedClock::default()));
        let windows = SeaRateWindows::new(Arc::<FixedClock>::clone(&clock));
        let (mine, other) = (key(&["a", "b"]), key(&["ab", ""]));
        let mut counts: Vec<_> =
            join_all((0..20).map(|_| count(db, &windows, &mine))).await.iter().map(|counted| counted.count).collect();
        counts.sort_unstable();
        assert_eq!(counts, (1..=20).collect::<Vec<_>>());
        assert_eq!(count(db, &windows, &other).await.count, 1, "parts do not run together");

        clock.advance(TimeDelta::minutes(50));
        let late = count(db, &windows, &mine).await;
        let limit = RateLimit::hourly(20);
        assert_eq!(late.retry_after(limit, clock.now()), Some(Duration::from_secs(600)));
        assert_eq!(late.retry_after(RateLimit::hourly(21), clock.now()), None);
        clock.advance(TimeDelta::minutes(10));
        assert_eq!(count(db, &windows, &mine).await.count, 1);
    })
    .await;
}

#[tokio::test]
async fn a_thousand_refusals_leave_two_entries() {
    on_each_database(async |db| {
        let (db, clock) = (db.database(), Arc::new(FixedClock::default()));
        let windows = Arc::new(SeaRateWindows::new(Arc::<FixedClock>::clone(&clock)));
        let trail = Arc::new(Trail::default());
        let refusals = Refusals::new(windows, Arc::clone(&trail) as _, Arc::new(db.clone()));
        let context = RequestContext {
            caller: Caller::anonymous(Audience::Admin),
            ip: Some([203, 0, 113, 7].into()),
            user_agent: Some("test".to_owned()),
            request_id: "r1".to_owned(),
        };
        let refuse = async |key: &str| {
            let refusal = Refusal {
                what: Refused::SignIn(Audience::Admin),
                resource_id: None,
                tenant_id: None,
                tenant_user_id: None,
                status: 429,
                code: "ACCOUNT_LOCKED".to_owned(),
            };
            refusals.record(&context, refusal, key, HOUR).await.expect("recorded");
        };
        let close = async || refusals.run(&CancellationToken::new()).await.expect("runs");
        let recorded = || {
            let entries = trail.0.lock().expect("not poisoned");
            entries.iter().map(|(_, entry)| entry.changes.to_value()["refusals"]["to"].as_i64()).collect::<Vec<_>>()
        };
        for _ in 0..1_000 {
            refuse("one").await;
        }
        refuse("two").await;
        close().await;
        assert_eq!(recorded(), [None, None], "the windows still run");
        clock.advance(TimeDelta::hours(1));
        close().await;
        close().await;
        assert_eq!(recorded(), [None, None, Some(1_000)], "a single one is told already");
        {
            let entries = trail.0.lock().expect("not poisoned");
            let (context, entry) = &entries[2];
            assert_eq!((context.caller, context.ip), (Caller::anonymous(Audience::Admin), None));
            assert_eq!((entry.action, entry.status_code), ("LOGIN_FAILED", 429));
            assert_eq!(entry.error_message.as_deref(), Some("ACCOUNT_LOCKED"));
        }
        // Whoever comes before the job tells of the window before.
        for _ in 0..3 {
            refuse("one").await;
        }
        clock.advance(TimeDelta::hours(1));
        refuse("one").await;
        assert_eq!(recorded()[3..], [None, Some(3), None]);
    })
    .await;
}
