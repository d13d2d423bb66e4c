//! Every error code that a client may see; docs/errors.md and the page `/docs/errors` are made from it.

/// A code with its status and meaning.
#[derive(Debug, Clone, Copy)]
pub struct ErrorCode {
    /// Upper snake case, stable.
    pub code: &'static str,
    /// The HTTP status it comes with.
    pub status: u16,
    /// What has happened and what to do.
    pub meaning: &'static str,
}

const fn code(status: u16, code: &'static str, meaning: &'static str) -> ErrorCode {
    ErrorCode { code, status, meaning }
}

/// All of them, by status and then in alphabetical order.
pub const CODES: &[ErrorCode] = &[
    code(400, "BAD_REQUEST", "The path, the query or the request itself cannot be read at all."),
    code(400, "MALFORMED_JSON", "The body is no JSON, or not UTF-8."),
    code(401, "INVALID_CREDENTIALS", "Address or password are wrong, or the account cannot sign in."),
    code(401, "REFRESH_REUSED", "The refresh token was used before; the session is closed. Sign in again."),
    code(401, "SIGNATURE_INVALID", "The webhook's signature is wrong, missing or too old."),
    code(401, "TOKEN_EXPIRED", "The access token has expired. Refresh it."),
    code(401, "TOKEN_INVALID", "The token is not one of ours, or not for this. Sign in again."),
    code(401, "TOKEN_REVOKED", "The session was ended, or the account has changed. Refresh, or sign in again."),
    code(401, "UNAUTHENTICATED", "There is no access token. Sign in and send it as a bearer token."),
    code(403, "FORBIDDEN", "The role does not have the permission."),
    code(403, "ORIGIN_REFUSED", "The request comes from a web page of an origin that is not allowed."),
    code(403, "PASSWORD_CHANGE_REQUIRED", "The password must be changed before anything else."),
    code(403, "TENANT_SUSPENDED", "The workshop is suspended or cancelled."),
    code(403, "TRIAL_EXPIRED", "The trial is over: reading only, until a plan is chosen."),
    code(404, "NOT_FOUND", "There is no such thing, or it is not yours."),
    code(405, "METHOD_NOT_ALLOWED", "The path exists, but not with this method; see Allow."),
    code(406, "NOT_ACCEPTABLE", "Nothing that the client accepts can be sent."),
    code(408, "REQUEST_TIMEOUT", "The body did not arrive in time."),
    code(409, "ADDRESS_SUPPRESSED", "Nothing is sent to this address; take it off the suppression list first."),
    code(
        409,
        "AUDIT_CHAIN_BROKEN",
        "The audit trail was changed behind our back; nothing is archived until it is looked into.",
    ),
    code(409, "CANNOT_CHANGE_SELF", "Nobody changes their own role or deactivates themselves."),
    code(409, "CONFLICT", "The state forbids it."),
    code(409, "EMAIL_TAKEN", "The mail address is in use."),
    code(409, "IDEMPOTENCY_IN_FLIGHT", "A request with this key is being carried out; see Retry-After."),
    code(409, "ILLEGAL_TRANSITION", "The thing is in a state from which this is not possible."),
    code(409, "LAST_OWNER", "The last active owner of a workshop stays."),
    code(409, "LAST_SUPER_ADMIN", "The last active super admin stays."),
    code(409, "QUOTA_EXCEEDED", "The plan's limit is reached."),
    code(409, "SECRET_ERASED", "The secret in this message was erased; cause a new one instead."),
    code(409, "SLUG_TAKEN", "The slug is in use."),
    code(409, "SUBDOMAIN_TAKEN", "The subdomain is in use."),
    code(412, "PRECONDITION_FAILED", "The object has changed since; read it again. See If-Match."),
    code(413, "PAYLOAD_TOO_LARGE", "The body is larger than the limit."),
    code(415, "UNSUPPORTED_MEDIA_TYPE", "The body is not application/json, or is compressed."),
    code(422, "IDEMPOTENCY_KEY_REUSED", "The key was used with another body. Use a new key."),
    code(422, "VALIDATION_FAILED", "One or more fields or parameters are wrong; errors names them."),
    code(428, "PRECONDITION_REQUIRED", "A header is needed for this; detail names it."),
    code(429, "ACCOUNT_LOCKED", "Too many failed sign-ins; see Retry-After."),
    code(429, "QUOTA_EXCEEDED", "The plan's API calls of today are used; see Retry-After."),
    code(429, "RATE_LIMITED", "Too many requests; see Retry-After."),
    code(500, "INTERNAL", "A fault of ours; tell us the requestId."),
    code(502, "UPSTREAM_ERROR", "A service that this depends on has failed."),
    code(503, "DATABASE_UNAVAILABLE", "The database does not answer in time; see Retry-After."),
    code(503, "NOT_READY", "This node cannot serve requests now."),
    code(503, "REQUEST_TIMED_OUT", "The request took too long and was given up; see Retry-After."),
    code(503, "UNAVAILABLE", "This cannot be done right now; see Retry-After."),
    code(504, "UPSTREAM_TIMEOUT", "A service that this depends on did not answer in time."),
];

/// The codes as docs/errors.md shows them.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(
        "# Error codes\n\n\
         Every answer that is no success is `application/problem+json` (RFC 9457) with `type`, `title`, `status`, `detail`,\n\
         `instance`, `code`, `requestId` and, where fields are wrong, `errors: [{ field, code, message }]`. Programs go by\n\
         `code`; it is stable. This file is written from `apps/api/src/error_codes.rs`, see adding-an-endpoint.md.\n\n\
         | status | code | meaning |\n| --- | --- | --- |\n",
    );
    for code in CODES {
        text.push_str(&format!("| {} | {} | {} |\n", code.status, code.code, code.meaning));
    }
    text.push_str(
        "\n## Codes of single fields\n\n\
         | code | meaning |\n| --- | --- |\n\
         | REQUIRED | is missing or empty |\n\
         | INVALID_TYPE | is of another type |\n\
         | INVALID | is of the right type, but not a value that may stand here |\n\
         | TOO_LONG, TOO_SHORT | has too many or too few characters, or entries |\n\
         | TOO_DEEP | is nested too deep |\n\
         | FORBIDDEN_CHARACTER | holds a control, invisible or text-direction character |\n\
         | DUPLICATE | is given twice |\n\
         | UNKNOWN_FIELD, UNKNOWN_PARAMETER | is not known here |\n\
         | NOT_FOUND | names something that is not there, or is not yours |\n\
         | TOKEN_INVALID | a one-time token is forged, broken, expired or used |\n\
         | INCORRECT | the current password is wrong |\n",
    );
    text
}
