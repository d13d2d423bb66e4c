//! Connections to other services on both databases: what only a database decides, and secrets of others.

mod fixture;

use std::sync::Arc;

use fixture::{ANY, Fixture, NOBODY, active, api_key, capricorn, new, patch, shops, sql, staff, text};
use futures::future::join_all;
use integrations::{
    IntegrationError,
    domain::IntegrationType::{CapricornEdi, CustomWebhook, StripePayment},
};
use kernel::VersionMatch;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use test_support::on_each_database;
use tokio::sync::Barrier;

#[tokio::test]
async fn a_connection_is_made_changed_and_put_out_of_use() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, it) = (staff(), &fixture.integrations);
        let [shop] = shops();
        let made = it.enable(&who, shop, capricorn("cap_live_1234")).await.expect("enables").integration;
        assert_eq!(it.get(shop, CapricornEdi).await.expect("is there"), made);
        assert_eq!(made.credentials["apiKey"], "••••1234");
        let webhook = it.enable(&who, shop, new(CustomWebhook, json!({}))).await.expect("enables");
        let secret = webhook.signing_secret.expect("shown this once");
        let shown = it.list(shop).await.expect("a list");
        assert_eq!(shown, [made.clone(), webhook.integration]);
        let opened = it.open(shop, CustomWebhook).await.expect("opens").expect("is in use");
        let signing = opened.signing_secret.expect("a secret");
        assert_eq!(signing.expose_secret(), secret.expose_secret());

        let first = VersionMatch::OneOf(vec![1]);
        let given = || patch(CapricornEdi, json!({ "apiKey": "cap_live_5678" }));
        let changed = it.update(&who, shop, CapricornEdi, &first, given()).await.expect("changes").integration;
        assert_eq!((changed.version, changed.credentials["apiKey"].as_str()), (2, "••••5678"));
        assert_eq!(changed.credentials["customerId"], made.credentials["customerId"]);
        let stale = it.update(&who, shop, CapricornEdi, &first, given()).await;
        assert!(matches!(stale, Err(IntegrationError::VersionMismatch)), "{stale:?}");

        it.disable(&who, shop, CapricornEdi, &ANY).await.expect("disables");
        assert!(it.open(shop, CapricornEdi).await.expect("is no error").is_none());
        let again = it.enable(&who, shop, capricorn("cap_live_1234")).await;
        assert!(matches!(again, Err(IntegrationError::Exists)), "a disabled one, too: {again:?}");
        it.update(&who, shop, CapricornEdi, &ANY, active(true)).await.expect("enables");
        assert_eq!(api_key(it, shop).await, "cap_live_5678");
        for (action, times) in [("ENABLED", 3), ("UPDATED", 1), ("DISABLED", 1)] {
            let entries = format!("test_trail WHERE action = 'INTEGRATION_{action}'");
            assert_eq!(fixture.count(&entries).await, times, "{action}");
            let events = format!("outbox WHERE kind = 'integration.{}.v1'", action.to_lowercase());
            assert_eq!(fixture.count(&events).await, times, "{action}");
        }
        // Nothing in clear, anywhere.
        for secret in ["cap_live", "customer-of", "whsec_"] {
            let row = "CAST(credentials AS TEXT) || COALESCE(signing_secret, '')";
            let recorded = "CAST(payload AS TEXT)";
            assert_eq!(fixture.count(&format!("tenant_integrations WHERE {row} LIKE '%{secret}%'")).await, 0);
            assert_eq!(fixture.count(&format!("outbox WHERE {recorded} LIKE '%{secret}%'")).await, 0);
        }

        fixture.workshops.delete(shop);
        let refused = it.disable(&who, shop, CapricornEdi, &ANY).await;
        assert!(matches!(refused, Err(IntegrationError::TenantDeleted)), "{refused:?}");
        let refused = it.enable(&who, shop, new(StripePayment, json!({ "secretKey": "sk_test_1" }))).await;
        assert!(matches!(refused, Err(IntegrationError::TenantDeleted)), "{refused:?}");
        assert_eq!(it.list(shop).await.expect("staff may still look").len(), 2);
    })
    .await;
}

