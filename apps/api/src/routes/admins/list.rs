use actix_web::web;
use auth::{AdminAccounts, AdminFilter, AdminSort};
use kernel::{
    AdminRole,
    page::{Direction, KeyType, Sort},
};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::dto::AdminDto;
use crate::http::{Answer, Listing, Pagination, PagingParams, Problem, Require, SortField, access::admin, search};

/// Whom to list.
#[derive(Deserialize, IntoParams)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct Filters {
    /// Only this role.
    #[param(value_type = Option<String>, example = "SUPPORT")]
    role: Option<AdminRole>,
    /// Only active, or only inactive ones.
    is_active: Option<bool>,
    /// Text somewhere in "First Last", "Last First" or the address, whatever the case and the spelling in Unicode.
    #[param(example = "kim", max_length = 200)]
    search: Option<String>,
}

impl Filters {
    fn to_filter(&self) -> Result<AdminFilter, Problem> {
        let search = search(self.search.as_deref())?;
        Ok(AdminFilter { role: self.role, is_active: self.is_active, search })
    }
}

impl SortField for AdminSort {
    const FIELDS: &'static [(&'static str, Self)] =
        &[("createdAt", Self::CreatedAt), ("email", Self::Email), ("lastName", Self::LastName)];

    fn default_sort() -> Sort<Self> {
        Sort { field: Self::CreatedAt, direction: Direction::Descending }
    }

    fn key_type(self) -> KeyType {
        match self {
            Self::CreatedAt => KeyType::Time,
            Self::Email | Self::LastName => KeyType::Text,
        }
    }
}

/// A page of staff.
#[derive(Serialize, ToSchema)]
pub struct AdminList {
    users: Vec<AdminDto>,
    pagination: Pagination,
}

/// List staff
///
/// Newest first unless sorted by `createdAt`, `email` or `lastName`.
#[utoipa::path(
    get, path = "/admin/users", operation_id = "listAdmins", tag = "Admins",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of staff", body = AdminList))
)]
pub async fn handle(
    _: Require<admin::AdminsRead>,
    list: Listing<Filters, AdminSort>,
    admins: web::Data<AdminAccounts>,
) -> Result<Answer, Problem> {
    let page = admins.list(&list.filters.to_filter()?, &list.page).await?;
    let (users, pagination) = list.answer(page, AdminDto::from);
    Answer::ok(&AdminList { users, pagination })
}
