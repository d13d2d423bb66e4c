//! House rule: times from outside are read in one place, `kernel::moment`. A request's DTO takes them as a text for a
//! domain type, or as `FilterTime`; never as a type of chrono, which would take years and leap seconds that a database
//! cannot hold.

use std::{
    fs,
    path::{Path, PathBuf},
};

fn sources(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => found.extend(sources(&path)),
            false if path.extension().is_some_and(|extension| extension == "rs") => found.push(path),
            false => {}
        }
    }
    found
}

/// The texts of the structs and enums that derive `Deserialize`, each from its derive to its closing brace.
fn requests(source: &str) -> Vec<&str> {
    let derives = source
        .match_indices("#[derive(")
        .filter(|(at, _)| source[*at..].lines().next().is_some_and(|line| line.contains("Deserialize")));
    derives.filter_map(|(at, _)| source[at..].split_once("\n}").map(|(text, _)| text)).collect()
}

/// What the OpenAPI document is told (`value_type`) does not count.
fn takes_bare_time(dto: &str) -> bool {
    let fields = dto.lines().filter(|line| !line.trim_start().starts_with("#[") && !line.contains("value_type"));
    let is_bare = |line: &str| ["DateTime<", "NaiveDate", "NaiveTime"].iter().any(|bare| line.contains(bare));
    fields.into_iter().any(is_bare)
}

#[test]
fn no_request_takes_a_bare_time() {
    let routes = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../apps/api/src/routes");
    let mut seen = 0;
    for path in sources(&routes) {
        let source = fs::read_to_string(&path).expect("a source");
        for dto in requests(&source) {
            seen += 1;
            assert!(
                !takes_bare_time(dto),
                "{}: take a String for kernel::moment, or FilterTime:\n{dto}",
                path.display()
            );
        }
    }
    assert!(seen >= 30, "only {seen} requests found");
}

#[test]
fn a_bare_time_would_be_found() {
    let source = "/// A thing.\n#[derive(Debug, Deserialize, ToSchema)]\npub struct Body {\n    at: Option<DateTime<Utc>>,\n}\n\
        #[derive(Serialize)]\npub struct Answer {\n    at: DateTime<Utc>,\n}\n";
    let found = requests(source);
    assert_eq!(found.len(), 1);
    assert!(takes_bare_time(found[0]));
}
