use actix_web::web;
use auth::{AdminAccounts, NewAdmin, NewAdminInput};
use serde::Deserialize;
use utoipa::ToSchema;

use super::dto::AdminAnswer;
use crate::http::{Answer, Context, Idempotent, Json, Problem, Require, access::admin};

/// A new member of staff.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CreateAdminBody {
    #[schema(example = "Kim", max_length = 100)]
    first_name: String,
    #[schema(example = "Reid", max_length = 100)]
    last_name: String,
    #[schema(example = "kim@nextcrm.example", max_length = 254)]
    email: String,
    #[schema(example = "SUPPORT")]
    role: String,
    #[schema(example = "Help desk", max_length = 100)]
    department: Option<String>,
    #[schema(example = "+61 3 9000 0000", max_length = 40)]
    phone: Option<String>,
}

impl CreateAdminBody {
    fn into_command(self) -> Result<NewAdmin, Problem> {
        let input = NewAdminInput {
            first_name: self.first_name,
            last_name: self.last_name,
            email: self.email,
            role: self.role,
            department: self.department,
            phone: self.phone,
        };
        NewAdmin::parse(&input).map_err(Problem::validation)
    }
}

/// Create a member of staff
///
/// They get a message with a temporary password, which is in no answer and must be changed at the first sign-in.
#[utoipa::path(
    post, path = "/admin/users", operation_id = "createAdmin", tag = "Admins",
    request_body = CreateAdminBody,
    responses((status = 201, description = "The new member of staff", body = AdminAnswer))
)]
pub async fn handle(
    _: Require<admin::AdminsWrite>,
    context: Context,
    key: Idempotent,
    body: Json<CreateAdminBody>,
    admins: web::Data<AdminAccounts>,
) -> Result<Answer, Problem> {
    let prepared = admins.prepare(body.into_inner().into_command()?).await?;
    key.once(async |tx| {
        let account = admins.create_in(tx, &context, &prepared).await?;
        let (location, version) = (format!("/api/admin/users/{}", account.id), account.version);
        Ok(Answer::created(&location, &AdminAnswer { user: account.into() })?.etag(version))
    })
    .await
}
