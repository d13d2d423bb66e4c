//! Search, totals and summaries on real databases.

mod common;

use std::{collections::HashMap, sync::Arc};

use audit::{ActorDirectory, ActorName, ActorRef, AuditFilter, AuditLog, AuditSort, DirectoryError, Eraser};
use chrono::TimeDelta;
use common::{Bench, admin, created, tenant};
use kernel::{
    AdminId, AuditEntry, Caller, LeavingPerson, Subject, TenantId, TenantRole, TenantUserId,
    page::{Cursor, Direction, PageRequest, Sort, Start},
};
use test_support::on_each_database;
use uuid::Uuid;

fn page(limit: u64, start: Start, direction: Direction) -> PageRequest<AuditSort> {
    PageRequest { limit, start, sort: Sort { field: AuditSort::CreatedAt, direction } }
}

fn first(limit: u64) -> PageRequest<AuditSort> {
    page(limit, Start::Offset(0), Direction::Descending)
}

#[tokio::test]
async fn pages_follow_each_other_both_ways_without_gap_or_repeat() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.fill(5).await;
        // Entries of one instant: the id breaks the tie.
        for number in 5..10 {
            bench.record(&admin(1), created(number)).await;
        }
        bench.seal().await;
        bench.record(&admin(1), created(10)).await;
        let log = AuditLog::new(&bench.deps);
        for direction in [Direction::Descending, Direction::Ascending] {
            let mut start = Start::Offset(0);
            let mut ids = Vec::new();
            loop {
                let request = page(3, start.clone(), direction);
                let found = log.search(&AuditFilter::default(), &request).await.expect("reads");
                assert_eq!(found.total, 11, "sealed and unsealed");
                ids.extend(found.items.iter().map(|named| (named.entry.created_at, named.entry.id)));
                assert!(found.items.iter().all(|named| named.actor.is_some()));
                let Some((value, id)) = found.next else { break };
                start = Start::After(Cursor::new(String::new(), value, id, 0));
            }
            let mut sorted = ids.clone();
            sorted.sort_unstable();
            if direction == Direction::Descending {
                sorted.reverse();
            }
            assert_eq!(ids, sorted);
            sorted.dedup();
            assert_eq!(sorted.len(), 11);
        }
        let middle = page(3, Start::Offset(9), Direction::Descending);
        assert_eq!(log.search(&AuditFilter::default(), &middle).await.expect("reads").items.len(), 2);
    })
    .await;
}

