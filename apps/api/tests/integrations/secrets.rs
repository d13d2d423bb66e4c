//! Secrets of connections: shown once or never, in no log and no other table, and sealed anew.

use std::{
    io,
    sync::{Arc, Mutex, OnceLock},
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use integrations::domain::IntegrationType::CustomWebhook;
use kernel::{OsEntropy, TenantRole, sealed::KeyRing};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use test_support::on_each_database;

use crate::{
    API_KEY, CUSTOMER, Garage, HOOK, OWN, capricorn,
    common::{Api, Call},
    dots, webhook,
};

#[actix_web::test]
async fn a_signing_secret_shows_once_and_again_to_the_key_that_made_it() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let keyed = |call: Call| call.header("idempotency-key", "k-1").send();
        let made = keyed(garage.create(&webhook())).await;
        let integration = made.expect(201)["integration"].clone();
        let secret = integration["signingSecret"].as_str().expect("a secret").to_owned();
        let bytes = BASE64_STANDARD.decode(secret.strip_prefix("whsec_").expect("as Standard Webhooks has it"));
        assert_eq!(bytes.expect("base64").len(), 32);
        assert_eq!((&integration["webhookUrl"], &integration["credentials"]), (&json!(HOOK), &json!({})));

        let again = keyed(garage.create(&webhook())).await;
        assert_eq!((again.header("idempotent-replayed"), &again.body), ("true", &made.body));
        // The same key of somebody else is another key.
        let admin = garage.person("al", TenantRole::Admin).await;
        keyed(api.post(OWN).bearer(&admin).json(&webhook())).await.problem(409, "CONFLICT");
        let staff = api.post(&garage.staffs()).bearer(&garage.staff).json(&webhook());
        keyed(staff).await.problem(409, "CONFLICT");
        assert_eq!(api.count("tenant_integrations").await, 1);

        assert_eq!(garage.get("CUSTOM_WEBHOOK").await.json()["integration"]["signingSecret"], dots(&secret));
        let off = json!({ "name": "Other", "isActive": false });
        let changed = garage.change("CUSTOM_WEBHOOK", &off).send().await.expect(200);
        assert_eq!(changed["integration"]["signingSecret"], dots(&secret));

        // One that is not its own is found out, and replaced by a new one, which shows once, too.
        garage.sql("UPDATE tenant_integrations SET signing_secret = 'foreign'").await;
        let list = api.get(OWN).bearer(&garage.owner).send().await.expect(200);
        let broken = &list["integrations"][0];
        assert!(broken["quarantinedAt"].is_string() && broken["signingSecret"] == "••••", "{broken}");
        let entered = json!({ "credentials": {}, "isActive": true });
        let mended = garage.change("CUSTOM_WEBHOOK", &entered).send().await.expect(200);
        let fresh = mended["integration"]["signingSecret"].as_str().expect("a secret").to_owned();
        assert!(fresh.starts_with("whsec_") && fresh != secret, "{mended}");
        assert!(mended["integration"]["quarantinedAt"].is_null(), "{mended}");
        assert_eq!(garage.get("CUSTOM_WEBHOOK").await.json()["integration"]["signingSecret"], dots(&fresh));
        let open = api.services.integrations.open(garage.id, CustomWebhook).await.expect("opens");
        assert_eq!(open.expect("in use").signing_secret.expect("a secret").expose_secret(), fresh);
    })
    .await;
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("not poisoned").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Everything that is logged from now on, by this test, its background and whichever test runs beside it: a subscriber of one
/// thread would miss the others, and what they were the first to say.
fn listen() -> Log {
    static LOG: OnceLock<Log> = OnceLock::new();
    let start = || {
        let (log, everything) = (Log::default(), tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE));
        let writer = log.clone();
        everything.with_writer(move || writer.clone()).init();
        log
    };
    LOG.get_or_init(start).clone()
}

#[actix_web::test]
async fn no_secret_is_kept_or_told_in_clear() {
    on_each_database(async |db| {
        let log = listen();
        // The last round's own searches for the secrets are in it.
        log.0.lock().expect("not poisoned").clear();
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        let made = garage.create(&webhook()).header("idempotency-key", "k-1").send().await.expect(201);
        let signing = made["integration"]["signingSecret"].as_str().expect("a secret").to_owned();
        garage.create(&capricorn()).header("idempotency-key", "k-2").send().await.expect(201);
        let renewed = json!({ "credentials": { "apiKey": "cap-l1ve-K3y-9999" } });
        garage.change("CAPRICORN_EDI", &renewed).send().await.expect(200);
        let wrong = json!({ "credentials": { "apiKey": "wr0ng-value\n", "wr0ng-name": 1 } });
        let refused = garage.change("CAPRICORN_EDI", &wrong).send().await.problem(422, "VALIDATION_FAILED");
        assert!(!refused.to_string().contains("wr0ng-value"), "{refused}");
        garage.create(&capricorn()).send().await.problem(409, "CONFLICT");
        let log = String::from_utf8(log.0.lock().expect("not poisoned").clone()).expect("text");
        assert!(log.contains("nextcrm::access") && log.contains("/tenant/integrations/{type}"), "it was listened to");
        let columns = [
            ("admin_audit_log", "CAST(changes AS TEXT) || COALESCE(error_message, '')"),
            ("outbox", "CAST(payload AS TEXT) || COALESCE(secret, '')"),
            ("idempotency_keys", "COALESCE(body, '') || body_hash || COALESCE(CAST(headers AS TEXT), '')"),
            ("tenant_integrations", "CAST(credentials AS TEXT) || COALESCE(signing_secret, '')"),
        ];
        for secret in [&*signing, API_KEY, "cap-l1ve-K3y-9999", CUSTOMER, "wr0ng-value", "h00k-secret"] {
            assert!(!log.contains(secret), "{secret} in the log");
            for (table, text) in columns {
                let found = api.count(&format!("{table} WHERE {text} LIKE '%{secret}%'")).await;
                assert_eq!(found, 0, "{secret} in {table}");
            }
        }
        // That the search finds what is there: the trail and the events name the type.
        for (table, text) in &columns[..2] {
            let found = api.count(&format!("{table} WHERE {text} LIKE '%CAPRICORN_EDI%'")).await;
            assert!(found >= 1, "{table}");
        }
        assert_eq!(api.count("idempotency_keys WHERE body IS NOT NULL").await, 2);
    })
    .await;
}

#[actix_web::test]
async fn rotated_keys_reach_them() {
    on_each_database(async |db| {
        let api = Api::start(db).await;
        let garage = Garage::open(&api).await;
        garage.create(&capricorn()).send().await.expect(201);
        let core = &api.services.core;
        let table = core.sealed_tables.iter().find(|table| table.table() == "tenant_integrations").expect("is told");
        let old = api.services.config.secrets.encryption_keys.expose_secret();
        let keys = format!("k2:{},{old}", BASE64_STANDARD.encode([7_u8; 32]));
        let ring = KeyRing::parse(&keys, OsEntropy).expect("keys");
        let count = table.reseal(&ring).await.expect("reseals");
        assert_eq!((count.done, count.refused), (1, 0));
        assert_eq!(api.count("tenant_integrations WHERE CAST(credentials AS TEXT) LIKE '%k2%'").await, 1);
        // This node has not been told of the new key: the secrets stay hidden, and nothing is taken for broken.
        let shown = garage.get("CAPRICORN_EDI").await.expect(200)["integration"].clone();
        assert_eq!((&shown["credentials"]["apiKey"], &shown["quarantinedAt"]), (&json!("••••"), &Value::Null));
    })
    .await;
}
