//! Audit entries of things that happened before the database was there.

use chrono::{DateTime, Duration, Utc};
use kernel::{AuditEntryId, Changes, TenantId, input::Word as _};
use rand::RngExt as _;
use rand_chacha::ChaCha8Rng;

use super::generate::uuid_v7;
use super::model::{NewAdmin, NewEntry, NewTenant, State};

/// Something that one of the admins did, or failed to.
pub(super) fn random_entry(
    rng: &mut ChaCha8Rng,
    id: AuditEntryId,
    at: DateTime<Utc>,
    admins: &[NewAdmin],
    tenant: Option<TenantId>,
) -> NewEntry {
    let actor = admins.get(rng.random_range(0..admins.len().max(1)));
    let base = entry(rng, id, at, actor);
    match (rng.random_range(0..100_u8), tenant) {
        (0..30, _) | (_, None) => base,
        (30..35, _) => refused_sign_in(base),
        (35..70, Some(tenant)) => {
            let changes = Changes::new().field("plan", &"PROFESSIONAL", &"PERFORMANCE");
            on_tenant(base, "TENANT_UPDATED", tenant, changes, 200)
        }
        (70..90, Some(tenant)) => {
            let changes = Changes::new().field("status", &"TRIALING", &"ACTIVE").field("priceCents", &0, &9_900);
            NewEntry { resource: "subscription", ..on_tenant(base, "SUBSCRIPTION_UPDATED", tenant, changes, 200) }
        }
        (90..97, Some(tenant)) => {
            let changes = Changes::new().personal("phone");
            NewEntry { resource: "tenant_user", ..on_tenant(base, "TENANT_USER_UPDATED", tenant, changes, 200) }
        }
        (_, Some(tenant)) => {
            let refused = on_tenant(base, "TENANT_SUSPENDED", tenant, Changes::new(), 409);
            NewEntry { error_message: Some("ILLEGAL_TRANSITION"), ..refused }
        }
    }
}

/// What the trail tells of a workshop: how it came, who joined, where it went.
pub(super) fn of_tenant(rng: &mut ChaCha8Rng, tenant: &NewTenant, by: &NewAdmin) -> Vec<NewEntry> {
    let mut entries = Vec::new();
    let mut at = tenant.created_at;
    let next = |rng: &mut ChaCha8Rng, at: DateTime<Utc>| {
        let id = AuditEntryId(uuid_v7(rng, at));
        entry(rng, id, at, Some(by))
    };
    let founded =
        Changes::new().set("name", &tenant.name).set("subdomain", &tenant.subdomain).set("plan", &tenant.plan.as_str());
    entries.push(on_tenant(next(rng, at), "TENANT_CREATED", tenant.id, founded, 201));
    for person in &tenant.people {
        at += Duration::minutes(7);
        let changes = Changes::new().set("role", &person.role.as_str()).personal("email");
        let added = on_tenant(next(rng, at), "TENANT_USER_ADDED", tenant.id, changes, 201);
        let (resource_id, tenant_user_id) = (Some(person.id.to_string()), Some(person.id));
        entries.push(NewEntry { resource: "tenant_user", resource_id, tenant_user_id, ..added });
    }
    at += Duration::minutes(7);
    let changes =
        Changes::new().set("status", &tenant.subscription.status).set("priceCents", &tenant.subscription.price_cents);
    let paid = on_tenant(next(rng, at), "SUBSCRIPTION_UPDATED", tenant.id, changes, 200);
    entries.push(NewEntry { resource: "subscription", ..paid });

    let from = "ACTIVE";
    match tenant.state {
        State::Suspended { at, reason } => {
            let changes = Changes::new().field("status", &from, &"SUSPENDED").set("suspendedReason", &reason);
            entries.push(on_tenant(next(rng, at), "TENANT_SUSPENDED", tenant.id, changes, 200));
        }
        State::Deleted { at } => {
            let changes = Changes::new().field("status", &from, &"CANCELLED");
            entries.push(on_tenant(next(rng, at), "TENANT_DELETED", tenant.id, changes, 200));
        }
        State::Active | State::Trial { .. } | State::TrialExpired { .. } => {}
    }
    entries
}

/// A sign-in of an admin.
pub(super) fn sign_in_of(rng: &mut ChaCha8Rng, admin: &NewAdmin, at: DateTime<Utc>) -> NewEntry {
    let id = AuditEntryId(uuid_v7(rng, at));
    entry(rng, id, at, Some(admin))
}

/// A sign-in; whatever else happened is laid over it.
fn entry(rng: &mut ChaCha8Rng, id: AuditEntryId, at: DateTime<Utc>, actor: Option<&NewAdmin>) -> NewEntry {
    NewEntry {
        id,
        actor: actor.map(|admin| (admin.id, admin.role)),
        action: "LOGIN_SUCCESS",
        resource: "session",
        resource_id: None,
        tenant_id: None,
        tenant_user_id: None,
        changes: Changes::new(),
        status_code: 200,
        error_message: None,
        // A block that is kept for documentation (RFC 5737).
        ip_address: format!("203.0.113.{}", rng.random_range(1..255_u8)),
        created_at: at,
    }
}

fn refused_sign_in(base: NewEntry) -> NewEntry {
    let error_message = Some("INVALID_CREDENTIALS");
    NewEntry { actor: None, action: "LOGIN_FAILED", status_code: 401, error_message, ..base }
}

fn on_tenant(base: NewEntry, action: &'static str, tenant: TenantId, changes: Changes, status_code: i32) -> NewEntry {
    let (resource_id, tenant_id) = (Some(tenant.to_string()), Some(tenant));
    NewEntry { action, resource: "tenant", resource_id, tenant_id, changes, status_code, ..base }
}