#[tokio::test]
async fn what_the_other_service_said_is_shown_until_it_is_mended() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, it) = (staff(), &fixture.integrations);
        let [mine, other] = shops();
        let id = it.enable(&who, mine, capricorn("cap_live_1234")).await.expect("enables").integration.id;
        let entries = fixture.count("test_trail").await;
        it.note(other, id, Some("not theirs".to_owned())).await.expect("touches nothing");
        assert!(!it.open(mine, CapricornEdi).await.expect("opens").expect("is in use").was_refused);
        it.note(mine, id, Some("refused (401)".to_owned())).await.expect("is noted");
        let shown = it.get(mine, CapricornEdi).await.expect("is there");
        assert_eq!((shown.last_error.as_deref(), shown.version), (Some("refused (401)"), 1));
        assert!(it.open(mine, CapricornEdi).await.expect("opens").expect("is in use").was_refused);

        let renamed = patch(CapricornEdi, json!({ "apiKey": "cap_live_5678" }));
        let mended = it.update(&who, mine, CapricornEdi, &ANY, renamed).await.expect("changes").integration;
        assert_eq!((mended.last_error, mended.version), (None, 2), "new credentials were not refused yet");
        it.note(mine, id, Some("refused (403)".to_owned())).await.expect("is noted");
        it.note(mine, id, None).await.expect("is noted");
        assert_eq!(it.get(mine, CapricornEdi).await.expect("is there").last_error, None);
        assert_eq!(fixture.count("test_trail").await, entries + 1, "the change alone left an entry");
    })
    .await;
}

#[tokio::test]
async fn another_workshops_connection_is_not_there() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, it) = (staff(), &fixture.integrations);
        let [mine, other] = shops();
        it.enable(&who, mine, capricorn("cap_live_1234")).await.expect("enables");
        let absent = |error: &IntegrationError| matches!(error, IntegrationError::NotFound);
        assert!(absent(&it.get(other, CapricornEdi).await.expect_err("not theirs")));
        let theirs = it.update(&who, other, CapricornEdi, &ANY, active(false)).await;
        assert!(absent(&theirs.expect_err("not theirs")));
        assert!(absent(&it.disable(&who, other, CapricornEdi, &ANY).await.expect_err("not theirs")));
        assert!(it.open(other, CapricornEdi).await.expect("is no error").is_none());
        assert_eq!(it.list(other).await.expect("a list"), []);
        let nowhere = it.enable(&who, NOBODY, capricorn("cap_live_1234")).await;
        assert!(matches!(nowhere, Err(IntegrationError::TenantNotFound)), "{nowhere:?}");
        assert!(matches!(it.list(NOBODY).await, Err(IntegrationError::TenantNotFound)));
        // Each has its own of a type.
        it.enable(&who, other, capricorn("cap_live_5678")).await.expect("enables");
        assert_eq!(
            (api_key(it, mine).await, api_key(it, other).await),
            ("cap_live_1234".into(), "cap_live_5678".into())
        );
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_of_one_type_one_wins() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let [shop] = shops();
        let barrier = Arc::new(Barrier::new(12));
        let tasks = (0..12).map(|number| {
            let (integrations, barrier) = (fixture.integrations.clone(), Arc::clone(&barrier));
            tokio::spawn(async move {
                barrier.wait().await;
                integrations.enable(&staff(), shop, capricorn(&format!("cap_live_{number:04}"))).await
            })
        });
        let outcomes: Vec<_> = join_all(tasks).await.into_iter().map(|task| task.expect("runs")).collect();
        let (won, lost): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(Result::is_ok);
        assert_eq!((won.len(), lost.len()), (1, 11));
        assert!(lost.iter().all(|it| matches!(it, Err(IntegrationError::Exists))), "{lost:?}");
        let won: Vec<_> = won.into_iter().flatten().map(|saved| saved.integration).collect();
        assert_eq!(fixture.integrations.list(shop).await.expect("a list"), won);
        assert_eq!((won.len(), fixture.count("test_trail WHERE action LIKE 'INTEGRATION%'").await), (1, 1));
        assert_eq!(fixture.count("outbox WHERE kind LIKE 'integration.%'").await, 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_ciphertext_in_another_workshops_row_is_quarantined_and_never_opens() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, it) = (staff(), &fixture.integrations);
        let [thief, victim] = shops();
        it.enable(&who, thief, capricorn("cap_live_1111")).await.expect("enables");
        it.enable(&who, victim, capricorn("cap_live_2222")).await.expect("enables");
        it.enable(&who, thief, new(CustomWebhook, json!({}))).await.expect("enables");
        it.enable(&who, victim, new(CustomWebhook, json!({}))).await.expect("enables");
        let [thief_id, victim_id] = [thief, victim].map(|shop| fixture.literal(shop));
        sql(
            &fixture,
            &format!(
                "UPDATE tenant_integrations SET (credentials, signing_secret) = (SELECT credentials, signing_secret \
                 FROM tenant_integrations AS v WHERE v.type = tenant_integrations.type AND v.tenant_id = {victim_id}) \
                 WHERE tenant_id = {thief_id}"
            ),
        )
        .await;
        // Many look at once; it is quarantined once.
        let looks = (0..8).map(|number| {
            let it = it.clone();
            tokio::spawn(async move {
                match number % 2 {
                    0 => it.list(thief).await.map(|all| all.len()),
                    _ => it.open(thief, CapricornEdi).await.map(|opened| opened.iter().len()),
                }
            })
        });
        for outcome in join_all(looks).await {
            let outcome = outcome.expect("runs");
            assert!(matches!(outcome, Ok(2) | Err(IntegrationError::Unusable)), "{outcome:?}");
        }
        let shown = it.list(thief).await.expect("a list");
        assert_eq!(shown.len(), 2);
        for one in &shown {
            assert!(one.quarantined_at.is_some() && one.is_active && one.version == 2);
            assert!(one.credentials.values().chain(&one.signing_secret).all(|mask| mask == "••••"), "{one:?}");
        }
        let unusable = it.open(thief, CustomWebhook).await;
        assert!(matches!(unusable, Err(IntegrationError::Unusable)), "{unusable:?}");
        assert_eq!(fixture.count("test_trail WHERE action = 'INTEGRATION_QUARANTINED'").await, 2);
        assert_eq!(api_key(it, victim).await, "cap_live_2222");

        let entered = patch(CapricornEdi, json!({ "apiKey": "cap_live_3333", "customerId": "customer-of-mine" }));
        let mended = it.update(&who, thief, CapricornEdi, &ANY, entered).await.expect("changes").integration;
        assert_eq!((mended.quarantined_at, api_key(it, thief).await), (None, "cap_live_3333".to_owned()));
        let mended = it.update(&who, thief, CustomWebhook, &ANY, patch(CustomWebhook, json!({}))).await;
        let secret = mended.expect("changes").signing_secret.expect("a new one");
        let opened = it.open(thief, CustomWebhook).await.expect("opens").expect("is in use");
        assert_eq!(opened.signing_secret.expect("a secret").expose_secret(), secret.expose_secret());
    })
    .await;
}

