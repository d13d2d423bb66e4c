//! What the error codes mean: docs/errors.md and the page `/docs/errors` are made from it. A code that is added to
//! `kernel::ErrorCode` or `kernel::FieldCode` does not compile until it is told here.

use kernel::{ErrorCode, FieldCode};

/// The HTTP statuses that a code comes with, each with what has happened and what to do.
#[must_use]
pub const fn meanings(code: ErrorCode) -> &'static [(u16, &'static str)] {
    match code {
        ErrorCode::AccountLocked => &[(429, "Too many failed sign-ins; see Retry-After.")],
        ErrorCode::AddressSuppressed => {
            &[(409, "Nothing is sent to this address; take it off the suppression list first.")]
        }
        ErrorCode::AuditChainBroken => {
            &[(409, "The audit trail was changed behind our back; nothing is archived until it is looked into.")]
        }
        ErrorCode::BadRequest => &[(400, "The path, the query or the request itself cannot be read at all.")],
        ErrorCode::CannotChangeSelf => &[(409, "Nobody changes their own role or deactivates themselves.")],
        ErrorCode::CapricornCredentialsRefused => {
            &[(409, "Capricorn refuses the credentials; enter them again at the workshop's connection.")]
        }
        ErrorCode::CapricornNotConfigured => {
            &[(409, "There are no credentials for Capricorn; enter them at the workshop's connections.")]
        }
        ErrorCode::CapricornUnavailable => &[(503, "Calls to Capricorn are paused; see Retry-After.")],
        ErrorCode::Conflict => &[(409, "The state forbids it.")],
        ErrorCode::DatabaseUnavailable => &[(503, "The database does not answer in time; see Retry-After.")],
        ErrorCode::EmailTaken => &[(409, "The mail address is in use.")],
        ErrorCode::Forbidden => &[(403, "The role does not have the permission.")],
        ErrorCode::IdempotencyInFlight => &[(409, "A request with this key is being carried out; see Retry-After.")],
        ErrorCode::IdempotencyKeyReused => &[(422, "The key was used with another body. Use a new key.")],
        ErrorCode::IllegalTransition => &[(409, "The thing is in a state from which this is not possible.")],
        ErrorCode::Internal => &[(500, "A fault of ours; tell us the requestId.")],
        ErrorCode::InvalidCredentials => &[(401, "Address or password are wrong, or the account cannot sign in.")],
        ErrorCode::LastOwner => &[(409, "The last active owner of a workshop stays.")],
        ErrorCode::LastSuperAdmin => &[(409, "The last active super admin stays.")],
        ErrorCode::LimitReached => &[(409, "There is no room for more; detail says of what.")],
        ErrorCode::MalformedJson => &[(400, "The body is no JSON, or not UTF-8.")],
        ErrorCode::MethodNotAllowed => &[(405, "The path exists, but not with this method; see Allow.")],
        ErrorCode::NotAcceptable => &[(406, "Nothing that the client accepts can be sent.")],
        ErrorCode::NotFound => &[(404, "There is no such thing, or it is not yours.")],
        ErrorCode::NotReady => &[(503, "This node cannot serve requests now.")],
        ErrorCode::OrderInDoubt => {
            &[(409, "Whether Capricorn has the order is being found out; ask again when it has left this state.")]
        }
        ErrorCode::OriginRefused => &[(403, "The request comes from a web page of an origin that is not allowed.")],
        ErrorCode::PasswordChangeRequired => &[(403, "The password must be changed before anything else.")],
        ErrorCode::PayloadTooLarge => &[(413, "The body is larger than the limit.")],
        ErrorCode::PreconditionFailed => &[(412, "The object has changed since; read it again. See If-Match.")],
        ErrorCode::PreconditionRequired => &[(428, "A header that this route needs is missing; detail names it.")],
        ErrorCode::PriceChanged => {
            &[(409, "A price is not what the client thinks; errors names each, quote has the prices of now.")]
        }
        ErrorCode::QuotaExceeded => {
            &[(409, "The plan's limit is reached."), (429, "The plan's API calls of today are used; see Retry-After.")]
        }
        ErrorCode::RateLimited => &[(429, "Too many requests; see Retry-After.")],
        ErrorCode::RefreshReused => {
            &[(401, "The refresh token was used before; the session is closed. Sign in again.")]
        }
        ErrorCode::RequestTimedOut => &[(503, "The request took too long and was given up; see Retry-After.")],
        ErrorCode::RequestTimeout => &[(408, "The body did not arrive in time.")],
        ErrorCode::SecretErased => &[(409, "The secret in this message was erased; cause a new one instead.")],
        ErrorCode::SignatureInvalid => &[(401, "The webhook's signature is wrong, missing or too old.")],
        ErrorCode::SlugTaken => &[(409, "The slug is in use.")],
        ErrorCode::SubdomainTaken => &[(409, "The subdomain is in use.")],
        ErrorCode::TenantSuspended => &[(403, "The workshop is suspended or cancelled.")],
        ErrorCode::TokenExpired => &[(401, "The access token has expired. Refresh it.")],
        ErrorCode::TokenInvalid => &[(401, "The token is not one of ours, or not for this. Sign in again.")],
        ErrorCode::TokenRevoked => {
            &[(401, "The session was ended, or the account has changed. Refresh, or sign in again.")]
        }
        ErrorCode::TrialExpired => &[(403, "The trial is over: reading only, until a plan is chosen.")],
        ErrorCode::Unauthenticated => &[(401, "There is no access token. Sign in and send it as a bearer token.")],
        ErrorCode::Unavailable => &[(503, "This cannot be done right now; see Retry-After.")],
        ErrorCode::UnsupportedMediaType => &[(415, "The body is not application/json, or is compressed.")],
        ErrorCode::UpstreamError => {
            &[(502, "A service that this depends on failed, or answered what cannot be. Try again later.")]
        }
        ErrorCode::UpstreamTimeout => &[(504, "A service that this depends on does not answer in time.")],
        ErrorCode::ValidationFailed => &[(422, "One or more fields or parameters are wrong; errors names them.")],
    }
}

