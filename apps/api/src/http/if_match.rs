//! `If-Match` as the versions that may be changed.

use std::{future::Ready, ops::Deref};

use actix_web::{FromRequest, HttpRequest, dev, http::header};
use kernel::VersionMatch;

/// The `If-Match` header: a list of strong tags or `*`. Weak and foreign tags never match.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IfMatch(pub VersionMatch);

impl Deref for IfMatch {
    type Target = VersionMatch;
    fn deref(&self) -> &VersionMatch {
        &self.0
    }
}

impl FromRequest for IfMatch {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut dev::Payload) -> Self::Future {
        let mut values = request.headers().get_all(header::IF_MATCH).peekable();
        if values.peek().is_none() {
            return std::future::ready(Ok(Self(VersionMatch::Any)));
        }
        let text = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect::<Vec<_>>().join(",");
        std::future::ready(Ok(Self(parse(&text))))
    }
}

fn parse(text: &str) -> VersionMatch {
    if text.trim() == "*" {
        return VersionMatch::Any;
    }
    // Our tags are numbers: no comma can stand inside one.
    let tags = text.split(',').map(str::trim);
    let versions = tags.filter_map(|tag| tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok());
    VersionMatch::OneOf(versions.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strong_tags_match() {
        assert_eq!(parse("*"), VersionMatch::Any);
        assert_eq!(parse("\"3\", \"5\""), VersionMatch::OneOf(vec![3, 5]));
        for never in ["W/\"3\"", "3", "\"x\"", ""] {
            assert!(!parse(never).allows(3), "{never}");
        }
    }
}