#[tokio::test]
async fn whatever_stands_in_a_row_spoils_no_list() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, it) = (staff(), &fixture.integrations);
        for (number, shop) in shops::<4>().into_iter().enumerate() {
            it.enable(&who, shop, capricorn("cap_live_1234")).await.expect("enables");
            let spoilt = [r#"{"apiKey": "sk", "customerId": 5}"#, "[]", "{}", r#"{"apiKey": null}"#][number];
            sql(
                &fixture,
                &format!(
                    "UPDATE tenant_integrations SET credentials = '{spoilt}' \
                     WHERE tenant_id = {}",
                    fixture.literal(shop)
                ),
            )
            .await;
            assert_eq!(it.list(shop).await.expect("a list").len(), 1, "{spoilt}");
            let unusable = it.open(shop, CapricornEdi).await;
            assert!(matches!(unusable, Err(IntegrationError::Unusable)), "{spoilt}: {unusable:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn the_stored_form_names_its_key() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let [shop] = shops();
        let stripe = new(StripePayment, json!({ "secretKey": "sk_test_1", "webhookSecret": "whsec_1" }));
        fixture.integrations.enable(&staff(), shop, stripe).await.expect("enables");
        let stored = text(&fixture, "SELECT CAST(credentials AS TEXT) FROM tenant_integrations").await;
        let stored: Value = serde_json::from_str(&stored).expect("JSON");
        for field in ["secretKey", "webhookSecret"] {
            assert!(stored[field].as_str().expect("text").starts_with("v1.k1."), "each field by itself: {stored}");
        }
    })
    .await;
}
