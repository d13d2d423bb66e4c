//! `If-Match` as the versions that may be changed.

use std::{future::Ready, ops::Deref};

use actix_web::{FromRequest, HttpRequest, dev, http::header};
use kernel::{FieldCode, VersionMatch};

use super::Problem;

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
        std::future::ready(parse(&text).map(Self).map_err(Into::into))
    }
}

/// Most tags of a list: whoever has seen more versions of one object at once is not editing it.
const MAX_TAGS: usize = 100;

fn parse(text: &str) -> Result<VersionMatch, Problem> {
    if text.trim() == "*" {
        return Ok(VersionMatch::Any);
    }
    // Our tags are numbers: no comma can stand inside one.
    let tags: Vec<&str> = text.split(',').take(MAX_TAGS + 1).map(str::trim).collect();
    if tags.len() > MAX_TAGS {
        return Err(Problem::field("If-Match", FieldCode::TooLong, format!("must be at most {MAX_TAGS} tags")));
    }
    let versions = tags.into_iter().filter_map(|tag| {
        let text = tag.strip_prefix('"')?.strip_suffix('"')?;
        // Tags are compared as they are written: "+2" and "02" are no version of ours.
        text.parse().ok().filter(|version: &i64| version.to_string() == text)
    });
    Ok(VersionMatch::OneOf(versions.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> VersionMatch {
        parse(text).expect("short")
    }

    #[test]
    fn a_list_is_bounded() {
        let list = |tags: usize| vec!["\"3\""; tags].join(",");
        assert!(read(&list(MAX_TAGS)).allows(3));
        assert_eq!(parse(&list(MAX_TAGS + 1)).expect_err("long").errors()[0].code, "TOO_LONG");
    }

    #[test]
    fn only_strong_tags_match() {
        assert_eq!(read("*"), VersionMatch::Any);
        assert_eq!(read("\"3\", \"5\""), VersionMatch::OneOf(vec![3, 5]));
        for never in ["W/\"3\"", "3", "\"x\"", "", "\"+3\"", "\"03\""] {
            assert!(!read(never).allows(3), "{never}");
        }
    }
}
