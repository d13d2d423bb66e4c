//! The documents in `docs/` that are written from the code. `UPDATE_SNAPSHOTS=1` writes them anew.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use nextcrm::{config::Environment, error_codes, openapi, permission_docs};
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
fn the_permission_table_is_in_the_repository() {
    compare("permissions.md", &permission_docs::markdown());
}

#[test]
fn every_operation_is_described() {
    let document: Value =
        serde_json::from_str(&openapi::pretty(Environment::Production).expect("a document")).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    let mut ids = BTreeSet::new();
    let mut operations = 0;
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
            operations += 1;
        }
    }
    assert!(operations >= 100, "found {operations} operations");
}

/// Code in the guides compiles: as a doc test, or because it is taken from a test.
#[test]
fn every_example_is_compiled() {
    let root = root();
    let libraries = ["apps/api", "crates/platform"]
        .map(|library| fs::read_to_string(root.join(library).join("src/lib.rs")).expect("reads"))
        .concat();
    let mut examples = 0;
    for entry in fs::read_dir(root.join("docs")).expect("a directory") {
        let path = entry.expect("an entry").path();
        let Ok(text) = fs::read_to_string(&path) else { continue };
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        // Indented ones too.
        let blocks: Vec<&str> = text.split("```rust").skip(1).collect();
        for block in &blocks {
            examples += 1;
            assert!(!block.starts_with(",ignore"), "docs/{name} has an example that nothing compiles");
            let included = format!("include_str!(\"../../../docs/{name}\")");
            assert!(libraries.contains(&included), "docs/{name} has an example that nothing compiles");
        }
    }
    assert!(examples >= 8, "found {examples} examples");
}

/// The table of rules in docs/security.md names tests; each of them is there.
#[test]
fn every_test_that_the_rules_name_is_there() {
    fn functions(directory: &Path, found: &mut BTreeSet<String>) {
        for entry in fs::read_dir(directory).expect("a directory") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                functions(&path, found);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("reads");
                let names = text.split("fn ").skip(1).filter_map(|rest| rest.split(['(', '<']).next());
                found.extend(names.map(str::to_owned));
            }
        }
    }
    let mut known = BTreeSet::new();
    ["crates", "apps"].iter().for_each(|place| functions(&root().join(place), &mut known));
    let text = fs::read_to_string(root().join("docs/security.md")).expect("reads");
    let table = text.split("| --- | --- | --- |").nth(1).expect("a table");
    let mut rules = 0;
    for row in table.lines().skip(1).take_while(|line| line.starts_with('|')) {
        let column = row.trim_end_matches(['|', ' ']).rsplit('|').next().expect("a column");
        let tests: Vec<&str> = column.split('`').skip(1).step_by(2).collect();
        assert!(!tests.is_empty(), "nothing shows: {row}");
        for test in tests {
            assert!(known.contains(test), "docs/security.md names {test}, and there is no such test");
        }
        rules += 1;
    }
    assert!(rules >= 20, "found {rules} rules");
}