#[tokio::test]
async fn filters_and_their_totals_are_exact() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        let start = kernel::Clock::now(bench.clock.as_ref());
        bench.fill(4).await;
        bench.record(&admin(2), AuditEntry::done("LOGOUT", "session", "s-1").status(200)).await;
        bench.record(&admin(3), AuditEntry::refused("LOGIN_FAILED", "session", 401, "INVALID_CREDENTIALS")).await;
        let log = AuditLog::new(&bench.deps);
        let any = AuditFilter::default;
        let cases = [
            (any(), 6),
            (AuditFilter::of_tenant(tenant()), 4),
            (AuditFilter::of_tenant(TenantId(Uuid::from_u128(1))), 0),
            (AuditFilter { admin_id: Some(AdminId(Uuid::from_u128(2))), ..any() }, 1),
            (AuditFilter { action: Some("TENANT_CREATED".to_owned()), ..any() }, 4),
            (AuditFilter { resource: Some("session".to_owned()), ..any() }, 2),
            (AuditFilter { resource_id: Some("s-1".to_owned()), ..any() }, 1),
            (AuditFilter { status_code: Some(401), ..any() }, 1),
            (AuditFilter { status_code: Some(201), action: Some("LOGOUT".to_owned()), ..any() }, 0),
            // From is in, to is out.
            (AuditFilter { from: Some(start), to: Some(start + TimeDelta::seconds(2)), ..any() }, 2),
        ];
        for (filter, expected) in cases {
            let found = log.search(&filter, &first(50)).await.expect("reads");
            assert_eq!((found.total, found.items.len() as u64), (expected, expected), "{filter:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_summary_counts_by_time_tenant_and_person() {
    on_each_database(async |db| {
        let bench = Bench::new(db);
        bench.record(&admin(1), created(0)).await;
        bench.clock.advance(TimeDelta::days(8));
        bench.record(&admin(1), created(1)).await;
        bench.clock.advance(TimeDelta::days(2));
        bench.record(&admin(2), created(2)).await;
        bench.record(&admin(2), AuditEntry::refused("LOGIN_FAILED", "session", 401, "INVALID_CREDENTIALS")).await;
        let log = AuditLog::new(&bench.deps);
        let all = log.summary(None).await.expect("reads");
        assert_eq!((all.actions_last_24h, all.actions_last_7d, all.failures_last_24h), (2, 3, 1));
        let admins: Vec<_> = all.top_admins.iter().map(|(id, _, count)| (id.uuid().as_u128(), *count)).collect();
        assert_eq!(admins, [(2, 2), (1, 1)]);
        assert_eq!(all.top_actions, [("TENANT_CREATED".to_owned(), 2), ("LOGIN_FAILED".to_owned(), 1)]);
        assert_eq!((all.total_admins, all.recent.len()), (3, 4));
        let one = log.summary(Some(tenant())).await.expect("reads");
        assert_eq!((one.actions_last_24h, one.actions_last_7d, one.failures_last_24h), (1, 2, 0));
        assert_eq!(one.recent.len(), 3);
    })
    .await;
}

/// Knows nobody (any more).
struct Nobody;

#[async_trait::async_trait]
impl ActorDirectory for Nobody {
    async fn names(&self, _: &[ActorRef]) -> Result<HashMap<ActorRef, ActorName>, DirectoryError> {
        Ok(HashMap::new())
    }
    async fn count_admins(&self) -> Result<u64, DirectoryError> {
        Ok(0)
    }
}

#[tokio::test]
async fn who_left_is_named_until_they_are_erased() {
    on_each_database(async |db| {
        let mut bench = Bench::new(db);
        bench.deps.directory = Arc::new(Nobody);
        let id = TenantUserId(Uuid::from_u128(77));
        let mut context = admin(1);
        context.caller = Caller::new(Subject::TenantUser { tenant_id: tenant(), id, role: TenantRole::User });
        bench.record(&context, AuditEntry::done("LOGOUT", "session", "s")).await;
        let leaving = LeavingPerson {
            id: id.uuid(),
            tenant_id: tenant(),
            name: "Jo Wong".to_owned(),
            email: "jo@example.com".to_owned(),
            phone: None,
        };
        let left = AuditEntry::done("TENANT_USER_REMOVED", "tenant_user", id).tenant(tenant()).tenant_user(id);
        // Before anything of theirs is sealed, and again: there is one key.
        for _ in 0..2 {
            bench.record(&admin(2), left.clone().leaving(leaving.clone())).await;
            bench.seal().await;
        }
        let log = AuditLog::new(&bench.deps);
        let name = async || {
            let found = log.search(&AuditFilter::default(), &first(50)).await.expect("reads");
            let theirs = found.items.into_iter().find(|it| it.entry.actor_id == Some(id.uuid())).expect("theirs");
            theirs.actor.map(|actor| (actor.name, actor.email))
        };
        assert_eq!(name().await, Some(("Jo Wong".to_owned(), "jo@example.com".to_owned())));
        let person = ActorRef::TenantUser(tenant(), id);
        let eraser = Eraser::new(&bench.deps);
        assert!(eraser.former_name(person).await.expect("reads").is_some());
        let elsewhere = ActorRef::TenantUser(TenantId(Uuid::from_u128(1)), id);
        assert!(eraser.former_name(elsewhere).await.expect("reads").is_none(), "of another workshop");
        eraser.erase_person(&admin(2), person).await.expect("erases");
        assert_eq!(name().await, None);
        // Somebody who removes them once more does not bring them back.
        bench.record(&admin(2), left.clone().leaving(leaving)).await;
        bench.seal().await;
        assert_eq!(name().await, None);
        assert!(bench.verify().await.verified());
    })
    .await;
}
