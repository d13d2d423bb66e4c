use actix_web::web;
use auth::PermissionMarker;
use kernel::{
    TenantRole,
    page::{Direction, KeyType, Sort},
};
use serde::{Deserialize, Serialize};
use tenancy::{
    domain::{PersonFilter, PersonSort},
    service::People,
};
use utoipa::{IntoParams, ToSchema};

use super::dto::UserDto;
use crate::{
    composition::Core,
    http::{Answer, Listing, Pagination, PagingParams, Problem, Require, SortField, TargetTenant, search},
};

/// Whom to list.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only this role.
    #[param(value_type = Option<String>, example = "OWNER")]
    role: Option<TenantRole>,
    /// Only active, or only deactivated ones.
    is_active: Option<bool>,
    /// Text somewhere in "First Last", "Last First" or the address, whatever the case and the spelling in Unicode.
    #[param(example = "jo", max_length = 200)]
    search: Option<String>,
}

impl Filters {
    pub(in crate::routes) fn to_filter(&self) -> Result<PersonFilter, Problem> {
        let search = search(self.search.as_deref())?;
        Ok(PersonFilter { role: self.role, is_active: self.is_active, search })
    }
}

impl SortField for PersonSort {
    const FIELDS: &'static [(&'static str, Self)] = Self::ALL;

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Ascending }
    }

    fn key_type(self) -> KeyType {
        PersonSort::key_type(self)
    }
}

/// A page of a workshop's people.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantUserList)]
pub struct UserList {
    pub(in crate::routes) users: Vec<UserDto>,
    pub(in crate::routes) pagination: Pagination,
}

/// List a tenant's users
///
/// Oldest first unless sorted by `createdAt`, `email`, `lastName` or `role`.
#[utoipa::path(
    get, path = "/admin/tenants/{id}/users", operation_id = "listTenantUsers", tag = "Tenant users",
    params(("id" = uuid::Uuid, Path, description = "The tenant"), PagingParams, Filters),
    responses((status = 200, description = "A page of people", body = UserList))
)]
pub async fn handle<P: PermissionMarker>(
    _: Require<P>,
    tenant: TargetTenant,
    list: Listing<Filters, PersonSort>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let page = people.list(tenant.id, &list.filters.to_filter()?, &list.page).await?;
    let now = core.clock.now();
    let (users, pagination) = list.answer(page, |person| UserDto::new(person, now));
    Answer::ok(&UserList { users, pagination })
}
