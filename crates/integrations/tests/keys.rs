//! The keys of connections' secrets, changed while everything runs, on both databases.

mod fixture;

use fixture::{ANY, Fixture, api_key, capricorn, new, patch, shops, sql, staff};
use futures::future::join_all;
use integrations::{
    IntegrationError,
    domain::IntegrationType::{CapricornEdi, CustomWebhook},
    store::IntegrationStore,
};
use kernel::sealed::{KeyRing, Reseal, Resealed};
use secrecy::ExposeSecret;
use serde_json::json;
use test_support::{SeededEntropy, on_each_database};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

const NEW_FIRST: &str =
    "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=,k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
const OLD_FIRST: &str =
    "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=,k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";
const NEW_ONLY: &str = "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

fn ring(text: &str) -> KeyRing {
    KeyRing::parse(text, SeededEntropy::new(7)).expect("a ring")
}

#[tokio::test]
async fn keys_are_changed_and_the_old_one_is_no_more_needed() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, it) = (staff(), &fixture.integrations);
        let [one, two, spoilt] = shops();
        for shop in [one, two, spoilt] {
            it.enable(&who, shop, capricorn("cap_live_1234")).await.expect("enables");
        }
        let webhook = it.enable(&who, one, new(CustomWebhook, json!({}))).await.expect("enables");
        sql(
            &fixture,
            &format!(
                "UPDATE tenant_integrations SET credentials = (SELECT credentials FROM tenant_integrations AS v WHERE \
                 v.type = 'CAPRICORN_EDI' AND v.tenant_id = {}) WHERE tenant_id = {}",
                fixture.literal(one),
                fixture.literal(spoilt)
            ),
        )
        .await;
        let before = it.list(one).await.expect("a list");
        let (store, rotated) = (IntegrationStore::new(fixture.db.clone()), ring(NEW_FIRST));
        assert_eq!(store.table(), "tenant_integrations");
        let count = store.reseal(&rotated).await.expect("reseals");
        assert_eq!(count, Resealed { done: 3, refused: 1 }, "what does not open is left as it is");
        assert_eq!(store.reseal(&rotated).await.expect("reseals"), Resealed { done: 0, refused: 1 });

        let new_key = fixture.integrations_under(ring(NEW_ONLY));
        assert_eq!(new_key.list(one).await.expect("a list"), before, "it is no change: same versions, same masks");
        assert_eq!(api_key(&new_key, two).await, "cap_live_1234");
        let opened = new_key.open(one, CustomWebhook).await.expect("opens").expect("is in use");
        let secret = webhook.signing_secret.expect("shown once");
        assert_eq!(opened.signing_secret.expect("a secret").expose_secret(), secret.expose_secret());
        // A node that only has the old key does not take them out of use.
        let shown = it.get(two, CapricornEdi).await.expect("is shown");
        assert_eq!((shown.quarantined_at, shown.credentials["apiKey"].as_str()), (None, "••••"));
        let closed = it.open(two, CapricornEdi).await;
        assert!(matches!(closed, Err(IntegrationError::KeyMissing)), "{closed:?}");
        // Nor does having the key help where the secret is another tenant's.
        let unusable = fixture.integrations_under(rotated.clone()).open(spoilt, CapricornEdi).await;
        assert!(matches!(unusable, Err(IntegrationError::Unusable)), "{unusable:?}");
        assert_eq!(store.reseal(&rotated).await.expect("reseals"), Resealed { done: 0, refused: 1 });
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_read_fails_and_no_change_is_undone_while_keys_are_changed() {
    const SHOPS: usize = 6;
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let shops = shops::<SHOPS>();
        for shop in shops {
            fixture.integrations.enable(&staff(), shop, capricorn("cap_live_0000")).await.expect("enables");
        }
        // Some nodes still seal with the old key, some with the new one; all have both.
        let nodes = [fixture.integrations_under(ring(OLD_FIRST)), fixture.integrations_under(ring(NEW_FIRST))];
        let stop = CancellationToken::new();
        let readers: Vec<JoinHandle<u64>> = (0..2)
            .map(|number| {
                let (node, stop) = (nodes[number].clone(), stop.clone());
                tokio::spawn(async move {
                    let mut reads = 0;
                    while !stop.is_cancelled() || reads == 0 {
                        for shop in shops {
                            assert!(api_key(&node, shop).await.starts_with("cap_live_"));
                            assert!(node.get(shop, CapricornEdi).await.expect("is shown").quarantined_at.is_none());
                            reads += 1;
                        }
                    }
                    reads
                })
            })
            .collect();
        let store = IntegrationStore::new(fixture.db.clone());
        let first = store.reseal(&ring(NEW_FIRST)).await.expect("reseals");
        assert_eq!((first.done, first.refused), (SHOPS as u64, 0));
        let sealer = {
            let (store, stop) = (IntegrationStore::new(fixture.db.clone()), stop.clone());
            tokio::spawn(async move {
                let mut all = Resealed::default();
                while !stop.is_cancelled() || all.done == 0 {
                    all += store.reseal(&ring(NEW_FIRST)).await.expect("reseals");
                }
                all
            })
        };
        let writers = shops.into_iter().enumerate().map(|(number, shop)| {
            let node = nodes[number % 2].clone();
            tokio::spawn(async move {
                for round in 1..=15 {
                    let given = patch(CapricornEdi, json!({ "apiKey": format!("cap_live_{round:04}") }));
                    node.update(&staff(), shop, CapricornEdi, &ANY, given).await.expect("changes");
                    // Nobody else changes this one: what was acknowledged is what there is.
                    assert_eq!(api_key(&node, shop).await, format!("cap_live_{round:04}"));
                }
            })
        });
        for writer in join_all(writers).await {
            writer.expect("no change was undone");
        }
        stop.cancel();
        for reader in readers {
            assert!(reader.await.expect("no read failed") > 0);
        }
        let sealed = sealer.await.expect("no run failed");
        assert!(sealed.done > 0 && sealed.refused == 0, "{sealed:?}");
        // Whatever was sealed with the old key in the last moment is found by the next run.
        let store = IntegrationStore::new(fixture.db.clone());
        assert_eq!(store.reseal(&ring(NEW_FIRST)).await.expect("reseals").refused, 0);
        let new_key = fixture.integrations_under(ring(NEW_ONLY));
        for shop in shops {
            assert_eq!(api_key(&new_key, shop).await, "cap_live_0015");
            let version = new_key.get(shop, CapricornEdi).await.expect("is shown").version;
            assert_eq!(version, 16, "sealing anew is no change");
        }
        assert_eq!(fixture.count("test_trail WHERE action = 'INTEGRATION_QUARANTINED'").await, 0);
    })
    .await;
}
