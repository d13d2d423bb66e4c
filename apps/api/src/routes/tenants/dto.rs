use chrono::{DateTime, Utc};
use kernel::input::Word as _;
use serde::Serialize;
use serde_json::{Map, Value};
use tenancy::domain::{PrimaryContact, TenantSummary, WebAddress};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::http::{Answer, Problem};

/// Whom to call.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PrimaryContactDto {
    id: Uuid,
    first_name: String,
    last_name: String,
    email: String,
    #[schema(example = "OWNER")]
    role: &'static str,
}

impl From<PrimaryContact> for PrimaryContactDto {
    fn from(contact: PrimaryContact) -> Self {
        Self {
            id: contact.id.uuid(),
            first_name: contact.first_name,
            last_name: contact.last_name,
            email: contact.email,
            role: contact.role.as_str(),
        }
    }
}

/// A workshop as its own people see it, too.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OwnTenant)]
pub struct OwnTenantDto {
    id: Uuid,
    #[schema(example = "Jo's Garage")]
    name: String,
    #[schema(example = "jos-garage")]
    subdomain: String,
    #[schema(example = "jos-garage")]
    slug: String,
    /// PROFESSIONAL, PERFORMANCE or ENTERPRISE.
    #[schema(example = "PROFESSIONAL")]
    plan: &'static str,
    /// ACTIVE, SUSPENDED, CANCELLED or TRIAL_EXPIRED.
    #[schema(example = "ACTIVE")]
    status: &'static str,
    #[schema(required = true)]
    website: Option<String>,
    #[schema(required = true)]
    logo: Option<String>,
    #[schema(required = true)]
    description: Option<String>,
    #[schema(value_type = Object)]
    business_details: Map<String, Value>,
    #[schema(required = true)]
    primary_contact: Option<PrimaryContactDto>,
    /// People, deactivated and invited ones included.
    user_count: u64,
    #[schema(required = true)]
    trial_ends_at: Option<DateTime<Utc>>,
    #[schema(required = true)]
    suspended_reason: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    #[schema(required = true)]
    deleted_at: Option<DateTime<Utc>>,
    /// The `ETag`'s number.
    version: i64,
}

impl From<TenantSummary> for OwnTenantDto {
    fn from(TenantSummary { tenant, primary_contact, user_count }: TenantSummary) -> Self {
        let address = |address: Option<WebAddress>| address.map(|it| it.as_str().to_owned());
        Self {
            id: tenant.id.uuid(),
            name: tenant.name.to_string(),
            subdomain: tenant.subdomain.to_string(),
            slug: tenant.slug.as_str().to_owned(),
            plan: tenant.plan.as_str(),
            status: tenant.status.as_str(),
            website: address(tenant.website),
            logo: address(tenant.logo),
            description: tenant.description.map(|text| text.to_string()),
            business_details: tenant.business_details.as_object().clone(),
            primary_contact: primary_contact.map(PrimaryContactDto::from),
            user_count,
            trial_ends_at: tenant.trial_ends_at,
            suspended_reason: tenant.suspended_reason.map(|text| text.to_string()),
            created_at: tenant.created_at,
            updated_at: tenant.updated_at,
            deleted_at: tenant.deleted_at,
            version: tenant.version,
        }
    }
}

/// A workshop with what staff keep about it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TenantDto {
    #[serde(flatten)]
    tenant: OwnTenantDto,
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
    #[schema(required = true)]
    stripe_customer_id: Option<String>,
}

impl From<TenantSummary> for TenantDto {
    fn from(mut summary: TenantSummary) -> Self {
        let metadata = std::mem::take(&mut summary.tenant.metadata);
        Self {
            metadata: metadata.as_object().clone(),
            stripe_customer_id: summary.tenant.stripe_customer_id.take(),
            tenant: summary.into(),
        }
    }
}

/// One workshop.
#[derive(Serialize, ToSchema)]
pub struct TenantAnswer {
    pub(super) tenant: TenantDto,
}

impl From<TenantSummary> for TenantAnswer {
    fn from(summary: TenantSummary) -> Self {
        Self { tenant: summary.into() }
    }
}

/// One's own tenant.
#[derive(Serialize, ToSchema)]
pub struct OwnTenantAnswer {
    tenant: OwnTenantDto,
}

impl From<TenantSummary> for OwnTenantAnswer {
    fn from(summary: TenantSummary) -> Self {
        Self { tenant: summary.into() }
    }
}

/// 200 with the workshop and its `ETag`.
pub(super) fn answer(summary: TenantSummary) -> Result<Answer, Problem> {
    let version = summary.tenant.version;
    Ok(Answer::ok(&TenantAnswer::from(summary))?.etag(version))
}

/// A workshop that was deleted.
#[derive(Serialize, ToSchema)]
pub struct DeletedTenantAnswer {
    pub(super) message: &'static str,
    pub(super) tenant: TenantDto,
}
