//! What may be done to a workshop when, and what is left of it, on both databases.

mod fixture;

use chrono::TimeDelta;
use fixture::{ANY, Fixture, new_person, new_tenant, staff};
use kernel::{Clock, TenantId, Transactor};
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};
use tenancy::{
    TenancyError,
    domain::{
        Access, Change, NewTenant, NewTenantInput, PersonPatch, Plan, SubscriptionInput, SubscriptionTerms,
        SuspensionReason, TenantPatch, TenantPatchInput, TenantStatus,
    },
    repository::TenantRepository,
    store::TenantStore,
};
use test_support::{on_each_database, run_sql};
use uuid::Uuid;

fn reason() -> SuspensionReason {
    SuspensionReason::parse("unpaid").expect("a reason")
}

fn patch(input: TenantPatchInput) -> TenantPatch {
    TenantPatch::parse(input).expect("a right input")
}

/// Does it, with a field that is other than before if it is an edit.
async fn try_to(fixture: &Fixture, change: Change, id: TenantId) -> Result<TenantStatus, TenancyError> {
    let (tenants, who) = (&fixture.tenants, staff());
    let done = match change {
        Change::Edit => {
            let name = Some(Some("Other".to_owned()));
            tenants.update(&who, id, &ANY, patch(TenantPatchInput { name, ..TenantPatchInput::default() })).await
        }
        Change::Suspend => tenants.suspend(&who, id, &reason()).await,
        Change::Reactivate => tenants.reactivate(&who, id).await,
        Change::Delete => tenants.delete(&who, id).await,
        Change::Restore => tenants.restore(&who, id).await,
    };
    done.map(|summary| summary.tenant.status)
}

/// A workshop in this state. Some states come from elsewhere, so they are written by hand.
async fn in_state(fixture: &Fixture, number: usize, status: TenantStatus, deleted: bool) -> TenantId {
    let id = fixture.open(&format!("shop-{number}"), Plan::Professional).await.tenant.id;
    let sql = format!("UPDATE tenants SET status = '{status}' WHERE subdomain = 'shop-{number}'");
    run_sql(&fixture.db, &sql).await.expect("writes");
    if deleted {
        fixture.tenants.delete(&staff(), id).await.expect("deletes");
    }
    id
}

/// What the outbox holds of this kind: subject and payload, oldest first.
async fn events(fixture: &Fixture, kind: &str) -> Vec<(String, Value)> {
    let connection = fixture.db.reader();
    let sql = format!("SELECT subject, payload FROM outbox WHERE kind = '{kind}' ORDER BY occurred_at, id");
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await;
    let rows = rows.expect("reads").into_iter();
    rows.map(|row| (row.try_get("", "subject").expect("text"), row.try_get("", "payload").expect("JSON"))).collect()
}

#[tokio::test]
async fn the_table_of_transitions_is_kept() {
    use Change::{Delete, Edit, Reactivate, Restore, Suspend};
    use TenantStatus::{Active, Cancelled, Suspended, TrialExpired};
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let mut number = 0;
        for (status, deleted, legal) in [
            (Active, false, &[(Edit, Active), (Suspend, Suspended), (Delete, Cancelled)][..]),
            (Suspended, false, &[(Edit, Suspended), (Reactivate, Active), (Delete, Cancelled)]),
            (
                TrialExpired,
                false,
                &[(Edit, TrialExpired), (Suspend, Suspended), (Reactivate, Active), (Delete, Cancelled)],
            ),
            (Cancelled, false, &[(Edit, Cancelled), (Reactivate, Active), (Delete, Cancelled)]),
            (Active, true, &[(Restore, Active)]),
            (Suspended, true, &[(Restore, Suspended)]),
            (TrialExpired, true, &[(Restore, TrialExpired)]),
            (Cancelled, true, &[(Restore, Cancelled)]),
        ] {
            for change in [Edit, Suspend, Reactivate, Delete, Restore] {
                number += 1;
                let id = in_state(&fixture, number, status, deleted).await;
                let before = fixture.tenants.get(id).await.expect("is there");
                let traces = (fixture.count("test_trail").await, fixture.count("outbox").await);
                let outcome = try_to(&fixture, change, id).await;
                let after = (fixture.count("test_trail").await, fixture.count("outbox").await);
                let what = format!("{change:?} when {status}, deleted: {deleted}");
                match legal.iter().find(|(legal, _)| *legal == change) {
                    Some((_, next)) => {
                        assert_eq!(outcome.expect(&what), *next, "{what}");
                        assert_eq!(after, (traces.0 + 1, traces.1 + 1), "{what}");
                    }
                    None => {
                        let refused = |error| matches!(error, TenancyError::IllegalTransition(it) if it == change);
                        assert!(outcome.is_err_and(refused), "{what}");
                        assert_eq!(fixture.tenants.get(id).await.expect("is there"), before, "{what}");
                        assert_eq!(after, traces, "{what}");
                    }
                }
            }
        }
        // What was written by hand is counted anew.
        let mut tx = fixture.db.begin().await.expect("begins");
        TenantStore::new(fixture.db.clone()).recount_all_in(&mut tx).await.expect("counts");
        tx.commit().await.expect("commits");
        fixture.check_totals().await;
        for change in [Edit, Suspend, Reactivate, Delete, Restore] {
            let nobody = try_to(&fixture, change, TenantId(Uuid::from_u128(7))).await;
            assert!(matches!(nobody, Err(TenancyError::TenantNotFound)), "{nobody:?}");
        }
    })
    .await;
}

