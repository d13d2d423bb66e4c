//! The cookies of refresh tokens: HttpOnly, Secure outside development, SameSite=Strict, Path=/api, no Domain.

use actix_web::{HttpRequest, http::header};
use cookie::{Cookie, SameSite, time::Duration};

/// A cookie on its way to the client. Values are base64url; they need no quoting.
#[must_use]
pub fn set<'a>(name: &'a str, value: &'a str, max_age: std::time::Duration, secure: bool) -> Cookie<'a> {
    Cookie::build((name, value))
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Strict)
        .path("/api")
        .max_age(max_age.try_into().unwrap_or(Duration::MAX))
        .build()
}

/// The cookie that deletes another.
#[must_use]
pub fn delete(name: &str, secure: bool) -> Cookie<'_> {
    set(name, "", std::time::Duration::ZERO, secure)
}

/// The value of a cookie that the client sent; `None` when there is none, or more than one.
#[must_use]
pub fn read<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    let headers = request.headers().get_all(header::COOKIE).filter_map(|value| value.to_str().ok());
    let mut sent = headers.flat_map(Cookie::split_parse).flatten().filter(|cookie| cookie.name() == name);
    let value = sent.next()?.value_raw()?.trim_matches('"');
    sent.next().is_none().then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn is_written_as_the_contract_says() {
        let cookie = set("refreshToken", "a", std::time::Duration::from_secs(604_800), true);
        let expected = "refreshToken=a; HttpOnly; SameSite=Strict; Secure; Path=/api; Max-Age=604800";
        assert_eq!(cookie.to_string(), expected);
    }

    #[test]
    fn is_read_only_when_it_is_clear() {
        let request =
            |text: &'static str| TestRequest::default().insert_header((header::COOKIE, text)).to_http_request();
        assert_eq!(read(&request("x=1; refreshToken=abc"), "refreshToken"), Some("abc"));
        assert_eq!(read(&request("x; =; refreshToken=\"abc\""), "refreshToken"), Some("abc"));
        assert_eq!(read(&request("refreshToken=a; refreshToken=b"), "refreshToken"), None);
        assert_eq!(read(&request("x=1"), "refreshToken"), None);
    }
}
