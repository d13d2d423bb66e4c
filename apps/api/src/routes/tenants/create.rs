use actix_web::web;
use serde::Deserialize;
use serde_json::Value;
use tenancy::domain::{NewTenant, NewTenantInput};
use utoipa::ToSchema;

use super::dto::TenantAnswer;
use crate::{
    http::{Answer, Context, Idempotent, Json, Problem, Require, access::admin},
    workflows::OpenWorkshop,
};

/// The person who is invited to own the workshop.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnerBody {
    #[schema(example = "Jo", max_length = 100)]
    first_name: String,
    #[schema(example = "Wong", max_length = 100)]
    last_name: String,
    #[schema(example = "jo@garage.example", max_length = 254)]
    email: String,
}

/// A new workshop.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateTenantBody {
    #[schema(example = "Jo's Garage", max_length = 120)]
    name: String,
    /// A DNS label of 3 to 63 lower-case letters, digits and hyphens; not reserved; never changes.
    #[schema(example = "jos-garage", min_length = 3, max_length = 63)]
    subdomain: String,
    /// PROFESSIONAL, PERFORMANCE or ENTERPRISE.
    #[schema(example = "PROFESSIONAL")]
    plan: String,
    /// The subdomain when absent.
    slug: Option<String>,
    #[schema(example = "https://garage.example")]
    website: Option<String>,
    description: Option<String>,
    /// ABN, address, phone, ...
    #[schema(value_type = Option<Object>)]
    business_details: Option<Value>,
    /// Length of the trial in days, 1 to 365; no trial when absent.
    #[schema(example = 14)]
    trial_days: Option<i64>,
    owner: Option<OwnerBody>,
}

impl CreateTenantBody {
    fn into_command(self) -> Result<NewTenant, Problem> {
        let input = NewTenantInput {
            name: self.name,
            subdomain: self.subdomain,
            plan: self.plan,
            slug: self.slug,
            website: self.website,
            description: self.description,
            business_details: self.business_details,
            trial_days: self.trial_days,
            owner: self.owner.map(|owner| (owner.first_name, owner.last_name, owner.email)),
        };
        NewTenant::parse(input).map_err(Problem::validation)
    }
}

/// Create a tenant
///
/// With `owner`, that person is invited as its OWNER, in the same transaction.
#[utoipa::path(
    post, path = "/admin/tenants", operation_id = "createTenant", tag = "Tenants",
    request_body = CreateTenantBody,
    responses((status = 201, description = "The new workshop", body = TenantAnswer))
)]
pub async fn handle(
    _: Require<admin::TenantsWrite>,
    context: Context,
    key: Idempotent,
    body: Json<CreateTenantBody>,
    workflow: web::Data<OpenWorkshop>,
) -> Result<Answer, Problem> {
    let new = body.into_inner().into_command()?;
    key.once(async |tx| {
        let summary = workflow.open_in(tx, &context, new).await?;
        let (location, version) = (format!("/api/admin/tenants/{}", summary.tenant.id), summary.tenant.version);
        Ok(Answer::created(&location, &TenantAnswer { tenant: summary.into() })?.etag(version))
    })
    .await
}
