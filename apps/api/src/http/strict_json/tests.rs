use super::*;
use serde::Deserialize;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Body {
    #[allow(dead_code)]
    first_name: String,
    #[allow(dead_code)]
    owners: Option<Vec<Owner>>,
    #[allow(dead_code)]
    metadata: Option<Value>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Owner {
    #[allow(dead_code)]
    age: u32,
}

fn errors(text: &str) -> Vec<(String, String)> {
    let problem = read::<Body>(text.as_bytes()).expect_err(text);
    problem.errors().iter().map(|e| (e.field.to_string(), e.code.to_string())).collect()
}

fn one(field: &str, code: &str) -> Vec<(String, String)> {
    vec![(field.to_owned(), code.to_owned())]
}

#[test]
fn names_the_exact_field() {
    assert_eq!(errors("{}"), one("firstName", "REQUIRED"));
    assert_eq!(errors(r#"{"firstName":1}"#), one("firstName", "INVALID_TYPE"));
    assert_eq!(errors(r#"{"firstName":"a","owners":[{"age":1},{"age":-1}]}"#), one("owners[1].age", "INVALID"));
    assert_eq!(errors(r#"{"firstName":"a","owners":[{}]}"#), one("owners[0].age", "REQUIRED"));
    assert_eq!(errors(r#"{"firstName":"a","firstName":"b"}"#), one("firstName", "DUPLICATE"));
    assert_eq!(errors(r#"{"firstName":"a","metadata":{"x":{"y":1,"y":2}}}"#), one("metadata.x.y", "DUPLICATE"));
    assert_eq!(errors(r#"{"firstName":"a\u0000"}"#), one("firstName", "FORBIDDEN_CHARACTER"));
    assert_eq!(errors("[]"), one("", "INVALID_TYPE"));
}

#[test]
fn names_all_unknown_fields_and_what_is_missing_besides() {
    let mut expected = one("a", "UNKNOWN_FIELD");
    expected.extend(one("owners[0].b", "UNKNOWN_FIELD"));
    expected.extend(one("firstName", "REQUIRED"));
    assert_eq!(errors(r#"{"a":1,"owners":[{"age":1,"b":2}]}"#), expected);
}

#[test]
fn depth_is_bounded_without_recursion() {
    let deep = format!("{{\"firstName\":\"a\",\"metadata\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
    assert_eq!(errors(&deep), one("", "TOO_DEEP"));
    let fine = format!("{{\"firstName\":\"[[[[{{\\\"\",\"metadata\":{}{}}}", "[".repeat(60), "]".repeat(60));
    assert!(read::<Body>(fine.as_bytes()).is_ok());
}

#[test]
fn what_cannot_be_read_is_malformed() {
    for text in [&b"{"[..], b"", b"{}x", b"\xff", br#"{"firstName":"\ud800"}"#, b"{\"firstName\":\"a\x01\"}"] {
        assert_eq!(read::<Body>(text).expect_err("malformed").code(), "MALFORMED_JSON");
    }
}

#[test]
fn a_name_is_at_most_256_bytes_long() {
    let body = |length: usize| format!(r#"{{"firstName":"a","metadata":{{"{}":[1,1,1]}}}}"#, "k".repeat(length));
    assert!(read::<Body>(body(MAX_KEY_BYTES).as_bytes()).is_ok());
    assert_eq!(errors(&body(MAX_KEY_BYTES + 1)), one("metadata", "TOO_LONG"));
    assert_eq!(errors(&format!(r#"{{"{}":1}}"#, "k".repeat(500_000))), one("", "TOO_LONG"));
}

#[test]
fn elements_and_members_are_counted_over_the_whole_body() {
    // firstName, metadata, and what metadata holds.
    let body = |elements: usize| format!(r#"{{"firstName":"a","metadata":[{}]}}"#, vec!["1"; elements].join(","));
    assert!(read::<Body>(body(MAX_VALUES - 2).as_bytes()).is_ok());
    assert_eq!(errors(&body(MAX_VALUES - 1)), one("metadata", "TOO_LONG"));
    let nested = format!(r#"{{"firstName":"a","metadata":[{}]}}"#, vec![r#"{"a":1}"#; MAX_VALUES / 2].join(","));
    let found = errors(&nested);
    assert!(found[0].0.starts_with("metadata[") && found[0].1 == "TOO_LONG", "{found:?}");
}

#[test]
fn a_flood_of_unknown_fields_is_named_in_part() {
    let members: Vec<_> = (0..10_000).map(|n| format!(r#""x{n}":1"#)).collect();
    let found = errors(&format!("{{{}}}", members.join(",")));
    assert_eq!(found.len(), MAX_UNKNOWN + 1);
    assert_eq!(found.last(), one("firstName", "REQUIRED").last());
    let owners = vec![r#"{"age":1,"b":2}"#; 5_000].join(",");
    assert_eq!(errors(&format!(r#"{{"firstName":"a","owners":[{owners}]}}"#)).len(), MAX_UNKNOWN);
}

#[test]
fn an_array_does_not_stand_for_an_object() {
    assert_eq!(errors(r#"{"firstName":"a","owners":[[1]]}"#), one("owners[0]", "INVALID_TYPE"));
}