/// What is wrong with a field.
#[must_use]
pub const fn field_meaning(code: FieldCode) -> &'static str {
    match code {
        FieldCode::ContainsPersonal => "holds the name, the address or \"nextcrm\"",
        FieldCode::Duplicate => "is given twice",
        FieldCode::ForbiddenCharacter => "holds a control, invisible or text-direction character",
        FieldCode::Incorrect => "the current password is wrong",
        FieldCode::Invalid => "is of the right type, but not a value that may stand here",
        FieldCode::InvalidType => "is of another type",
        FieldCode::NotAssignable => "names somebody who may not do this work",
        FieldCode::NotFound => "names something that is not there, or is not yours",
        FieldCode::OutOfRange => "is a number or time below or above what is taken",
        FieldCode::PriceChanged => "is not what the part costs now",
        FieldCode::Required => "is missing or empty",
        FieldCode::Reserved => "is a name that is kept for us",
        FieldCode::SameAsCurrent => "the new password is the current one",
        FieldCode::TokenInvalid => "a one-time token is forged, broken, expired or used",
        FieldCode::TooCommon => "is one of the commonest passwords",
        FieldCode::TooDeep => "is nested too deep",
        FieldCode::TooLong => "has too many characters, bytes or entries",
        FieldCode::TooShort => "has too few characters",
        FieldCode::TooWeak => "the password is too simple for its length",
        FieldCode::UnknownField => "is no field of this body",
        FieldCode::UnknownParameter => "is no parameter of this route",
    }
}

/// All statuses, codes and meanings, by status and then in alphabetical order.
#[must_use]
pub fn table() -> Vec<(u16, ErrorCode, &'static str)> {
    let mut table = Vec::new();
    for code in ErrorCode::ALL {
        table.extend(meanings(*code).iter().map(|(status, meaning)| (*status, *code, *meaning)));
    }
    table.sort_by_key(|(status, code, _)| (*status, code.as_str()));
    table
}

/// The codes as docs/errors.md shows them.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Error codes\n\n\
         Every answer that is no success is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`,\n\
         `instance`, `code`, `requestId` and, where fields are wrong, `errors: [{ field, code, message }]`. Programs go by\n\
         `code`; it is stable. This file is written from `kernel::ErrorCode`, `kernel::FieldCode` and\n\
         `apps/api/src/error_codes.rs`, see adding-an-endpoint.md.\n\n\
         | status | code | meaning |\n| --- | --- | --- |\n",
    );
    for (status, code, meaning) in table() {
        text.push_str(&format!("| {status} | {code} | {meaning} |\n"));
    }
    text.push_str("\n## Codes of single fields\n\n| code | meaning |\n| --- | --- |\n");
    for code in FieldCode::ALL {
        text.push_str(&format!("| {code} | {} |\n", field_meaning(*code)));
    }
    text
}