#[tokio::test]
async fn null_clears_and_what_is_absent_stays() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (tenants, who) = (&fixture.tenants, staff());
        let id = fixture.open("garage", Plan::Professional).await.tenant.id;
        let ann = fixture.add(id, "ann@shop.test", "OWNER").await;
        let text = |text: &str| Some(Some(text.to_owned()));
        fixture.clock.advance(TimeDelta::microseconds(1));
        let full = tenants.update(
            &who,
            id,
            &ANY,
            patch(TenantPatchInput {
                name: text("Örn's GARAGE"),
                plan: text("ENTERPRISE"),
                website: text("https://garage.test/"),
                logo: text("https://garage.test/logo.png"),
                description: text("Brakes\nand tyres"),
                business_details: Some(Some(json!({ "abn": "51 824 753 556", "hoists": 4 }))),
                metadata: Some(Some(json!({ "tier": ["gold", null, 1.5] }))),
                primary_contact_id: text(&ann.id.to_string()),
                trial_ends_at: text("2026-03-01T00:00:00.123456Z"),
            }),
        );
        let full = full.await.expect("changes");
        let tenant = &full.tenant;
        assert_eq!(full, tenants.get(id).await.expect("is there"), "what is answered is what is kept");
        assert_eq!((tenant.version, tenant.generation, tenant.updated_at), (2, 1, fixture.clock.now()));
        assert_eq!((tenant.name.as_str(), tenant.plan), ("Örn's GARAGE", Plan::Enterprise));
        assert_eq!(tenant.business_details.as_object()["abn"], "51824753556");
        assert_eq!(tenant.metadata.as_object()["tier"], json!(["gold", null, 1.5]));
        assert_eq!(full.primary_contact.as_ref().map(|contact| contact.email.as_str()), Some("ann@shop.test"));
        let (subject, payload) = events(&fixture, "tenant.updated.v1").await.remove(0);
        assert_eq!(subject, id.to_string());
        assert_eq!(payload["fields"].as_array().map(Vec::len), Some(9), "{payload}");

        let cleared = TenantPatchInput { website: Some(None), metadata: Some(None), ..TenantPatchInput::default() };
        let cleared = tenants.update(&who, id, &ANY, patch(cleared)).await.expect("changes").tenant;
        assert_eq!((cleared.website.as_ref(), cleared.metadata.as_object().len()), (None, 0));
        assert_eq!((&cleared.logo, &cleared.description), (&tenant.logo, &tenant.description));
        let cleared = TenantPatchInput {
            logo: Some(None),
            description: Some(None),
            business_details: Some(None),
            primary_contact_id: Some(None),
            trial_ends_at: Some(None),
            ..TenantPatchInput::default()
        };
        let cleared = tenants.update(&who, id, &ANY, patch(cleared)).await.expect("changes");
        assert_eq!((cleared.primary_contact, cleared.tenant.trial_ends_at), (None, None));
        assert_eq!((cleared.tenant.logo, cleared.tenant.description), (None, None));
        assert!(cleared.tenant.business_details.as_object().is_empty());
        assert_eq!((cleared.tenant.name, cleared.tenant.plan), (tenant.name.clone(), Plan::Enterprise));
        fixture.check_totals().await;
    })
    .await;
}

