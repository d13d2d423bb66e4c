//! The cookies of refresh tokens: HttpOnly, Secure outside development, SameSite=Strict, Path=/api, no Domain.

use std::{fmt, time::Duration};

use actix_web::{HttpRequest, http::header};

/// A cookie on its way to the client. Values are base64url or empty; they need no quoting.
#[derive(Clone, Copy)]
pub struct SetCookie<'a> {
    /// `refreshToken` or `tenantRefreshToken`.
    pub name: &'a str,
    /// Empty to delete it.
    pub value: &'a str,
    /// Zero to delete it.
    pub max_age: Duration,
    /// Only over https; false in development.
    pub secure: bool,
}

impl<'a> SetCookie<'a> {
    /// The cookie that deletes another.
    #[must_use]
    pub const fn deleted(name: &'a str, secure: bool) -> Self {
        Self { name, value: "", max_age: Duration::ZERO, secure }
    }
}

impl fmt::Display for SetCookie<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let secure = if self.secure { "; Secure" } else { "" };
        let age = self.max_age.as_secs();
        write!(f, "{}={}; HttpOnly{secure}; SameSite=Strict; Path=/api; Max-Age={age}", self.name, self.value)
    }
}

/// The value of a cookie that the client sent; `None` when there is none, or more than one.
#[must_use]
pub fn read<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let pairs = headers.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let mut values = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value.trim_matches('"'));
    let value = values.next()?;
    values.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn is_written_as_the_contract_says() {
        let cookie =
            SetCookie { name: "refreshToken", value: "a", max_age: Duration::from_secs(604_800), secure: true };
        let expected = "refreshToken=a; HttpOnly; Secure; SameSite=Strict; Path=/api; Max-Age=604800";
        assert_eq!(cookie.to_string(), expected);
    }

    #[test]
    fn is_read_only_when_it_is_clear() {
        let request =
            |text: &'static str| TestRequest::default().insert_header((header::COOKIE, text)).to_http_request();
        assert_eq!(read(&request("x=1; refreshToken=abc"), "refreshToken"), Some("abc"));
        assert_eq!(read(&request("refreshToken=a; refreshToken=b"), "refreshToken"), None);
    }
}
