//! Between rows and domain types.

use std::str::FromStr;

use kernel::{Currency, Money, StoreError, fold::search_text_of_person, input::Word as _};
use sea_orm::{ActiveValue::Set, NotSet};
use serde_json::{Map, Value};

use super::entity::{subscriptions, tenant_users, tenants};
use crate::domain::{
    BusinessDetails, Description, Metadata, Person, PersonName, Phone, Slug, Subdomain, Subscription,
    SubscriptionTerms, SuspensionReason, Tenant, TenantName, WebAddress,
};

/// Parses a stored word.
pub(super) fn word<T: FromStr>(what: &'static str, text: &str) -> Result<T, StoreError>
where
    T::Err: std::error::Error + Send + Sync + 'static,
{
    text.parse().map_err(|error: T::Err| StoreError::corrupt(what, error))
}

fn object(what: &'static str, value: Value) -> Result<Map<String, Value>, StoreError> {
    match value {
        Value::Object(object) => Ok(object),
        _ => Err(StoreError::corrupt(what, "not a JSON object")),
    }
}

pub(super) fn tenant(row: tenants::Model) -> Result<Tenant, StoreError> {
    Ok(Tenant {
        id: row.id.into(),
        name: TenantName::trusted(row.name),
        subdomain: Subdomain::trusted(row.subdomain),
        slug: Slug::trusted(row.slug),
        plan: word("tenants.plan", &row.plan)?,
        status: word("tenants.status", &row.status)?,
        status_before_deletion: row
            .status_before_deletion
            .map(|text| word("tenants.status_before_deletion", &text))
            .transpose()?,
        primary_contact_id: row.primary_contact_id.map(Into::into),
        website: row.website.map(WebAddress::trusted),
        logo: row.logo.map(WebAddress::trusted),
        description: row.description.map(Description::trusted),
        business_details: BusinessDetails::trusted(object("tenants.business_details", row.business_details)?),
        metadata: Metadata::trusted(object("tenants.metadata", row.metadata)?),
        stripe_customer_id: row.stripe_customer_id,
        trial_ends_at: row.trial_ends_at,
        suspended_reason: row.suspended_reason.map(SuspensionReason::trusted),
        version: row.version,
        generation: row.generation,
        created_at: row.created_at,
        updated_at: row.updated_at,
        deleted_at: row.deleted_at,
    })
}

/// Everything of a workshop.
pub(super) fn tenant_row(tenant: &Tenant) -> tenants::ActiveModel {
    tenants::ActiveModel {
        id: Set(tenant.id.uuid()),
        subdomain: Set(tenant.subdomain.as_str().to_owned()),
        slug: Set(tenant.slug.as_str().to_owned()),
        created_at: Set(tenant.created_at),
        ..tenant_changes(tenant)
    }
}

/// What can change of a workshop.
pub(super) fn tenant_changes(tenant: &Tenant) -> tenants::ActiveModel {
    tenants::ActiveModel {
        id: NotSet,
        name: Set(tenant.name.as_str().to_owned()),
        name_folded: Set(tenant.name.folded()),
        subdomain: NotSet,
        slug: NotSet,
        plan: Set(tenant.plan.as_str().to_owned()),
        status: Set(tenant.status.as_str().to_owned()),
        status_before_deletion: Set(tenant.status_before_deletion.map(|status| status.as_str().to_owned())),
        primary_contact_id: Set(tenant.primary_contact_id.map(kernel::TenantUserId::uuid)),
        website: Set(tenant.website.as_ref().map(|url| url.as_str().to_owned())),
        logo: Set(tenant.logo.as_ref().map(|url| url.as_str().to_owned())),
        description: Set(tenant.description.as_ref().map(|text| text.as_str().to_owned())),
        business_details: Set(Value::Object(tenant.business_details.as_object().clone())),
        metadata: Set(Value::Object(tenant.metadata.as_object().clone())),
        stripe_customer_id: Set(tenant.stripe_customer_id.clone()),
        trial_ends_at: Set(tenant.trial_ends_at),
        suspended_reason: Set(tenant.suspended_reason.as_ref().map(ToString::to_string)),
        version: Set(tenant.version),
        generation: Set(tenant.generation),
        created_at: NotSet,
        updated_at: Set(tenant.updated_at),
        deleted_at: Set(tenant.deleted_at),
    }
}

pub(super) fn person(row: tenant_users::Model) -> Result<Person, StoreError> {
    Ok(Person {
        id: row.id.into(),
        tenant_id: row.tenant_id.into(),
        first_name: PersonName::trusted(row.first_name),
        last_name: PersonName::trusted(row.last_name),
        email: word("tenant_users.email", &row.email)?,
        role: word("tenant_users.role", &row.role)?,
        is_active: row.is_active,
        phone: row.phone.map(Phone::trusted),
        avatar: row.avatar,
        last_login_at: row.last_login_at,
        last_activity_at: row.last_activity_at,
        invited_at: row.invited_at,
        invitation_expires_at: row.invitation_expires_at,
        accepted_at: row.accepted_at,
        version: row.version,
        generation: row.generation,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Everything of a person.
pub(super) fn person_row(person: &Person) -> tenant_users::ActiveModel {
    tenant_users::ActiveModel {
        id: Set(person.id.uuid()),
        tenant_id: Set(person.tenant_id.uuid()),
        email: Set(person.email.as_str().to_owned()),
        last_login_at: Set(person.last_login_at),
        last_activity_at: Set(person.last_activity_at),
        created_at: Set(person.created_at),
        ..person_changes(person)
    }
}

/// What can change of a person. Sign-ins are noted apart, so that they never bump the version.
pub(super) fn person_changes(person: &Person) -> tenant_users::ActiveModel {
    tenant_users::ActiveModel {
        id: NotSet,
        tenant_id: NotSet,
        first_name: Set(person.first_name.as_str().to_owned()),
        last_name: Set(person.last_name.as_str().to_owned()),
        email: NotSet,
        search_text: Set(search_text_of_person(
            person.first_name.as_str(),
            person.last_name.as_str(),
            person.email.as_str(),
        )),
        role: Set(person.role.as_str().to_owned()),
        is_active: Set(person.is_active),
        phone: Set(person.phone.as_ref().map(|phone| phone.as_str().to_owned())),
        avatar: Set(person.avatar.clone()),
        last_login_at: NotSet,
        last_activity_at: NotSet,
        invited_at: Set(person.invited_at),
        invitation_expires_at: Set(person.invitation_expires_at),
        accepted_at: Set(person.accepted_at),
        version: Set(person.version),
        generation: Set(person.generation),
        created_at: NotSet,
        updated_at: Set(person.updated_at),
    }
}

pub(super) fn subscription(row: subscriptions::Model) -> Result<Subscription, StoreError> {
    let currency: Currency = word("subscriptions.currency", &row.currency)?;
    Ok(Subscription {
        id: row.id,
        tenant_id: row.tenant_id.into(),
        terms: SubscriptionTerms {
            plan: word("subscriptions.plan", &row.plan)?,
            status: word("subscriptions.status", &row.status)?,
            price: Money::new(row.price_cents, currency),
            current_period_start: row.current_period_start,
            current_period_end: row.current_period_end,
            cancel_at_period_end: row.cancel_at_period_end,
        },
        version: row.version,
        created_at: row.created_at,
        updated_at: row.updated_at,
    })
}

/// Everything of a subscription.
pub(super) fn subscription_row(subscription: &Subscription) -> subscriptions::ActiveModel {
    subscriptions::ActiveModel {
        id: Set(subscription.id),
        tenant_id: Set(subscription.tenant_id.uuid()),
        created_at: Set(subscription.created_at),
        ..subscription_changes(subscription)
    }
}

/// What can change of a subscription.
pub(super) fn subscription_changes(subscription: &Subscription) -> subscriptions::ActiveModel {
    let terms = &subscription.terms;
    subscriptions::ActiveModel {
        id: NotSet,
        tenant_id: NotSet,
        plan: Set(terms.plan.as_str().to_owned()),
        status: Set(terms.status.as_str().to_owned()),
        price_cents: Set(terms.price.cents()),
        currency: Set(terms.price.currency().as_str().to_owned()),
        current_period_start: Set(terms.current_period_start),
        current_period_end: Set(terms.current_period_end),
        cancel_at_period_end: Set(terms.cancel_at_period_end),
        external_customer_id: NotSet,
        external_subscription_id: NotSet,
        version: Set(subscription.version),
        created_at: NotSet,
        updated_at: Set(subscription.updated_at),
    }
}
