//! What the documentation lists must be all there is.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use test_support::TestDatabase;

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

/// Tables of the schema's own, and those behind SQLite's full-text index.
fn is_of_the_engine(table: &str) -> bool {
    table == "seaql_migrations" || table.starts_with("sqlite_") || table.starts_with("support_search_")
}

#[tokio::test]
async fn every_table_has_its_owner() {
    let db = TestDatabase::sqlite().await;
    let reader = db.database().reader();
    let all = Statement::from_string(DbBackend::Sqlite, "SELECT name FROM sqlite_master WHERE type = 'table'");
    let rows = reader.query_all_raw(all).await.unwrap();
    let tables: Vec<String> = rows.iter().map(|row| row.try_get_by_index(0).unwrap()).collect();
    assert!(tables.len() >= 25, "found {tables:?}");

    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let text = fs::read_to_string(root.join("docs/architecture.md")).unwrap();
    let (_, owners) = text.split_once("## Who owns which table").unwrap();
    let owners = owners.split("\n## ").next().unwrap();
    let missing: Vec<_> =
        tables.iter().filter(|it| !is_of_the_engine(it) && !owners.contains(&format!("`{it}`"))).collect();
    assert!(missing.is_empty(), "docs/architecture.md does not tell whose these are: {missing:?}");
}

/// All Markdown files below a directory, but for what is built.
fn markdown_files(directory: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(directory).expect("reads") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            markdown_files(&path, found);
        } else if name.ends_with(".md") {
            found.push(path);
        }
    }
}

#[test]
fn every_link_to_a_file_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    markdown_files(&root, &mut files);
    let (mut links, mut broken) = (0, Vec::new());
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        for target in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if path.is_empty() || path.contains(':') || path.contains(char::is_whitespace) {
                continue;
            }
            links += 1;
            if !file.parent().unwrap().join(path).exists() {
                broken.push(format!("{}: {target}", file.display()));
            }
        }
    }
    assert!(links >= 60, "found {links} links");
    assert!(broken.is_empty(), "{broken:#?}");
}
