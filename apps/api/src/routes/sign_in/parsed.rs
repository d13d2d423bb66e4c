//! What both sign-in and forgotten passwords read.

use auth::TenantRef;
use kernel::{EmailAddress, FieldCode};
use uuid::Uuid;

use crate::http::Problem;

/// The address in the field `email`.
pub fn email(text: &str) -> Result<EmailAddress, Problem> {
    EmailAddress::parse_as("email", text).map_err(|error| Problem::validation(vec![error]))
}

/// Longest subdomain that is looked for: a label of DNS.
const MAX_SUBDOMAIN: usize = 63;

/// The workshop that is named by its subdomain, or by its id in place of it.
pub fn tenant_ref(subdomain: Option<&str>, tenant_id: Option<Uuid>) -> Result<TenantRef, Problem> {
    match (subdomain, tenant_id) {
        (Some(name), None) if name.trim().len() > MAX_SUBDOMAIN => {
            Err(Problem::field("subdomain", FieldCode::TooLong, format!("must be at most {MAX_SUBDOMAIN} characters")))
        }
        (Some(name), None) => Ok(TenantRef::Subdomain(name.trim().to_lowercase())),
        (None, Some(id)) => Ok(TenantRef::Id(id.into())),
        (None, None) => {
            Err(Problem::field("subdomain", FieldCode::Required, "must be given, or tenantId in its place"))
        }
        (Some(_), Some(_)) => {
            Err(Problem::field("tenantId", FieldCode::Invalid, "must not be given together with subdomain"))
        }
    }
}