#[tokio::test]
async fn a_deleted_workshop_keeps_its_names_and_lets_nobody_in() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (who, now) = (staff(), fixture.clock.now());
        let id = fixture.open("garage", Plan::Professional).await.tenant.id;
        let ann = fixture.add(id, "ann@shop.test", "OWNER").await;
        fixture.tenants.delete(&who, id).await.expect("deletes");
        let again = fixture.tenants.create(&who, new_tenant("garage", Plan::Professional), now).await;
        assert!(matches!(again, Err(TenancyError::SubdomainTaken)), "{again:?}");
        let slug = NewTenantInput {
            name: "Other".to_owned(),
            subdomain: "other".to_owned(),
            plan: "PROFESSIONAL".to_owned(),
            slug: Some("garage".to_owned()),
            ..NewTenantInput::default()
        };
        let slug = fixture.tenants.create(&who, NewTenant::parse(slug).expect("a right input"), now).await;
        assert!(matches!(slug, Err(TenancyError::SlugTaken)), "{slug:?}");

        let illegal = |error: TenancyError| assert!(matches!(error, TenancyError::IllegalTransition(_)), "{error:?}");
        let people = &fixture.people;
        illegal(people.add(&who, id, new_person("b@shop.test", "USER"), Access::Password).await.expect_err("deleted"));
        illegal(people.update(&who, id, ann.id, &ANY, PersonPatch::default()).await.expect_err("deleted"));
        illegal(people.remove(&who, id, ann.id).await.expect_err("deleted"));
        let terms = SubscriptionTerms::parse(&SubscriptionInput {
            plan: "PERFORMANCE".to_owned(),
            status: "ACTIVE".to_owned(),
            current_period_start: "2026-01-01T00:00:00Z".to_owned(),
            current_period_end: "2026-02-01T00:00:00Z".to_owned(),
            ..SubscriptionInput::default()
        });
        let terms = terms.expect("a right input");
        illegal(fixture.subscriptions.put(&who, id, &ANY, terms).await.expect_err("deleted"));
        // Staff still see it.
        assert_eq!(fixture.tenants.get_by_subdomain("garage").await.expect("is there").tenant.id, id);
        assert_eq!(fixture.people.list_first(id).await.expect("lists"), [ann]);
        let nobody = fixture.tenants.get_by_subdomain("gar\0age").await;
        assert!(matches!(nobody, Err(TenancyError::TenantNotFound)), "{nobody:?}");
        assert_eq!((fixture.count("tenants").await, fixture.count("tenant_users").await), (1, 1));
        fixture.check_totals().await;
    })
    .await;
}

#[tokio::test]
async fn a_trial_that_is_over_is_forgotten_and_the_story_is_told() {
    on_each_database(async |db| {
        let fixture = Fixture::new(db).await;
        let (tenants, who) = (&fixture.tenants, staff());
        let input = NewTenantInput {
            name: "Jo's Garage".to_owned(),
            subdomain: "garage".to_owned(),
            plan: "PERFORMANCE".to_owned(),
            trial_days: Some(14),
            ..NewTenantInput::default()
        };
        let new = NewTenant::parse(input).expect("a right input");
        let created = tenants.create(&who, new, fixture.clock.now()).await.expect("creates").summary.tenant;
        let (id, end) = (created.id, fixture.clock.now() + TimeDelta::days(14));
        assert_eq!(created.trial_ends_at, Some(end));
        tenants.suspend(&who, id, &reason()).await.expect("suspends");
        fixture.clock.set(end - TimeDelta::seconds(1));
        let active = tenants.reactivate(&who, id).await.expect("reactivates").tenant;
        assert_eq!(active.trial_ends_at, Some(end), "it still runs");
        tenants.suspend(&who, id, &reason()).await.expect("suspends");
        fixture.clock.set(end);
        let active = tenants.reactivate(&who, id).await.expect("reactivates").tenant;
        assert_eq!(active.trial_ends_at, None);
        tenants.delete(&who, id).await.expect("deletes");
        tenants.restore(&who, id).await.expect("restores");

        let created = json!({ "name": "Jo's Garage", "subdomain": "garage", "plan": "PERFORMANCE" });
        for (kind, payload, times) in [
            ("tenant.created.v1", created, 1),
            ("tenant.suspended.v1", json!({ "by": "STAFF" }), 2),
            ("tenant.reactivated.v1", json!({ "from": "SUSPENDED" }), 2),
            ("tenant.deleted.v1", json!({}), 1),
            ("tenant.restored.v1", json!({ "status": "ACTIVE" }), 1),
        ] {
            assert_eq!(events(&fixture, kind).await, vec![(id.to_string(), payload); times], "{kind}");
        }
    })
    .await;
}
