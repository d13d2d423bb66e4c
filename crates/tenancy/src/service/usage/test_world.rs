//! What the tests of these services share.

use std::sync::Arc;

use kernel::{Clock, TenantId};
use test_support::FixedClock;
use uuid::Uuid;

use super::Usage;
use crate::{
    domain::{BusinessDetails, Metadata, Plan, RawRetention, Slug, Subdomain, Tenant, TenantName, TenantStatus},
    repository::MockUsageRepository,
    service::test_ports::{Kept, Mocks},
};

pub(super) const TENANT: TenantId = TenantId(Uuid::from_u128(7));

pub(super) fn service(usage: MockUsageRepository, mocks: Mocks) -> (Usage, Kept) {
    let kept = mocks.ports();
    (Usage::new(kept.ports.clone(), Arc::new(usage), RawRetention::default()), kept)
}

pub(super) fn a_tenant() -> Tenant {
    let subdomain = Subdomain::parse("garage").expect("a label");
    let now = FixedClock::default().now();
    Tenant {
        id: TENANT,
        name: TenantName::parse("Garage").expect("a name"),
        slug: Slug::from(&subdomain),
        subdomain,
        plan: Plan::Enterprise,
        status: TenantStatus::Active,
        status_before_deletion: None,
        primary_contact_id: None,
        website: None,
        logo: None,
        description: None,
        business_details: BusinessDetails::default(),
        metadata: Metadata::default(),
        stripe_customer_id: None,
        trial_ends_at: None,
        suspended_reason: None,
        version: 1,
        generation: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    }
}
