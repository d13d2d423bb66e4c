use actix_web::web;
use tenancy::{domain::PersonSort, service::People};

use crate::{
    composition::Core,
    http::{Answer, Listing, PagingParams, Problem, Require, TenantScope, access::tenant},
    routes::tenants::users::{
        dto::UserDto,
        list::{Filters, UserList},
    },
};

/// List the people of one's own workshop
///
/// Oldest first unless sorted by `createdAt`, `email`, `lastName` or `role`.
#[utoipa::path(
    get, path = "/tenant/users", operation_id = "listOwnUsers", tag = "Workspace users",
    params(PagingParams, Filters),
    responses((status = 200, description = "A page of people", body = UserList))
)]
pub async fn handle(
    _: Require<tenant::UsersRead>,
    scope: TenantScope,
    list: Listing<Filters, PersonSort>,
    people: web::Data<People>,
    core: web::Data<Core>,
) -> Result<Answer, Problem> {
    let page = people.list(scope.0, &list.filters.to_filter()?, &list.page).await?;
    let now = core.clock.now();
    let (users, pagination) = list.answer(page, |person| UserDto::new(person, now));
    Answer::ok(&UserList { users, pagination })
}
