//! A change of keys while the mail dispatcher works, on both databases.

mod fixture;

use std::{collections::HashMap, sync::Arc};

use email::{
    domain::{NotificationId, Template},
    repository::{Attempt, MailQueue},
};
use fixture::{Fixture, OLD_KEY, SECRET, failed, new, race, sent};
use kernel::sealed::{KeyRing, Purpose, Reseal, Resealed};
use secrecy::ExposeSecret as _;
use test_support::{SeededEntropy, on_each_database};

const NEW_KEY: &str = "k2:ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA=";

fn ring(keys: &str) -> KeyRing {
    KeyRing::parse(keys, SeededEntropy::new(2)).expect("a ring")
}

async fn resets(fixture: &Fixture, count: usize) -> Vec<NotificationId> {
    fixture.queue((0..count).map(|_| new(Template::PasswordReset, "jo@example.com")).collect()).await
}

/// Whether the row's secret opens with this ring.
async fn opens(fixture: &Fixture, ring: &KeyRing, id: NotificationId) -> bool {
    let sealed = fixture.row(id).await.secret.expect("a secret");
    let row = id.to_string();
    let purpose = Purpose { table: "notification_log", owner: "", row: &row, field: "secret" };
    ring.open_text(&purpose, &sealed).is_ok_and(|secret| secret.expose_secret() == SECRET)
}

#[tokio::test]
async fn secrets_are_sealed_anew_and_nothing_else_changes() {
    on_each_database(async |test| {
        let fixture = Fixture::new(test).await;
        let both = ring(&format!("{NEW_KEY},{OLD_KEY}"));
        // More than are read at a time; one that is none, and one of a key that is lost.
        let ids = resets(&fixture, 230).await;
        fixture.one(Template::Invoice).await;
        for (id, rubbish) in [(ids[3], "rubbish"), (ids[4], "v1.k0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")] {
            fixture.run(&format!("UPDATE notification_log SET secret = '{rubbish}' WHERE {}", fixture.is(id))).await;
        }
        let before = fixture.find(ids[0]).await;
        let resealed = fixture.store.reseal(&both).await.expect("sealed anew");
        assert_eq!(resealed, Resealed { done: 228, refused: 2 });
        assert_eq!(fixture.count("notification_log WHERE secret LIKE 'v1.k2.%'").await, 228);
        let new_alone = ring(NEW_KEY);
        for id in [ids[0], ids[199], ids[200], ids[229]] {
            assert!(opens(&fixture, &new_alone, id).await);
        }
        assert_eq!(fixture.find(ids[0]).await, before);
        assert_eq!(fixture.store.reseal(&both).await.expect("again"), Resealed { done: 0, refused: 2 });
        assert_eq!(fixture.store.table(), "notification_log");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_is_sent_meanwhile_stays_erased() {
    on_each_database(async |test| {
        let fixture = Arc::new(Fixture::new(test).await);
        let both = ring(&format!("{NEW_KEY},{OLD_KEY}"));
        let ids = Arc::new(resets(&fixture, 200).await);
        fixture.claim(200).await;
        // Two change the keys; the others keep outcomes, six at a time and the last first. Every third has failed.
        let outcomes: Arc<HashMap<_, _>> =
            Arc::new(ids.iter().enumerate().map(|(n, id)| (*id, if n % 3 == 0 { failed() } else { sent() })).collect());
        let tasks = race(7, |number| {
            let (fixture, ids, outcomes, both) = (fixture.clone(), ids.clone(), outcomes.clone(), both.clone());
            async move {
                if number < 2 {
                    fixture.store.reseal(&both).await.expect("sealed anew");
                    return;
                }
                let mine: Vec<_> = ids.iter().skip(number - 2).step_by(5).rev().collect();
                for some in mine.chunks(6) {
                    let attempts: Vec<_> =
                        some.iter().map(|id| Attempt { id: **id, number: 1, outcome: outcomes[id].clone() }).collect();
                    fixture.store.settle("test", &attempts).await.expect("kept");
                }
            }
        });
        tasks.await;
        fixture.store.reseal(&both).await.expect("the rest");
        assert_eq!(fixture.count("notification_log WHERE status = 'SENT' AND secret IS NOT NULL").await, 0);
        assert_eq!(fixture.count("notification_log WHERE status = 'FAILED' AND secret LIKE 'v1.k2.%'").await, 67);
        assert_eq!(fixture.count("notification_log WHERE status = 'SENT'").await, 133);
        assert!(opens(&fixture, &ring(NEW_KEY), ids[0]).await);
    })
    .await;
}
