//! What the documentation lists must be all there is.

use std::{collections::BTreeSet, fs, path::Path};

/// Whole string literals in upper snake case: how code names its environment variables.
fn variables(code: &str) -> BTreeSet<&str> {
    let is_name = |text: &str| text.contains('_') && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    code.split('"').skip(1).step_by(2).filter(|text| is_name(text)).collect()
}

#[test]
fn every_variable_is_in_the_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let code = fs::read_to_string(root.join("apps/api/src/config/load.rs")).unwrap();
    let example = fs::read_to_string(root.join(".env.example")).unwrap();
    let read = variables(&code);
    assert!(read.contains("DATABASE_URL"), "found none: {read:?}");

    let documented = |name: &&&str| example.lines().any(|line| line.starts_with(&format!("#{name}=")));
    let missing: Vec<_> = read.iter().filter(|name| !documented(name)).collect();
    assert!(missing.is_empty(), ".env.example does not explain {missing:?}");
}
