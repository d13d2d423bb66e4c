use std::sync::{Arc, Mutex};

use kernel::Clock;
use serde_json::{Value, json};
use test_support::{FixedClock, Recorder};

use super::*;
use crate::{
    domain::{UsageInput, UsagePointInput, Width},
    repository::MockUsageRepository,
    service::test_fixture::{TENANT, context, nobody, there, usage as service, usage_with},
};

/// What reached the store.
#[derive(Default)]
struct Seen {
    points: Mutex<Vec<UsagePoint>>,
    rollups: Mutex<Vec<Rollup>>,
}

/// A store that has room for everything; the keys in `taken` were used before.
fn store(taken: &'static [&'static str], seen: &Arc<Seen>) -> MockUsageRepository {
    let mut usage = MockUsageRepository::new();
    usage.expect_claim_keys_in().returning(move |_, _, keys, _| {
        let free = keys.iter().filter(|key| !taken.contains(&key.as_str()));
        Ok(free.cloned().collect::<BTreeSet<_>>().into_iter().collect())
    });
    let points = Arc::clone(seen);
    usage.expect_insert_points_in().returning(move |_, _, new, _| {
        points.points.lock().expect("not poisoned").extend_from_slice(new);
        Ok(())
    });
    let rollups = Arc::clone(seen);
    usage.expect_add_rollups_in().returning(move |_, _, new| {
        rollups.rollups.lock().expect("not poisoned").extend_from_slice(new);
        Ok(true)
    });
    usage
}

fn batch(points: &[(&str, u64, Option<&str>)]) -> UsageBatch {
    let input = |(metric, value, key): &(&str, u64, Option<&str>)| UsagePointInput {
        metric_type: Some((*metric).to_owned()),
        value: Some((*value).into()),
        idempotency_key: key.map(str::to_owned),
        ..UsagePointInput::default()
    };
    let metrics = Some(points.iter().map(input).collect());
    UsageBatch::parse(UsageInput { metrics, ..UsageInput::default() }, FixedClock::default().now()).expect("right")
}

#[tokio::test]
async fn what_is_new_is_kept_added_up_and_told() {
    let seen = Arc::<Seen>::default();
    let (usage, fixture) = service(store(&["old"], &seen), there(false));
    let points = [
        ("STORAGE", 5, Some("a")),
        ("API_CALLS", 1, Some("old")),
        ("STORAGE", 9, Some("a")),
        ("API_CALLS", 2, None),
        ("API_CALLS", 2, None),
    ];
    let recorded = usage.record(&context(), TENANT, batch(&points)).await.expect("records");
    assert_eq!(recorded, UsageRecorded { recorded: 3, duplicates: 2 });
    assert_eq!(fixture.transactor.log(), ["BEGIN", "COMMIT"]);
    let inserted = seen.points.lock().expect("not poisoned");
    let brief: Vec<_> = inserted.iter().map(|it| (it.metric_type.as_str(), it.value.thousandths())).collect();
    assert_eq!(brief, [("STORAGE", 5_000), ("API_CALLS", 2_000), ("API_CALLS", 2_000)], "the first of each key");
    assert!(inserted.is_sorted_by_key(|point| point.id), "the last of a batch is the latest");
    let rollups = seen.rollups.lock().expect("not poisoned");
    let days: Vec<_> = rollups.iter().filter(|it| it.width == Width::Day).map(|it| (it.sum, it.points)).collect();
    assert_eq!(days, [(4_000, 2), (5_000, 1)]);

    assert_eq!(fixture.recorded(), (vec!["USAGE_RECORDED"], vec![]));
    let entries = fixture.recorder.entries();
    assert_eq!((entries[0].tenant_id, entries[0].status_code), (Some(TENANT), 201));
    let set = |to: Value| json!({ "from": null, "to": to });
    let metrics = set(json!(["API_CALLS", "STORAGE"]));
    let recorded = json!({ "recorded": set(json!(3)), "duplicates": set(json!(2)), "metricTypes": metrics });
    assert_eq!(entries[0].changes.to_value(), recorded, "no values");
}

#[tokio::test]
async fn a_repeat_changes_nothing_and_is_told() {
    let seen = Arc::<Seen>::default();
    let (usage, fixture) = service(store(&["old"], &seen), there(false));
    let recorded = usage.record(&context(), TENANT, batch(&[("USERS", 1, Some("old"))])).await.expect("records");
    assert_eq!(recorded, UsageRecorded { recorded: 0, duplicates: 1 });
    assert!(seen.points.lock().expect("not poisoned").is_empty());
    assert_eq!(fixture.recorded(), (vec!["USAGE_RECORDED"], vec![]));
}

#[tokio::test]
async fn what_the_system_records_leaves_no_entry() {
    let seen = Arc::<Seen>::default();
    let (usage, fixture) = service(store(&[], &seen), there(false));
    let system = RequestContext::system("meter", "r1");
    usage.record(&system, TENANT, batch(&[("API_CALLS", 1, None)])).await.expect("records");
    assert_eq!(seen.points.lock().expect("not poisoned").len(), 1);
    assert_eq!(fixture.recorded(), (vec![], vec![]));
}

#[tokio::test]
async fn of_many_metrics_some_are_named() {
    let seen = Arc::<Seen>::default();
    let (usage, fixture) = service(store(&[], &seen), there(false));
    let names: Vec<_> = (0..25).map(|number| format!("M{number:02}")).collect();
    let points: Vec<_> = names.iter().map(|name| (name.as_str(), 1, None)).collect();
    usage.record(&context(), TENANT, batch(&points)).await.expect("records");
    let entries = fixture.recorder.entries();
    let changes = entries[0].changes.to_value();
    assert_eq!(changes["metricTypes"]["to"].as_array().map(Vec::len), Some(20));
    assert_eq!(changes["furtherMetricTypes"]["to"], 5);
}

#[tokio::test]
async fn nothing_is_recorded_for_a_workshop_that_is_gone() {
    let seen = Arc::<Seen>::default();
    let (usage, fixture) = service(store(&[], &seen), there(true));
    let refused = usage.record(&context(), TENANT, batch(&[("USERS", 1, None)])).await;
    assert!(matches!(refused, Err(MeteringError::TenantDeleted)), "{refused:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);

    let (usage, _) = service(MockUsageRepository::new(), nobody());
    let refused = usage.record(&context(), TENANT, batch(&[("USERS", 1, None)])).await;
    assert!(matches!(refused, Err(MeteringError::TenantNotFound)), "{refused:?}");
}

#[tokio::test]
async fn a_sum_without_room_and_a_broken_trail_undo_everything() {
    let mut full = MockUsageRepository::new();
    full.expect_insert_points_in().returning(|_, _, _, _| Ok(()));
    full.expect_add_rollups_in().returning(|_, _, _| Ok(false));
    let (usage, fixture) = service(full, there(false));
    let refused = usage.record(&context(), TENANT, batch(&[("USERS", 1, None)])).await;
    assert!(matches!(refused, Err(MeteringError::UsageFull)), "{refused:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);

    let seen = Arc::<Seen>::default();
    let (usage, fixture) = usage_with(store(&[], &seen), there(false), Recorder::with_broken_trail());
    let failed = usage.record(&context(), TENANT, batch(&[("USERS", 1, None)])).await;
    assert!(matches!(failed, Err(MeteringError::Store(_))), "{failed:?}");
    assert_eq!(fixture.transactor.log(), ["BEGIN", "ROLLBACK"]);
}
