//! The codes that programs go by, on the wire and in the trail. docs/errors.md is written from these two enums.

use serde::Serialize;

macro_rules! codes {
    ($(#[$meta:meta])* $name:ident { $($variant:ident => $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        #[allow(missing_docs, reason = "what each means is told once, in the shell's error_codes.rs")]
        pub enum $name { $(#[serde(rename = $text)] $variant),+ }

        impl $name {
            /// All there are, in alphabetical order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The code on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, text: &&str) -> bool {
                self.as_str() == *text
            }
        }
    };
}

codes!(
    /// The code of an answer that is no success.
    ErrorCode {
        AccountLocked => "ACCOUNT_LOCKED",
        AddressSuppressed => "ADDRESS_SUPPRESSED",
        AuditChainBroken => "AUDIT_CHAIN_BROKEN",
        BadRequest => "BAD_REQUEST",
        CannotChangeSelf => "CANNOT_CHANGE_SELF",
        CapricornCredentialsRefused => "CAPRICORN_CREDENTIALS_REFUSED",
        CapricornNotConfigured => "CAPRICORN_NOT_CONFIGURED",
        CapricornUnavailable => "CAPRICORN_UNAVAILABLE",
        Conflict => "CONFLICT",
        DatabaseUnavailable => "DATABASE_UNAVAILABLE",
        EmailTaken => "EMAIL_TAKEN",
        Forbidden => "FORBIDDEN",
        IdempotencyInFlight => "IDEMPOTENCY_IN_FLIGHT",
        IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
        IllegalTransition => "ILLEGAL_TRANSITION",
        Internal => "INTERNAL",
        InvalidCredentials => "INVALID_CREDENTIALS",
        LastOwner => "LAST_OWNER",
        LastSuperAdmin => "LAST_SUPER_ADMIN",
        LimitReached => "LIMIT_REACHED",
        MalformedJson => "MALFORMED_JSON",
        MethodNotAllowed => "METHOD_NOT_ALLOWED",
        NotAcceptable => "NOT_ACCEPTABLE",
        NotFound => "NOT_FOUND",
        NotReady => "NOT_READY",
        OrderInDoubt => "ORDER_IN_DOUBT",
        OriginRefused => "ORIGIN_REFUSED",
        PasswordChangeRequired => "PASSWORD_CHANGE_REQUIRED",
        PayloadTooLarge => "PAYLOAD_TOO_LARGE",
        PreconditionFailed => "PRECONDITION_FAILED",
        PreconditionRequired => "PRECONDITION_REQUIRED",
        PriceChanged => "PRICE_CHANGED",
        QuotaExceeded => "QUOTA_EXCEEDED",
        RateLimited => "RATE_LIMITED",
        RefreshReused => "REFRESH_REUSED",
        RequestTimedOut => "REQUEST_TIMED_OUT",
        RequestTimeout => "REQUEST_TIMEOUT",
        SecretErased => "SECRET_ERASED",
        SignatureInvalid => "SIGNATURE_INVALID",
        SlugTaken => "SLUG_TAKEN",
        SubdomainTaken => "SUBDOMAIN_TAKEN",
        TenantSuspended => "TENANT_SUSPENDED",
        TokenExpired => "TOKEN_EXPIRED",
        TokenInvalid => "TOKEN_INVALID",
        TokenRevoked => "TOKEN_REVOKED",
        TrialExpired => "TRIAL_EXPIRED",
        Unauthenticated => "UNAUTHENTICATED",
        Unavailable => "UNAVAILABLE",
        UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE",
        UpstreamError => "UPSTREAM_ERROR",
        UpstreamTimeout => "UPSTREAM_TIMEOUT",
        ValidationFailed => "VALIDATION_FAILED",
    }
);

codes!(
    /// The code of one wrong field or parameter.
    FieldCode {
        ContainsPersonal => "CONTAINS_PERSONAL",
        Duplicate => "DUPLICATE",
        ForbiddenCharacter => "FORBIDDEN_CHARACTER",
        Incorrect => "INCORRECT",
        Invalid => "INVALID",
        InvalidType => "INVALID_TYPE",
        NotAssignable => "NOT_ASSIGNABLE",
        NotFound => "NOT_FOUND",
        OutOfRange => "OUT_OF_RANGE",
        PriceChanged => "PRICE_CHANGED",
        Required => "REQUIRED",
        Reserved => "RESERVED",
        SameAsCurrent => "SAME_AS_CURRENT",
        TokenInvalid => "TOKEN_INVALID",
        TooCommon => "TOO_COMMON",
        TooDeep => "TOO_DEEP",
        TooLong => "TOO_LONG",
        TooShort => "TOO_SHORT",
        TooWeak => "TOO_WEAK",
        UnknownField => "UNKNOWN_FIELD",
        UnknownParameter => "UNKNOWN_PARAMETER",
    }
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_their_variants_in_upper_snake_case_and_in_order() {
        let snake = |variant: String| {
            let upper_after_lower = |(at, c): (usize, char)| {
                let gap = if at > 0 && c.is_uppercase() { "_" } else { "" };
                format!("{gap}{}", c.to_uppercase())
            };
            variant.chars().enumerate().map(upper_after_lower).collect::<String>()
        };
        let all = |codes: Vec<(String, &'static str)>| {
            for (variant, text) in &codes {
                assert_eq!(&snake(variant.clone()), text);
            }
            assert!(codes.is_sorted_by_key(|(_, text)| *text), "in alphabetical order");
        };
        all(ErrorCode::ALL.iter().map(|code| (format!("{code:?}"), code.as_str())).collect());
        all(FieldCode::ALL.iter().map(|code| (format!("{code:?}"), code.as_str())).collect());
    }
}
