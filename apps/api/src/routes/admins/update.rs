use actix_web::web;
use auth::{AdminPatch, AdminPatchInput};
use kernel::AdminId;
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::{AdminAnswer, answer};
use crate::{
    http::{Answer, Context, IfMatch, Json, PathId, Problem, Require, access::admin, given},
    workflows::ChangeStaff,
};

/// Changes to a member of staff: what is left out stays, `null` clears an optional field.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateAdminBody {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 100)]
    first_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 100)]
    last_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, max_length = 254)]
    email: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = String, required = false, example = "SALES")]
    role: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 100)]
    department: Option<Option<String>>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 40)]
    phone: Option<Option<String>>,
    /// An `https` URL.
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, max_length = 2048)]
    avatar: Option<Option<String>>,
}

impl UpdateAdminBody {
    fn into_command(self) -> Result<AdminPatch, Problem> {
        let input = AdminPatchInput {
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            role: self.role,
            department: self.department,
            phone: self.phone,
            avatar: self.avatar,
        };
        AdminPatch::parse(&input).map_err(Problem::validation)
    }
}

/// Update a member of staff
///
/// A new role takes effect within a second, on access tokens already handed out too. Nobody changes their own role, and
/// the last active super admin stays. Under a role without `support:write` their tickets go back to the queue, but for closed ones.
#[utoipa::path(
    patch, path = "/admin/users/{id}", operation_id = "updateAdmin", tag = "Admins",
    params(("id" = uuid::Uuid, Path, description = "The member of staff")),
    request_body = UpdateAdminBody,
    responses((status = 200, description = "The changed member of staff", body = AdminAnswer))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    id: PathId<AdminId>,
    if_match: IfMatch,
    body: Json<UpdateAdminBody>,
    staff: web::Data<ChangeStaff>,
) -> Result<Answer, Problem> {
    let patch = body.into_inner().into_command()?;
    answer(staff.update(&context, id.0, &if_match, patch).await?)
}
