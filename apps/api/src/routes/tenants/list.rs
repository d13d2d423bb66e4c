use actix_web::web;
use kernel::page::{Direction, KeyType, Sort};
use serde::{Deserialize, Serialize};
use tenancy::{
    domain::{Plan, TenantFilter, TenantSort, TenantStatus},
    service::Tenants,
};
use utoipa::{IntoParams, ToSchema};

use super::dto::TenantDto;
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, SortField, access::admin, search};

/// Which workshops.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only with this status.
    #[param(value_type = Option<String>, example = "ACTIVE")]
    status: Option<TenantStatus>,
    /// Only with this plan.
    #[param(value_type = Option<String>, example = "PROFESSIONAL")]
    plan: Option<Plan>,
    /// Text somewhere in the name or the subdomain, whatever the case and the spelling in Unicode.
    #[param(example = "garage", max_length = 200)]
    search: Option<String>,
    /// Whether to list deleted ones, too; false when absent.
    include_deleted: Option<bool>,
}

impl Filters {
    fn to_filter(&self) -> Result<TenantFilter, Problem> {
        Ok(TenantFilter {
            status: self.status,
            plan: self.plan,
            search: search(self.search.as_deref())?,
            include_deleted: self.include_deleted.unwrap_or(false),
        })
    }
}

impl SortField for TenantSort {
    const FIELDS: &'static [(&'static str, Self)] = Self::ALL;

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Descending }
    }

    fn key_type(self) -> KeyType {
        TenantSort::key_type(self)
    }
}

/// A page of workshops.
#[derive(Serialize, ToSchema)]
pub struct TenantList {
    tenants: Vec<TenantDto>,
    pagination: Pagination,
}

/// List tenants
///
/// Newest first unless sorted by `createdAt`, `name`, `subdomain`, `status` or `plan`.
#[utoipa::path(
    get, path = "/admin/tenants", operation_id = "listTenants", tag = "Tenants",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of workshops", body = TenantList))
)]
pub async fn handle(
    _: Require<admin::TenantsRead>,
    list: Listing<Filters, TenantSort>,
    tenants: web::Data<Tenants>,
) -> Result<Answer, Problem> {
    let page = tenants.list(&list.filters.to_filter()?, &list.page).await?;
    let (tenants, pagination) = list.answer(page, TenantDto::from);
    Answer::ok(&TenantList { tenants, pagination })
}
