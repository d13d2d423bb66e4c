//! The documents in `docs/` that are written from the code. `UPDATE_SNAPSHOTS=1` writes them anew.

use std::{collections::BTreeSet, fs, path::PathBuf};

use nextcrm::{config::Environment, error_codes, openapi};
use serde_json::Value;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn compare(name: &str, expected: &str) {
    let path = root().join("docs").join(name);
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::write(&path, expected).expect("writes");
        return;
    }
    let found = fs::read_to_string(&path).unwrap_or_default();
    assert!(found == expected, "docs/{name} is out of date: UPDATE_SNAPSHOTS=1 cargo test -p nextcrm --test documents");
}

#[test]
fn the_openapi_document_is_in_the_repository() {
    compare("openapi.json", &openapi::pretty(Environment::Production).expect("a document"));
}

#[test]
fn the_error_codes_are_in_the_repository() {
    compare("errors.md", &error_codes::markdown());
}

#[test]
fn every_operation_is_described() {
    let document: Value =
        serde_json::from_str(&openapi::pretty(Environment::Production).expect("a document")).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let what = format!("{method} {path}");
            let id = operation["operationId"].as_str().unwrap_or_default();
            assert!(id != "handle" && !id.is_empty(), "{what} needs an operation_id");
            // Health lives at two places.
            assert!(ids.insert(id.to_owned()) || path.contains("/health/"), "{id} is there twice");
            assert!(operation["summary"].is_string(), "{what} needs a summary");
            assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{what} needs a tag");
            assert!(operation["x-permission"].is_string(), "{what} declares no permission");
            let responses = operation["responses"].as_object().expect("responses");
            assert!(responses.keys().any(|status| status.starts_with('2')), "{what} needs its success");
            for parameter in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                let described =
                    operation["parameters"].as_array().is_some_and(|all| all.iter().any(|it| it["name"] == parameter));
                assert!(described, "{what} must describe {parameter}");
            }
        }
    }
}

/// Every code that a crate's error table names is documented.
#[test]
fn every_code_of_the_crates_is_documented() {
    let known: BTreeSet<&str> = error_codes::CODES.iter().map(|it| it.code).collect();
    let mut missing = BTreeSet::new();
    for name in ["kernel", "auth", "tenancy", "audit", "email", "support"] {
        let source = root().join("crates").join(name).join("src");
        for file in ["error.rs", "idempotency.rs", "store_error.rs"] {
            let text = fs::read_to_string(source.join(file)).unwrap_or_default();
            let Some(table) = text.split("fn code(&self)").nth(1) else { continue };
            let table = table.split("\n    }\n").next().unwrap_or_default();
            let codes = table.split('"').skip(1).step_by(2);
            missing.extend(codes.filter(|code| !known.contains(code)).map(str::to_owned));
        }
    }
    assert!(missing.is_empty(), "not in apps/api/src/error_codes.rs: {missing:?}");
}
